"""The letters of a rehearsal: invented, filed, forwarded, accepted and answered by real actions."""

from datetime import datetime, timedelta

from huiyin.parts.cases.actions import answering, forwarding, handling
from huiyin.parts.cases.actions.answering import AnswerText
from huiyin.parts.cases.actions.filing import Submission, code_of, file_case
from huiyin.parts.cases.dangers import in_danger
from huiyin.parts.cases.models import Case
from huiyin.parts.reports.models import Mark
from huiyin.parts.reports.templates import times
from huiyin.rehearsal.faults import Fault, mark_key, owed_key
from huiyin.rehearsal.reports import incident
from huiyin.rehearsal.script import Script

ACCEPT_DAYS = 2  # the limit that the window sets
FORWARDED, ACCEPTED = timedelta(minutes=5), timedelta(minutes=60)
TITLE, TEXT = "宿舍走廊照明坏了", "三号宿舍楼二层走廊的灯坏了一个星期，晚上走路看不清，请派人来修。"
DANGER = "锅炉房有焦糊味，压力表一直偏高，担心会出事，请马上派人检查。"
HOUR = timedelta(hours=1)


def add_letters(script: Script, usual: int) -> None:
    """So many letters a day, each accepted at once and answered on the day after, and faults."""
    if script.world.reception is None or not script.world.answering:
        script.no_room("danger", script.each, 0)
        script.no_room("left", script.each, 0)
        return
    units, placed = script.world.answering, 0
    for number in range(script.each):
        if slot := script.quiet(units):
            _letter(script, f"danger {number}", *slot, danger=True, fault="danger")
            placed += 1
    script.no_room("danger", script.each, placed)
    ripe = script.days - ACCEPT_DAYS  # on later days the limit would end after the window
    for number in range(script.each if ripe > 0 else 0):
        unit, day = script.chance.choice(units), script.chance.randrange(ripe)
        _letter(script, f"left {number}", unit, day, fault="left")
    script.no_room("left", script.each, script.each if ripe > 0 else 0)
    for number in range(max(1, script.days // 7)):  # a danger that is reported as it should be
        if slot := script.quiet(units):
            _letter(script, f"reported {number}", *slot, danger=True)
    for number in range(usual * script.days):
        unit, day = script.chance.choice(units), script.chance.randrange(script.days)
        _letter(script, f"usual {number}", unit, day)


def _letter(
    script: Script, name: str, unit: int, day: int, *, danger: bool = False, fault: str = ""
) -> None:
    at = script.at(day, script.minute(9 * 60, 12 * 60))
    seed = f"rehearsal {name}".encode()
    put_in = None
    if fault == "danger":
        ripe = at + timedelta(minutes=times().danger_minutes)
        put_in = script.put_in(Fault(fault, unit, at, ripe + HOUR))
    elif danger:
        incident(script, unit, day, event=at, danger=True)
    script.happen(at, lambda now: _file(seed, danger, now))
    script.happen(at + FORWARDED, lambda now: _forward(script, seed, unit, put_in, at, now))
    accepted = at + ACCEPTED
    if fault == "left":
        forwarded, due = at + FORWARDED, script.at(day + ACCEPT_DAYS + 1, 0)
        left = script.put_in(Fault(fault, unit, forwarded, due))
        accepted = due + timedelta(hours=9)
        script.happen(
            forwarded, lambda now: left.needs.append(owed_key("case.accept", _case(seed).ref))
        )
    script.happen(accepted, lambda now: _accept(script, seed, now))
    script.happen(accepted + timedelta(days=1), lambda now: _answer(script, seed, now))


def _case(seed: bytes) -> Case:
    locator = code_of(seed).locator
    return Case.objects.select_related("owner__unit").get(locator=locator)


def _file(seed: bytes, danger: bool, now: datetime) -> None:
    text = DANGER if danger else TEXT
    file_case(Submission(title=TITLE, text=text, danger=danger, seed=seed), channel="web", now=now)


def _forward(
    script: Script, seed: bytes, unit: int, fault: Fault | None, filed: datetime, now: datetime
) -> None:
    assert script.world.reception is not None
    case = _case(seed)
    forwarding.forward(script.world.reception, case.locator, script.world.units[unit], now=now)
    if fault is not None:
        words = [word for where, word, since in in_danger(now) if (where, since) == (unit, filed)]
        on = filed.astimezone(script.zone).date()
        fault.needs = [mark_key(Mark.Kind.DANGER, unit, word, on) for word in words]


def _accept(script: Script, seed: bytes, now: datetime) -> None:
    case = _case(seed)
    handling.accept(script.world.actors[case.owner_id], case.locator, now=now)


def _answer(script: Script, seed: bytes, now: datetime) -> None:
    case = _case(seed)
    text = AnswerText("现场查看，灯管损坏属实。", "物业维修管理办法", "已更换灯管并每周检查一次。")
    answering.answer(script.world.actors[case.owner_id], case.locator, text, now=now)
