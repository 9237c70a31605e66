"""The sweep takes what is due, once, and one broken row stops nobody else's."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.clock.sweep import AGAIN, sweep
from huiyin.kernel.notices.models import Notice
from tests.cast import Cast


def start(cast: Cast, now: datetime, subject: str = "case:A", **given: object) -> Deadline:
    given = {"post": cast.owner.post, "rule": "conclude", **given}
    return clock.start("case.conclude", subject=subject, counted_from=now, now=now, **given)


def test_nothing_is_taken_before_its_time(cast: Cast, now: datetime) -> None:
    deadline = start(cast, now)
    assert deadline.next_at is not None
    assert sweep(deadline.next_at - timedelta(microseconds=1), {}).total == 0
    assert sweep(deadline.next_at, {}).warned == 1


def test_a_row_whose_handler_breaks_is_logged_tried_later_and_stops_no_other(
    cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    for subject in ("case:A", "case:B"):
        start(cast, now, subject, post=None)
    due = Deadline.objects.first().due_at  # type: ignore[union-attr]
    handled: list[str] = []

    def handler(deadline: Deadline, at: datetime) -> None:
        if deadline.subject == "case:A":
            raise ValueError("broken")
        handled.append(deadline.subject)
        clock.void(deadline.subject, now=at)

    done = sweep(due, {"case.conclude": handler})
    assert (done.ended, done.failed, handled) == (1, 1, ["case:B"])
    assert "is skipped" in caplog.text
    again = Deadline.objects.get(subject="case:A")
    assert (again.state, again.next_at) == ("open", due + AGAIN)
    assert sweep(due, {"case.conclude": handler}).total == 0


def test_what_was_met_is_warned_of_no_more_and_what_is_paused_waits(
    cast: Cast, now: datetime
) -> None:
    met, paused = start(cast, now), start(cast, now, "case:B", rule="final_review")
    clock.meet(met.subject, now=now)
    clock.pause(paused, now=now)
    assert sweep(now + timedelta(days=300), {}).total == 0
    clock.resume(paused, now=now + timedelta(days=10))
    assert paused.due_at == paused.started_at.replace(hour=16, minute=0) + timedelta(days=40)


def test_a_long_silence_of_the_worker_is_made_up_for_in_order(cast: Cast, now: datetime) -> None:
    deadline = start(cast, now)
    sweep(now + timedelta(days=400), {})
    steps = list(Step.objects.filter(deadline=deadline).order_by("number"))
    assert [one.number for one in steps] == list(range(len(steps)))
    assert [one.planned_at for one in steps] == sorted(one.planned_at for one in steps)
    told = list(Notice.objects.filter(subject="case:A").values_list("post_id", "kind"))
    assert sorted(told) == sorted({(step.post_id, "clock.escalate") for step in steps})
    deadline.refresh_from_db()
    assert (deadline.state, deadline.next_at) == ("open", None)  # owed still, and late


def test_one_deadline_of_a_kind_is_open_at_a_time(cast: Cast, now: datetime) -> None:
    from django.db import IntegrityError, transaction

    start(cast, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        start(cast, now)
    clock.meet("case:A", now=now)
    start(cast, now)


def test_an_extension_beyond_the_rule_is_refused(cast: Cast, now: datetime) -> None:
    deadline = start(cast, now)
    for days in (0, 31):
        with pytest.raises(ValueError, match="extension"):
            clock.extend(deadline, days, now=now)
    before = deadline.due_at
    clock.extend(deadline, 30, now=now)
    assert deadline.due_at == before + timedelta(days=30)
