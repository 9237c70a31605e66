"""Versions of a roster: what changed, for whom; a draft that was overtaken loses nothing."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.duty.access import in_force
from huiyin.parts.duty.actions import publishing, rosters
from huiyin.parts.duty.actions.publishing import Move
from huiyin.parts.duty.models import Roster
from huiyin.parts.duty.versions import differences, versions
from tests.cast import Cast, enter
from tests.duty import FIRST, Duty, fill, set_up
from tests.support.concurrency import at_once


def swap(duty: Duty, roster: Roster, day: int, now: datetime) -> Roster:
    """On the night of a day, whoever is off takes the member's place."""
    shift = duty.shift(duty.night, FIRST + timedelta(days=day))
    leaves = next(name for name, as_ in duty.on(shift, roster).items() if as_ == "member")
    busy = {leaves} | set(duty.on(duty.shift(duty.day, shift.day), roster))
    comes = next(one for one in duty.members if one.user.username not in busy)
    move = Move(shift, duty.who(leaves).pk, comes.user.pk, "member")
    return publishing.replace(roster, [move], "换班", now=now, acting=duty.planner)


def test_differences_name_what_each_gains_and_loses(duty: Duty, now: datetime) -> None:
    after = swap(duty, duty.roster, 3, now)
    changes = differences(duty.roster, after)
    assert [(len(one.gains), len(one.loses), len(one.differs)) for one in changes] in (
        [(1, 0, 0), (0, 1, 0)],
        [(0, 1, 0), (1, 0, 0)],
    )
    assert len(differences(None, after)) == 7
    assert [one.version for one in versions(after)] == [2, 1]


def test_one_draft_at_a_time(duty: Duty, now: datetime) -> None:
    draft = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    assert differences(duty.roster, draft) == []
    with pytest.raises(BadInput, match="draft_open"):
        rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)


def test_a_draft_overtaken_by_a_swap_takes_it_over_and_keeps_its_own_changes(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    draft = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    own = duty.shift(duty.hours, FIRST)
    rosters.unassign(duty.planner, draft.pk, own.pk, duty.gu.user, now=now)
    newer = swap(duty, duty.roster, 3, now)
    publishing.submit(duty.planner, draft.pk, now=now)
    publishing.approve(cast.clerk, draft.pk, now=now)
    with pytest.raises(BadInput, match="overtaken"):
        publishing.publish(duty.planner, draft.pk, now=now)
    publishing.take_over(duty.planner, draft.pk, now=now)
    draft.refresh_from_db()
    assert (draft.state, draft.based_on) == ("draft", newer)
    changed = [(c.user.username, len(c.loses)) for c in differences(newer, draft)]
    assert changed == [("gu", 1)]
    publishing.submit(duty.planner, draft.pk, now=now)
    publishing.approve(cast.clerk, draft.pk, now=now)
    publishing.publish(duty.planner, draft.pk, now=now)
    assert in_force(own).count() == 0


@pytest.mark.django_db(transaction=True)
def test_published_by_four_at_once_it_is_published_once(
    transactional_db: None, now: datetime
) -> None:
    cast = enter(now)
    duty = set_up(cast, now)
    fill(duty)
    publishing.submit(duty.planner, duty.roster.pk, now=now)
    publishing.approve(cast.clerk, duty.roster.pk, now=now)
    found = at_once(*[lambda: publishing.publish(duty.planner, duty.roster.pk, now=now)] * 4)
    refused = [one.code for one in found if isinstance(one, BadInput)]
    assert refused == ["already_published"] * 3
    assert Entry.objects.filter(kind="duty.published").count() == 1
    assert Roster.objects.filter(state="published").count() == 1


def test_a_version_that_was_begun_can_be_dropped_and_the_first_one_not(
    duty: Duty, now: datetime
) -> None:
    draft = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    assert rosters.drop(duty.planner, draft.pk, now=now) == duty.roster
    again = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    assert again.version == 2
    after = rosters.open_roster(
        duty.roster.unit, duty.roster.end_day, duty.roster.end_day + timedelta(days=2), now=now
    )
    with pytest.raises(BadInput, match="first_version"):
        rosters.drop(duty.planner, after.pk, now=now)
