"""Two incidents of the demonstration: one that goes on, and one that is stood down and reviewed.

A pipe of the district heating has burst an hour ago; a power cut at the commuter buses was over two
days ago. Both began with an urgent report, which every unit above has acknowledged or is asked to.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from huiyin.demo.organisation import World
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Role
from huiyin.parts.reports.actions import arriving, ending, incidents, reporting, tasks
from huiyin.parts.reports.actions.ending import Change
from huiyin.parts.reports.models import Incident
from huiyin.timeline import Event

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BURST: dict[str, Any] = {
    "event": "supply", "what": "东片区二级供热管道爆裂，3栋楼停暖，路面积水。",
    "where": "东片区育才路12号换热站门口", "affected": 420, "danger": False,
    "done": "已关闭该段阀门，抢修班携焊机到场，路面设围挡。",
    "needed": "请集团协调育才路临时封路，商贸公司调拨DN200管件两套。",
}  # fmt: skip
POWER: dict[str, Any] = {
    "event": "supply", "what": "通勤车队充电场停电，早班12辆车不能充电。", "where": "车队二号充电场",
    "affected": 600, "danger": False, "done": "5:20 报供电抢修，启用备用燃油车8辆。",
    "needed": "请物流公司批准租用大客车4辆。",
}  # fmt: skip
FINAL: dict[str, Any] = {
    "what": "电缆接头进水短路。更换接头后恢复供电，早班晚点最长25分钟。", "affected": 600,
    "done": "9:10 恢复供电，9:40 全部车辆开始充电。", "needed": "无",
}  # fmt: skip
Act = Callable[[datetime], object]


def events(world: World, now: datetime) -> Iterator[Event]:
    """Return what happened in both, each at its time before now."""
    yield from _over(world, now - 2 * DAY)
    yield from _going_on(world, now - HOUR)


def _incident(unit: str) -> Incident:
    return Incident.objects.filter(unit__code=unit).latest("opened_at")


def _going_on(world: World, start: datetime) -> Iterator[Event]:
    def by(unit: str, role: str) -> Acting:
        return world.acting(world.post(unit, role))

    clerk, deputy = by("heat", Role.CLERK), by("heat", Role.DEPUTY)
    above, handler = by("ys", Role.DUTY_LEADER), by("heat", Role.HANDLER)

    def said(text: str, acting: Acting = handler) -> Act:
        return lambda at: incidents.log(acting, _incident("heat").number, text, now=at)

    def task(text: str, owner: Acting, minutes: int) -> Act:
        return lambda at: tasks.set_task(
            deputy, _incident("heat").number, text, owner.post.pk, at + minutes * MINUTE, now=at
        )

    given = BURST | {
        "when": (start - 12 * MINUTE).isoformat(), "next": (start + 2 * HOUR).isoformat()
    }  # fmt: skip
    yield start, lambda at: reporting.send(clerk, "urgent", given, now=at)
    yield (
        start + 4 * MINUTE,
        lambda at: arriving.acknowledge(above, _incident("heat").number, now=at),
    )
    yield start + 6 * MINUTE, said("现场水已排入雨水井，无人受伤，围挡到位。")
    yield start + 8 * MINUTE, task("焊接更换爆裂管段，恢复送水", handler, 180)
    yield start + 9 * MINUTE, task("逐栋贴出停暖告示，为有老人小孩的住户送电暖器", clerk, 40)
    yield (
        start + 15 * MINUTE,
        lambda at: incidents.decide(
            deputy, _incident("heat").number, "3栋楼改由西片区管网临时供热",
            "抢修预计三小时，夜间气温零下，临时供热四十分钟可到户", now=at,
        ),
    )  # fmt: skip
    yield (
        start + 17 * MINUTE,
        lambda at: arriving.act(
            above, _incident("heat").number, "已请交警封闭育才路东半幅，商贸公司管件20分钟内出库。",
            now=at,
        ),
    )  # fmt: skip
    yield (
        start + 45 * MINUTE,
        lambda at: tasks.done(
            clerk, _incident("heat").number, 2, "3栋楼告示已贴出，送出电暖器17台。", now=at
        ),
    )
    yield start + 50 * MINUTE, said("爆裂管段已切除，新管件到场，开始焊接。")


def _over(world: World, start: datetime) -> Iterator[Event]:
    def by(unit: str, role: str) -> Acting:
        return world.acting(world.post(unit, role))

    handler, deputy = by("logistics-bus", Role.HANDLER), by("logistics", Role.DEPUTY)
    above = by("ys", Role.DUTY_LEADER)
    given = POWER | {
        "when": (start - 15 * MINUTE).isoformat(), "next": (start + 5 * HOUR).isoformat()
    }  # fmt: skip
    final = FINAL | {"when": (start + 4 * HOUR).isoformat()}

    def in_room(act: Callable[[str, datetime], object]) -> Act:
        return lambda at: act(_incident("logistics-bus").number, at)

    def set_task(text: str, hours: int) -> Act:
        owner = handler.post.pk
        return in_room(
            lambda n, at: tasks.set_task(deputy, n, text, owner, at + hours * HOUR, now=at)
        )

    def change(at: datetime) -> Change:
        return Change("每月雨前检查一次电缆接头，记入检查表", handler.post.pk, at + 20 * DAY)

    yield start, lambda at: reporting.send(handler, "urgent", given, now=at)
    for minutes, acting in ((3, deputy), (7, above)):
        yield (
            start + minutes * MINUTE,
            in_room(lambda n, at, acting=acting: arriving.acknowledge(acting, n, now=at)),  # type: ignore[misc]
        )
    yield (
        start + 10 * MINUTE,
        in_room(lambda n, at: arriving.act(deputy, n, "同意租用大客车4辆，费用公司列支。", now=at)),
    )
    yield start + 12 * MINUTE, in_room(
        lambda n, at: arriving.act(above, n, "已通知各单位早班可晚到一小时，不算迟到。", now=at)
    )  # fmt: skip
    yield start + 15 * MINUTE, set_task("租用大客车4辆，7:00前到二号场", 2)
    yield start + 16 * MINUTE, set_task("抬高电缆接头并加防水盒", 24)
    yield start + 90 * MINUTE, in_room(
        lambda n, at: tasks.done(handler, n, 1, "4辆大客车6:50到场。", now=at)
    )  # fmt: skip
    yield start + 4 * HOUR, in_room(
        lambda n, at: tasks.hand_on(
            deputy, n, 2, handler.post.pk, at + 10 * DAY, "防水盒需订货，到货后更换", now=at
        )
    )  # fmt: skip
    yield start + 4 * HOUR + MINUTE, in_room(
        lambda n, at: ending.stand_down(
            deputy, n, "供电恢复，车辆全部开始充电，晚班不受影响。", now=at
        )
    )  # fmt: skip
    yield start + 4 * HOUR + 30 * MINUTE, in_room(
        lambda n, at: reporting.send(handler, "final", final, now=at, follows=n)
    )  # fmt: skip
    yield start + DAY, in_room(
        lambda n, at: ending.review(
            deputy, n, "备用燃油车当场调出，晚点控制在半小时内。",
            "电缆接头没有列入检查，第一通报修电话打了10分钟才接通。", [change(at)], now=at,
        )
    )  # fmt: skip
