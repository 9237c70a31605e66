"""After a window: which duties each post kept, and which it missed. Duties, never who complained.

Counted from the clock's own table: what came to its time while the window lasted. Deadlines of letters
that complain of a unit or a post are left out, so that nobody complained of learns of one.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.reports.access import ReportNotFound, at_desk
from huiyin.parts.reports.models import Window, WindowReply
from huiyin.parts.reports.windows_queries import AT_ONCE, access_unit

State = Deadline.State
OUTCOMES = ("kept", "late", "missed", "excused")
_OUTCOME = Case(
    When(state=State.EXCUSED, then=Value("excused")),
    When(state=State.MET, ended_at__lt=F("due_at"), then=Value("kept")),
    When(state=State.MET, then=Value("late")),
    When(state=State.VOID, then=Value("missed")),  # only what was past its time when it was dropped
    default=Value("missed"),
    output_field=CharField(),
)


def fell_due(window: Window, until: datetime) -> QuerySet[Any]:
    """Return what came to its time in the window's units until then, each with its outcome.

    What was paused, or was owed no longer before its time, is neither kept nor missed.
    """
    began = min(window.opened_at or until, policy().calendar.start_of_day(window.first_day))
    about = Q(due_at__gte=began) | Q(subject=window.ref)
    return (
        Deadline.objects.filter(
            about, due_at__lt=until, post__unit__lineage__ancestor=window.unit_id,
            paused_at=None, avoid_unit=None, avoid_post=None,
        )
        .exclude(state=State.VOID, ended_at__lt=F("due_at"))
        .annotate(outcome=_OUTCOME)
    )  # fmt: skip


def missed_by(window: Window, until: datetime) -> set[int]:
    """Return the posts that kept something late or not at all."""
    found = fell_due(window, until).filter(outcome__in=("late", "missed"))
    return set(found.values_list("post", flat=True))


@dataclass
class Kept:
    """How many duties came to which outcome."""

    kept: int = 0
    late: int = 0
    missed: int = 0
    excused: int = 0

    def add(self, outcome: str, number: int) -> None:
        """Count so many more of an outcome."""
        setattr(self, outcome, getattr(self, outcome) + number)


@dataclass
class OfPost:
    """A post of the unit: its duties by kind, and what it says itself."""

    post: Post
    kinds: dict[str, Kept] = field(default_factory=lambda: defaultdict(Kept))
    total: Kept = field(default_factory=Kept)
    reply: WindowReply | None = None


@dataclass(frozen=True)
class Review:
    """A unit after the window: its posts one by one, and the sums of the units right below."""

    unit: Unit
    posts: list[OfPost]
    branches: list[tuple[Unit, Kept]]
    page: int
    more: bool


def review(acting: Acting, window: Window, unit_id: int | None = None, page: int = 1) -> Review:
    """Return the review of one unit of a window that is over; raise ReportNotFound."""
    if window.closed_at is None:
        raise ReportNotFound(window.number)
    unit = access_unit(acting, window, unit_id)
    due = fell_due(window, window.closed_at)
    posts = _posts(window, unit, due) if page == 1 else []
    if not at_desk(acting.post):
        return Review(unit, posts, [], 1, more=False)
    start = (max(page, 1) - 1) * AT_ONCE
    children = list(
        unit.children.filter(closed_at=None).order_by("code")[start : start + AT_ONCE + 1]
    )
    shown = children[:AT_ONCE]
    sums: dict[int, Kept] = defaultdict(Kept)
    counted: Any = (
        due.filter(post__unit__lineage__ancestor__in=shown)
        .values_list("post__unit__lineage__ancestor", "outcome")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for branch, outcome, number in counted:
        sums[branch].add(outcome, number)
    return Review(
        unit, posts, [(one, sums[one.pk]) for one in shown], page, len(children) > AT_ONCE
    )


def _posts(window: Window, unit: Unit, due: QuerySet[Any]) -> list[OfPost]:
    found = {one.pk: OfPost(one) for one in Post.objects.filter(unit=unit).order_by("code")}
    counted: Any = (
        due.filter(post__in=list(found))
        .values_list("post", "kind", "outcome")
        .annotate(n=Count("pk"))
    ).order_by("kind")
    for post, kind, outcome, number in counted:
        found[post].kinds[kind].add(outcome, number)
        found[post].total.add(outcome, number)
    for reply in WindowReply.objects.filter(window=window, post__in=list(found)):
        found[reply.post_id].reply = reply
    return [one for one in found.values() if one.kinds or one.reply]
