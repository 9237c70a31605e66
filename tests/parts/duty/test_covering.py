"""Round the clock means every minute with a leader, by rosters in force."""

from datetime import datetime, timedelta

from huiyin.parts.duty.actions import absences
from huiyin.parts.duty.covering import covered_until, unchecked
from huiyin.parts.duty.models import Assignment
from tests import duty as duties
from tests.cast import Cast

START = datetime.fromisoformat("2026-03-16T00:00:00+00:00")  # 08:00 in Shanghai, the first shift
END = START + timedelta(days=14)


def test_a_draft_covers_nothing_and_a_published_roster_what_it_holds(
    cast: Cast, now: datetime
) -> None:
    duty = duties.set_up(cast, now)
    duties.fill(duty)
    top, works = cast.group.pk, cast.works.pk
    assert covered_until(top, START, END) == {}
    duties.publish(duty, cast, now)
    assert covered_until(top, START, END) == {works: END}
    assert covered_until(works, START, END) == {works: END}
    assert covered_until(cast.transport.pk, START, END) == {}
    after = covered_until(top, START, END + timedelta(days=1))
    assert after == {works: END}, "the roster ends there"
    assert covered_until(top, START - timedelta(hours=1), END) == {
        works: START - timedelta(hours=1)
    }


def test_a_shift_without_its_leader_breaks_the_cover(cast: Cast, now: datetime) -> None:
    duty = duties.set_up(cast, now)
    duties.fill(duty)
    roster = duties.publish(duty, cast, now)
    night = duty.shift(duty.night, duties.FIRST + timedelta(days=2))
    Assignment.objects.filter(roster=roster, shift=night, capacity="leader").update(
        capacity="deputy"
    )
    assert covered_until(cast.group.pk, START, END) == {cast.works.pk: night.starts}


def test_a_leader_who_cannot_come_leaves_a_hole_until_somebody_steps_in(
    cast: Cast, now: datetime
) -> None:
    duty = duties.set_up(cast, now)
    duties.fill(duty)
    duties.publish(duty, cast, now)
    night = duty.shift(duty.night, duties.FIRST)
    leads = next(one for one in duty.leaders if duty.on(night).get(one.user.username) == "leader")
    absences.report(leads, night.pk, now=night.starts - timedelta(hours=2))
    assert covered_until(cast.group.pk, START, END) == {cast.works.pk: night.starts}


def test_units_without_a_checklist_are_not_asked(cast: Cast, now: datetime) -> None:
    assert unchecked(cast.group.pk, now) == {}
