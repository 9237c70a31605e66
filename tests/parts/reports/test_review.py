"""After a window: what each post kept and missed, told to the post, which says why itself."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.privacy.refusing import Private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports import review
from huiyin.parts.reports.access import ReportNotFound
from huiyin.parts.reports.actions import window_units, windows
from huiyin.parts.reports.actions.window_review import reply_to_review
from huiyin.parts.reports.models import Window, WindowReply
from huiyin.parts.reports.tightening import Settings
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.parts.reports.conftest import Desks
from tests.support.windows import make

INSIDE = datetime.fromisoformat("2026-03-11T02:00:00+00:00")
OVER = datetime.fromisoformat("2026-03-16T16:00:00+00:00")


@pytest.fixture
def over(desks: Desks) -> Window:
    """Let a window pass in which the works tested its line in time and the canteen did not."""
    window = make(desks.cast.group_head, desks.now, Settings(line_test=True))
    window_units.confirm(desks.works_leader, window.number, "line", date(2026, 3, 3), now=desks.now)
    late = desks.now + timedelta(days=10)
    window_units.confirm(desks.group_leader, window.number, "line", late.date(), now=late)
    sweep(OVER, DEADLINE_HANDLERS)
    window.refresh_from_db()
    return window


def owe(acting: Acting, kind: str, of: str, due: datetime, now: datetime) -> Deadline:
    return clock.start_until(
        kind, subject=f"point:{of}", post=acting.post, due_at=due, now=now, because=("一", "one")
    )


def test_each_post_has_what_it_kept_in_time_late_and_not_at_all(desks: Desks, over: Window) -> None:
    def of(acting: Acting) -> dict[str, tuple[int, int, int, int]]:
        found = review.review(desks.cast.group_head, over, acting.post.unit_id)
        post = next(one for one in found.posts if one.post == acting.post)
        return {
            kind: (one.kept, one.late, one.missed, one.excused) for kind, one in post.kinds.items()
        }

    assert of(desks.works_leader) == {"window.line": (1, 0, 0, 0)}
    assert of(desks.group_leader) == {"window.line": (0, 1, 0, 0)}
    assert of(desks.canteen_leader) == {"window.line": (0, 0, 1, 0)}


def test_units_below_are_summed_with_everything_below_them(desks: Desks, over: Window) -> None:
    found = review.review(desks.cast.group_head, over)
    sums = {unit.code: (one.kept, one.missed) for unit, one in found.branches}
    assert sums == {"HX-W": (1, 1), "HX-T": (0, 1)}
    with CaptureQueriesContext(connection) as asked:
        review.review(desks.cast.group_head, over)
    assert len(asked) <= 10


def test_only_what_came_to_its_time_in_the_window_counts(desks: Desks) -> None:
    window, head = make(desks.cast.group_head, desks.now), desks.cast.works_head
    inside = owe(head, "duty.check", "A", INSIDE, desks.now)
    owe(head, "duty.check", "B", desks.now + timedelta(days=1), desks.now)
    owe(head, "duty.check", "C", OVER + timedelta(days=1), desks.now)
    clock.excuse(owe(head, "duty.mend", "D", INSIDE, desks.now), now=desks.now)
    dropped = owe(head, "duty.mend", "E", INSIDE, desks.now)
    clock.void(dropped.subject, now=desks.now)
    clock.pause(owe(head, "duty.mend", "F", INSIDE, desks.now), now=desks.now)
    sweep(OVER, DEADLINE_HANDLERS)
    window.refresh_from_db()
    posts = review.review(head, window).posts
    kinds = next(one.kinds for one in posts if one.post == head.post)
    assert (kinds["duty.check"].missed, kinds["duty.check"].kept) == (1, 0)
    assert (kinds["duty.mend"].excused, kinds["duty.mend"].missed) == (1, 0)
    clock.meet(inside.subject, now=OVER)
    posts = review.review(head, window).posts
    assert next(one for one in posts if one.post == head.post).kinds["duty.check"].late == 1


def test_a_duty_about_a_letter_that_complains_is_left_out(cast: Cast, now: datetime) -> None:
    make(cast.group_head, now)
    Window.objects.update(last_day=date(2026, 3, 30))
    cast.file(now, complained_unit=cast.works)
    assert Deadline.objects.filter(kind__startswith="case.").exclude(avoid_unit=None).exists()
    windows.open_window(cast.group_head, Window.objects.get().number, now=now)
    later = now + timedelta(days=20)
    windows.close_window(cast.group_head, Window.objects.get().number, now=later)
    window = Window.objects.get()
    assert not review.fell_due(window, later).filter(kind__startswith="case.").exists()


def test_posts_that_missed_something_are_told_and_say_why_once(desks: Desks, over: Window) -> None:
    told = set(Notice.objects.filter(kind="window.review").values_list("post", flat=True))
    assert desks.canteen_leader.post.pk in told
    assert desks.group_leader.post.pk in told
    assert desks.works_leader.post.pk not in told
    why = "值班电话迁移，线路接通晚。"
    for _ in range(2):
        said = reply_to_review(desks.canteen_leader, over.number, why, "先设临时电话。", now=OVER)
    assert WindowReply.objects.get() == said
    entry = Entry.objects.get(kind="window.replied")
    assert why.encode() not in bytes(entry.leaf)
    with pytest.raises(BadInput) as error:
        reply_to_review(desks.canteen_leader, over.number, "另一个原因。", "", now=OVER)
    assert error.value.code == "replied"
    posts = review.review(desks.cast.works_head, over, desks.cast.canteen.pk).posts
    assert [one.reply.cause for one in posts if one.reply] == [why]


def test_a_reply_is_about_the_duty_and_holds_nothing_private(desks: Desks, over: Window) -> None:
    for cause, code in (("", "missing"), ("字" * 4_001, "too_long")):
        with pytest.raises(BadInput) as error:
            reply_to_review(desks.canteen_leader, over.number, cause, "", now=OVER)
        assert (error.value.field, error.value.code) == ("cause", code)
    with pytest.raises(Private):
        reply_to_review(desks.canteen_leader, over.number, "找 13912345678 核实。", "", now=OVER)
    with pytest.raises(BadInput) as error:
        reply_to_review(desks.works_leader, over.number, "没有逾期。", "", now=OVER)
    assert error.value.code == "nothing_missed"
    assert not WindowReply.objects.exists()


def test_nobody_outside_speaks_or_reads_and_nobody_before_it_is_over(
    desks: Desks, over: Window
) -> None:
    with pytest.raises(ReportNotFound):
        reply_to_review(desks.cast.auditor, over.number, "原因。", "", now=OVER)
    with pytest.raises(ReportNotFound):
        review.review(desks.cast.transport_head, over, desks.cast.works.pk)
    later = make(desks.cast.group_head, desks.now)
    with pytest.raises(ReportNotFound):
        review.review(desks.cast.group_head, later)
    with pytest.raises(ReportNotFound):
        reply_to_review(desks.canteen_leader, later.number, "原因。", "", now=desks.now)
