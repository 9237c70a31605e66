"""The reports of a rehearsal: each unit's day, and incidents with all their reports."""

from datetime import datetime, timedelta
from functools import partial

from huiyin.parts.reports import counting
from huiyin.parts.reports.actions import arriving, reporting
from huiyin.parts.reports.models import Mark, Report
from huiyin.parts.reports.templates import times
from huiyin.rehearsal.faults import Fault, mark_key, owed_key
from huiyin.rehearsal.script import Script, doing

ACTION = "已派人到场复核线路，备用电源车待命。"
DAY_TEXT = "今日各项工作按计划完成，设备运转平稳，没有发生突发事件。"
READ, CHANGED = 18 * 60 + 30, 19 * 60  # minutes of the day
ACKNOWLEDGED, ACTED = timedelta(minutes=5), timedelta(minutes=45)  # after a report has come
PROMISED = timedelta(hours=3)
INCIDENT_FAULTS = ("urgent_late", "unacknowledged", "next_missing", "fewer")
DAILY_FAULTS = ("silent", "late", "numbers", "changed")


def _send_day(script: Script, unit: int, day: int, number: str, more: int, at: datetime) -> None:
    """Send the day's report as it is drafted from the ledger; `more` is added to a number."""
    acting = script.world.senders[unit]
    drafted = counting.figures(acting.post.unit, script.day(day))
    said = {**drafted, "answered": drafted["answered"] + more}
    fields = {**said, "what": DAY_TEXT, "needed": "无"}
    reporting.send(acting, "daily", fields, now=at, number=number, seen=drafted, sure=True)


def _change_day(script: Script, unit: int, number: str, at: datetime) -> None:
    last = Report.objects.get(number=number).versions.order_by("-number")[0]
    fields = {**last.fields, "what": f"{DAY_TEXT}夜间加派一组巡查。"}
    reporting.correct(script.world.senders[unit], number, fields, now=at, sure=True)


def add_days(script: Script) -> None:
    """Every unit reports every day, and every desk reads what came, but for the faults."""
    slots = [(unit, day) for unit in script.world.below for day in range(script.days)]
    chosen: dict[tuple[int, int], str] = {}
    for kind in DAILY_FAULTS:
        free = [slot for slot in slots if slot not in chosen]
        some = script.chance.sample(free, min(script.each, len(free)))
        chosen |= dict.fromkeys(some, kind)
        script.no_room(kind, script.each, len(some))
    for unit, day in slots:
        _day(script, unit, day, chosen.get((unit, day), ""))
    reading = sorted({level for unit in script.world.below for level in script.world.levels[unit]})
    for day in range(script.days):
        for desk in reading:
            actor, on = script.world.desks[desk], script.day(day)
            script.happen(
                script.at(day, READ),
                doing(arriving.acknowledge_day, actor, on),
            )


def _day(script: Script, unit: int, day: int, kind: str) -> None:
    cut_off = script.at(day, script.cut_off)
    number, line, on = script.number(day), f"daily:{script.day(day)}", script.day(day)
    at = script.at(day, script.minute(script.cut_off - 90, script.cut_off, 10))
    if kind in {"silent", "late"}:
        fault = script.put_in(Fault(kind, unit, cut_off, cut_off))
        fault.needs = [
            mark_key(Mark.Kind.DAILY_MISSING, unit, line, on),
            owed_key(reporting.DAILY, line, str(unit)),
        ]
        if kind == "silent":
            return
        at = fault.came = cut_off + timedelta(minutes=script.minute(20, 75))
    more = 0
    if kind == "numbers":
        more = 3
        script.put_in(
            Fault(kind, unit, at, at, [mark_key(Mark.Kind.NUMBERS, unit, f"report:{number}", on)])
        )
    script.happen(at, partial(_send_day, script, unit, day, number, more))
    if kind == "changed":
        then = script.at(day, CHANGED)
        key = mark_key(Mark.Kind.CHANGED, unit, f"report:{number}/2", on)
        script.put_in(Fault(kind, unit, then, then, [key]))
        script.happen(then, partial(_change_day, script, unit, number))


