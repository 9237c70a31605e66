"""A checklist of the duty desk, and what is answered to it."""

from datetime import date, datetime

from huiyin.parts.duty.actions import checklists
from huiyin.parts.duty.actions.checklists import Found
from huiyin.parts.duty.lists import Line
from huiyin.parts.duty.models import Checklist
from tests.duty import Duty

ITEMS = (
    Line("look", "压力表在绿区", "Gauge in the green"),
    Line("count", "灭火器", "Extinguishers", 2),
    Line("expiry", "检验日期", "Inspection"),
)


def listed(duty: Duty, now: datetime, every: str = "day", **more: object) -> Checklist:
    return checklists.add(
        duty.planner, duty.desk.code, "灭火器", every, duty.planner.post, ITEMS, now=now, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def answers(
    one: Checklist, *, ok: bool = True, number: int = 2, expires: date = date(2027, 1, 1)
) -> dict[int, Found]:
    look, count, expiry = one.items.all()
    note = "" if ok else "指针在红区"
    return {
        look.pk: Found(ok=ok, note=note),
        count.pk: Found(number=number),
        expiry.pk: Found(expires=expires),
    }
