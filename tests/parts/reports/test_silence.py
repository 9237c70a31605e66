"""Silence is noticed: what is late, missing or contradicts the records, and nothing else."""

from datetime import datetime, timedelta

import pytest

from huiyin import wiring
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import sequencer
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.reports import counting
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.actions import daily, marks, reporting
from huiyin.parts.reports.models import DayCount, Incident, Mark
from huiyin.parts.reports.silence import Daily, contradictions, cut_off, tightest
from tests.parts.reports.conftest import DAILY, URGENT, Desks

CUT_OFF = datetime.fromisoformat("2026-03-03T09:00:00+00:00")  # 17:00 in Shanghai
SECOND = timedelta(seconds=1)


def kinds() -> set[tuple[str, str]]:
    return {(one.unit.code, one.kind) for one in Mark.objects.select_related("unit")}


def test_the_cut_off_is_a_time_of_the_wall_clock() -> None:
    day = CUT_OFF.date()
    assert cut_off(day, 17 * 60, "Asia/Shanghai") == CUT_OFF
    rules = [Daily(17 * 60, False), Daily(16 * 60, True)]
    assert tightest(rules, working=True) == 16 * 60
    assert tightest(rules[:1], working=False) is None


def test_a_number_between_drafting_and_sending_contradicts_nothing() -> None:
    assert contradictions({"filed": 2}, {"filed": 3}, {"filed": 2}) == []
    assert contradictions({"filed": None}, {"filed": 3}) == []
    assert contradictions({"filed": 1}, {"filed": 3}, {"filed": 2}) == [
        {"field": "filed", "said": 1, "counted": 3}
    ]


def required(desks: Desks, now: datetime) -> None:
    daily.require(desks.cast.clerk, 17 * 60, every_day=False, now=now)


def test_exactly_the_silent_units_are_marked_at_the_cut_off(desks: Desks, now: datetime) -> None:
    required(desks, now)
    assert daily.open_day(now) == 3
    assert daily.open_day(now) == 0
    desks.daily(desks.cast.cook)
    assert marks.look(CUT_OFF - SECOND) == 0
    sweep(CUT_OFF, wiring.DEADLINE_HANDLERS)
    assert kinds() == {("HX-W", "daily_missing"), ("HX-T", "daily_missing")}
    assert marks.look(CUT_OFF + SECOND) == 0
    mark = Mark.objects.get(unit=desks.cast.transport)
    assert mark.evidence == {"due": CUT_OFF.isoformat()}
    assert Entry.objects.filter(kind="mark.made").count() == 2


def test_nobody_owes_a_daily_report_without_a_rule_above(desks: Desks, now: datetime) -> None:
    assert daily.open_day(now) == 0
    required(desks, now)
    sunday = now - timedelta(days=2) + timedelta(days=7)
    assert daily.open_day(sunday) == 0
    daily.require_no_more(desks.cast.clerk, now=now)
    assert daily.open_day(now) == 0
    with pytest.raises(NotYours):
        daily.require(desks.cast.cook, 17 * 60, every_day=False, now=now)
    with pytest.raises(BadInput):
        daily.require(desks.cast.clerk, 0, every_day=False, now=now)


def test_a_report_after_the_cut_off_stays_marked_with_when_it_came(
    desks: Desks, now: datetime
) -> None:
    required(desks, now)
    daily.open_day(now)
    marks.look(CUT_OFF)
    came = CUT_OFF + timedelta(minutes=20)
    desks.daily(desks.cast.cook, came)
    mark = Mark.objects.get(unit=desks.cast.canteen)
    assert (mark.kind, mark.evidence["came"]) == ("daily_missing", came.isoformat())
    assert not Deadline.objects.filter(
        kind="report.daily", state="open", of=str(desks.cast.canteen.pk)
    ).exists()


def test_an_urgent_report_is_late_against_the_time_of_the_event(
    desks: Desks, now: datetime
) -> None:
    desks.urgent()
    assert kinds() == set()
    desks.urgent(when=(now - timedelta(minutes=150)).isoformat())
    mark = Mark.objects.get(kind="urgent_late")
    assert (mark.evidence["late"], mark.evidence["limit"]) == (30, 120)


def test_a_promised_next_report_that_does_not_come_is_marked(desks: Desks, now: datetime) -> None:
    report = desks.urgent()
    assert report.next_at is not None
    sweep(report.next_at, wiring.DEADLINE_HANDLERS)
    assert kinds() == {("HX-W-C", "next_missing")}
    assert Mark.objects.get().report == report


def test_numbers_that_contradict_the_ledger_are_marked_with_both(
    desks: Desks, now: datetime
) -> None:
    desks.cast.file(now)
    sequencer.round_now(now)
    while counting.count_new(now):
        pass
    assert counting.figures(desks.cast.group, now.date())["filed"] == 1
    report = desks.daily(desks.cast.clerk, filed=0, why="尚未登记")
    mark = Mark.objects.get(kind="numbers")
    assert mark.evidence["numbers"] == [{"field": "filed", "said": 0, "counted": 1}]
    assert mark.evidence["why"] == "尚未登记"
    assert report.counted["figures"]["filed"] == 1


