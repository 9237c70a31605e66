"""What happens on the shifts of the demonstration: checks, the log, what is handed on, a swap, a gap."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import lists
from huiyin.parts.duty.access import in_force
from huiyin.parts.duty.actions import absences, checklists, handover, help_for, swaps, watch
from huiyin.parts.duty.actions.checklists import Found
from huiyin.parts.duty.fitness import candidates
from huiyin.parts.duty.models import Checklist, Shift, SignIn
from huiyin.timeline import Event

Actors = Mapping[int, Acting]
LISTS = ("start", "thermometers", "protective", "extinguishers", "first_aid")
LINES = (
    "大厅饮水机不出水，已报物业，答应中午前来修。",
    "二号接待室谈了一件诉求，已登记；接待中添了两次热水。",
    "消防通道口停了一辆车，联系车主挪走。",
)
AHEAD = timedelta(days=14)  # at least so far is the roster that is in force
ITEMS = (
    ("case", "一位来访人明早九点带工资条再来，已约一号室"),
    ("key", "大厅备用钥匙一把，在抽屉里"),
    ("equipment", "对讲机一台送修，周五取"),
    ("watch", "三楼卫生间漏水，夜里再看一次"),
)


def events(planner: Acting, code: str, actors: Actors, now: datetime) -> Iterator[Event]:
    """Return what happened at the desk since its first roster came out."""
    yield now - timedelta(days=2, hours=-1), lambda at: _lists(planner, code, at)
    yield now - timedelta(days=1), lambda at: _checked(planner, code, at)
    yield now - timedelta(minutes=50), lambda at: _on_shift(code, actors, at)
    yield now - timedelta(minutes=40), lambda at: _swaps(planner, code, actors, at)
    yield now - timedelta(minutes=20), lambda at: _gap(code, actors, at)


def _lists(planner: Acting, code: str, now: datetime) -> None:
    help_for.set_medical(planner, code, "职工医院急诊 0351-5550199，三号楼", now=now)
    for one in lists.ready():
        if one.key in LISTS:
            checklists.add(
                planner, code, one.zh, one.every, planner.post, one.items, now=now, name_en=one.en
            )


def _checked(planner: Acting, code: str, now: datetime) -> None:
    """Two lists are gone through; something is not in order, and something expires soon."""
    for one in Checklist.objects.filter(point__code=code, every__in=("week", "month")):
        if one.name == "急救箱":
            continue
        found = {item.pk: _found(item.kind, item.least, now.date()) for item in one.items.all()}
        if one.name == "灭火器":
            wrong = one.items.filter(kind="look").last()
            assert wrong is not None
            found[wrong.pk] = Found(ok=False, note="东侧灭火器前堆了纸箱")
        checklists.carry_out(planner, one.pk, found, now=now)


def _found(kind: str, least: int | None, today: date) -> Found:
    if kind == "count":
        return Found(number=(least or 1) + 4)
    return Found(expires=today + timedelta(days=24)) if kind == "expiry" else Found(ok=True)


def _running(code: str, now: datetime) -> Shift | None:
    found = Shift.objects.filter(
        point__code=code, starts__lte=now, ends__gt=now, sign_ins__isnull=False
    )
    return found.select_related("point__unit", "pattern").first()


def _on_shift(code: str, actors: Actors, now: datetime) -> None:
    shift = _running(code, now)
    if shift is None:
        return
    here = [actors[one.user_id] for one in SignIn.objects.filter(shift=shift).order_by("pk")]
    for number, text in enumerate(LINES):
        watch.write(here[number % len(here)], shift.pk, text, now=now + timedelta(minutes=number))
    for kind, text in ITEMS:
        handover.add_item(here[0], shift.pk, kind, text, now=now)


def _coming(code: str, now: datetime, days: int) -> Shift | None:
    after = now + timedelta(days=days)
    found = Shift.objects.filter(
        point__code=code, starts__gt=after, assignments__roster__state="published"
    )
    return found.select_related("point__unit", "pattern").order_by("starts").first()


def _swaps(planner: Acting, code: str, actors: Actors, now: datetime) -> None:
    """One is open to whoever takes it first, one waits for the duty leader."""
    _offer(code, actors, now, days=3, named=False)
    for days in range(4, AHEAD.days - 1):
        if _offer(code, actors, now, days=days, named=True):
            return


def _offer(code: str, actors: Actors, now: datetime, *, days: int, named: bool) -> bool:
    """Offer a member's shift; with `named` to somebody who may take it, or not at all."""
    shift = _coming(code, now, days)
    giver = in_force(shift).filter(capacity="member").first() if shift else None
    if shift is None or giver is None:
        return False
    able = candidates(shift, giver.user_id, giver.capacity, now) if named else []
    free = [actors[one.user.pk] for one in able if not one.broken and one.user.pk in actors]
    if named and not free:
        return False
    to = free[0] if named else None
    swap = swaps.offer(actors[giver.user_id], shift.pk, to=to.user if to else None, now=now)
    if to is not None:
        swaps.accept(to, swap.pk, now=now + timedelta(minutes=5))
    return True


def _gap(code: str, actors: Actors, now: datetime) -> None:
    shift = _coming(code, now, 1)
    member = in_force(shift).filter(capacity="member").last() if shift else None
    if shift is not None and member is not None:
        absences.report(actors[member.user_id], shift.pk, now=now)