def add_incidents(script: Script, usual: int) -> None:
    """So many usual incidents a day, each acknowledged and acted on in time at every level, and faults."""
    for kind in INCIDENT_FAULTS:
        placed = 0
        for _ in range(script.each):
            slot = script.quiet(script.world.below)
            if slot is not None:
                incident(script, *slot, kind)
                placed += 1
        script.no_room(kind, script.each, placed)
    for _ in range(usual * script.days):
        if slot := script.quiet(script.world.below):
            incident(script, *slot)


def incident(
    script: Script, unit: int, day: int, kind: str = "", *, event: datetime | None = None,
    danger: bool = False,
) -> None:  # fmt: skip
    """An urgent report, its follow-up and its final report, as `kind` lets them go wrong."""
    event = event or script.at(day, script.minute(8 * 60, 10 * 60))
    on, number = script.day(day), script.number(day)
    ref = f"report:{number}"
    sent = event + timedelta(minutes=script.minute(15, 50))
    if kind == "urgent_late":
        sent = event + timedelta(minutes=times().urgent_late_minutes + script.minute(10, 60))
        key = mark_key(Mark.Kind.URGENT_LATE, unit, ref, on)
        script.put_in(Fault(kind, unit, event, sent, [key]))
    promised = sent + PROMISED
    fields = {
        "event": "supply", "what": "二号楼配电间跳闸，一至三层停电。", "when": event.isoformat(),
        "where": "厂区二号楼一层配电间", "affected": 40, "danger": danger,
        "done": "十分钟内派电工到场检查，已启用备用电源。", "needed": "请集团设备部派人复核线路。",
        "next": promised.isoformat(),
    }  # fmt: skip
    _send(script, unit, "urgent", number, sent, fields)
    _read(script, unit, number, sent, kind == "unacknowledged", on=day)
    follow, followed = script.number(day), promised - timedelta(minutes=20)
    if kind == "next_missing":
        followed = promised + timedelta(minutes=90)
        fault = script.put_in(Fault(kind, unit, promised, promised))
        fault.needs = [
            mark_key(Mark.Kind.NEXT_MISSING, unit, ref, on), owed_key(reporting.NEXT, ref),
        ]  # fmt: skip
    affected = 40
    if kind == "fewer":
        affected = 25
        key = mark_key(Mark.Kind.NUMBERS, unit, f"report:{follow}", on)
        script.put_in(Fault(kind, unit, followed, followed, [key]))
    text = {
        "what": "二号楼已经恢复供电，线路检查完毕。",
        "done": "上午完成线路检查，更换开关一只。",
    }
    said = {**text, "affected": affected, "needed": "无"}
    _send(script, unit, "followup", follow, followed, said, number)
    _read(script, unit, follow, followed, acts=False)
    final, ended = script.number(day), followed + timedelta(hours=2)
    said = {**said, "when": (ended - timedelta(minutes=30)).isoformat()}
    _send(script, unit, "final", final, ended, said, number)
    _read(script, unit, final, ended, acts=False)


def _send(
    script: Script, unit: int, kind: str, number: str, at: datetime, fields: dict[str, object],
    follows: str = "",
) -> None:  # fmt: skip
    acting = script.world.senders[unit]
    script.happen(
        at,
        doing(reporting.send, acting, kind, fields, number=number, sure=True, follows=follows),
    )


def _read(
    script: Script, unit: int, number: str, sent: datetime, forgets: bool = False, *,
    acts: bool = True, on: int = 0,
) -> None:  # fmt: skip
    """Let every level above acknowledge in time and act; with `forgets` one of them only acts."""
    levels = script.world.levels[unit]
    idle = script.chance.choice(levels) if forgets else None
    if idle is not None:
        due = sent + timedelta(minutes=times().acknowledge_minutes["urgent"])
        key = owed_key(reporting.ACKNOWLEDGE, f"report:{number}", str(idle))
        script.put_in(Fault("unacknowledged", idle, sent, due, [key]))
    for level in levels:
        actor = script.world.desks[level]
        if level != idle:
            script.happen(
                sent + ACKNOWLEDGED,
                doing(arriving.acknowledge, actor, number),
            )
        if acts:
            script.happen(
                sent + ACTED,
                doing(arriving.act, actor, number, ACTION, sure=True),
            )