def test_each_entry_is_counted_once_however_often_one_counts(desks: Desks, now: datetime) -> None:
    for _ in range(3):
        desks.cast.file(now)
        sequencer.round_now(now)
        counting.count_new(now)
        counting.count_new(now)
    count = DayCount.objects.get(unit=desks.cast.group, what="filed")
    assert (count.count, count.day.isoformat()) == (3, "2026-03-03")


def test_what_comes_after_a_daily_report_stands_in_the_next(desks: Desks, now: datetime) -> None:
    group = desks.cast.group

    def filed(at: datetime) -> None:
        desks.cast.file(at)
        sequencer.round_now(at)
        counting.count_new(at)

    filed(now)
    desks.daily(desks.cast.clerk, filed=1)
    filed(now + timedelta(hours=9))
    tomorrow = now + timedelta(days=1)
    filed(tomorrow)
    assert counting.figures(group, tomorrow.date())["filed"] == 2
    desks.daily(desks.cast.clerk, tomorrow, filed=2)
    assert kinds() == set()
    assert counting.figures(group, (tomorrow + timedelta(days=1)).date())["filed"] == 0


def test_a_letter_that_came_while_the_report_was_written_is_left_to_the_next(
    desks: Desks, now: datetime
) -> None:
    seen = counting.figures(desks.cast.group, now.date())
    desks.cast.file(now)
    sequencer.round_now(now)
    counting.count_new(now)
    reporting.send(desks.cast.clerk, "daily", DAILY, now=now, seen=seen)
    assert kinds() == set()
    tomorrow = (now + timedelta(days=1)).date()
    assert counting.figures(desks.cast.group, tomorrow)["filed"] == 1


def test_fewer_people_than_before_is_marked_with_the_reason_given(
    desks: Desks, now: datetime
) -> None:
    report = desks.urgent()
    follow = {
        "what": "现场清点后为十二人受影响。",
        "affected": 12,
        "why": "首报重复计算两人。",
        "needed": "无",
    }
    later = now + timedelta(minutes=30)
    reporting.send(desks.cast.cook, "followup", follow, now=later, follows=report.number)
    mark = Mark.objects.get(kind="numbers")
    assert mark.evidence["numbers"] == [{"field": "affected", "said": 12, "earlier": 14}]
    assert mark.evidence["why"] == "首报重复计算两人。"


def test_a_danger_to_life_without_an_urgent_report_is_marked(desks: Desks, now: datetime) -> None:
    Incident.objects.create(
        unit=desks.cast.canteen, number="I-1", kind="fire", title="起火", place="食堂",
        event_at=now, opened_at=now, danger=True,
    )  # fmt: skip
    over = now + timedelta(hours=2)
    assert wiring.look_for_silence(over - SECOND) == 0
    assert wiring.look_for_silence(over) == 1
    assert wiring.look_for_silence(over) == 0
    assert kinds() == {("HX-W-C", "danger")}


def test_a_danger_that_was_reported_is_not_marked(desks: Desks, now: datetime) -> None:
    Incident.objects.create(
        unit=desks.cast.canteen, number="I-1", kind="fire", title="起火", place="食堂",
        event_at=now, opened_at=now, danger=True,
    )  # fmt: skip
    desks.urgent(now + timedelta(minutes=30), next="")
    assert wiring.look_for_silence(now + timedelta(hours=2)) == 0


def test_a_letter_about_danger_marks_without_leading_to_the_letter(
    desks: Desks, now: datetime
) -> None:
    case = desks.cast.file(now, danger=True).case
    assert wiring.look_for_silence(now + timedelta(hours=3)) == 1
    mark = Mark.objects.get(kind="danger")
    assert mark.unit == desks.cast.group
    assert case.locator not in f"{mark.subject} {mark.evidence}"


def test_the_unit_replies_once_and_only_a_unit_above_withdraws(desks: Desks, now: datetime) -> None:
    desks.urgent(when=(now - timedelta(minutes=150)).isoformat())
    mark = Mark.objects.get()
    cast = desks.cast
    marks.reply(cast.cook, mark.pk, "事发地没有信号，恢复后即报。", now=now)
    with pytest.raises(BadInput):
        marks.reply(cast.cook, mark.pk, "另一种说法", now=now)
    for acting in (cast.cook, desks.canteen_leader, cast.owner):
        with pytest.raises((NotYours, ReportNotFound)):
            marks.withdraw(acting, mark.pk, "不成立", now=now)
    with pytest.raises(ReportNotFound):
        marks.withdraw(cast.transport_head, mark.pk, "不成立", now=now)
    marks.withdraw(desks.works_leader, mark.pk, "已核实，事发地确无信号。", now=now)
    mark.refresh_from_db()
    assert mark.withdrawn_by == desks.works_leader.post
    assert mark.withdrawn_why == "已核实，事发地确无信号。"
    assert mark.reply == "事发地没有信号，恢复后即报。"
    recorded = Entry.objects.filter(kind__startswith="mark.").values_list("kind", flat=True)
    assert set(recorded) == {"mark.made", "mark.replied", "mark.withdrawn"}


def test_many_letters_are_no_fault(desks: Desks, now: datetime) -> None:
    for _ in range(5):
        desks.cast.file(now)
    sequencer.round_now(now)
    counting.count_new(now)
    desks.daily(desks.cast.clerk, filed=5)
    assert wiring.look_for_silence(now + timedelta(hours=1)) == 0
    assert not Mark.objects.exists()
    assert URGENT["event"] not in {"letter", "complaint"}
