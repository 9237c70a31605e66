"""Reading units and posts."""

import hashlib
import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Invitation, Lineage, Organisation, Post, Role, Tenure, Unit


class NoOrganisation(RuntimeError):
    """The service was started before the organisation was set up (`huiyin init`)."""


FRESH = 2.0  # seconds for which one process may go on with what it has read
_read: tuple[float, Organisation] | None = None


def organisation() -> Organisation:
    """Return the organisation; raise NoOrganisation before set-up.

    Each page and each letter asks for it, so it is read once in two seconds.
    """
    global _read  # noqa: PLW0603
    if _read is None or time.monotonic() - _read[0] > FRESH:
        found = Organisation.objects.select_related("reception__unit", "independent__unit").first()
        if found is None:
            raise NoOrganisation("no organisation yet: run `huiyin init` or `huiyin demo`")
        _read = (time.monotonic(), found)
    return _read[1]


def forget() -> None:
    """Read the organisation anew at the next use."""
    global _read  # noqa: PLW0603
    _read = None


def current(now: datetime) -> Q:
    """Return the condition for a tenure that holds at `now`."""
    return Q(starts__lte=now) & (Q(ends__isnull=True) | Q(ends__gt=now))


def tenures_of(user: AbstractBaseUser, now: datetime) -> QuerySet[Tenure]:
    """Return the tenures that `user` holds now, own posts before stand-ins."""
    return (
        Tenure.objects.filter(current(now), user_id=user.pk, post__closed_at__isnull=True)
        .select_related("post__unit", "user")
        .order_by("stand_in", "id")
    )


def tenure_at(user: int, post: int, at: datetime) -> Tenure | None:
    """Return in which right the user acted for the post at that time: own holder before stand-in."""
    return (
        Tenure.objects.filter(current(at), user=user, post=post)
        .select_related("appointed_for__unit")
        .order_by("stand_in", "id")
        .first()
    )


@Statement
def _holders(posts: tuple[int, ...], now: datetime) -> QuerySet[Tenure, tuple[int, int]]:
    rows = Tenure.objects.filter(current(now), post_id__in=posts).order_by("stand_in", "id")
    return rows.values_list("post_id", "user_id")


def holders(posts: Iterable[int], now: datetime) -> dict[int, list[int]]:
    """Return for each post the ids of the users who hold it now; a vacant post is absent."""
    found: dict[int, list[int]] = {}
    for post_id, user_id in _holders(tuple(posts), now):
        found.setdefault(post_id, []).append(user_id)
    return found


class Barred(NamedTuple):
    """Whom something complains of (ids), and since when: the time of the letter."""

    unit: int | None = None
    post: int | None = None
    since: datetime | None = None


NOBODY = Barred()


@Statement
def _unit_of_head(post_id: int) -> QuerySet[Post, int]:
    return Post.objects.filter(pk=post_id, role=Role.HEAD).values_list("unit_id", flat=True)


def tops(barred: Barred) -> set[int]:
    """Return the units that are out with all below them: the one complained of, and the one of a
    head complained of, whom nobody there can judge."""
    headed = None if barred.post is None else _unit_of_head.first(barred.post)
    return {unit for unit in (barred.unit, headed) if unit is not None}


def complained_of(users: Iterable[int], barred: Barred, now: datetime) -> set[int]:
    """Return those of the users who are complained of, whatever post they act for.

    Whoever ever held the post, and whoever holds a post in the unit or below it, or still did at
    the time of the letter: a new post elsewhere makes nobody a judge in their own matter. Whom one
    of them appointed, or opened an account for, since the letter came, is out as well.
    """
    out = Q(post_id=barred.post) if barred.post is not None else Q(pk__in=[])
    if units := tops(barred):
        out |= Q(post__unit__lineage__ancestor_id__in=units) & (
            Q(ends__isnull=True) | Q(ends__gt=barred.since or now)
        )
    asked = set(users)
    makers = _makers(asked, barred.since) if barred.since else {}
    everybody = asked.union(*makers.values())
    found = Tenure.objects.filter(out, user_id__in=everybody, starts__lte=now)
    direct = set(found.values_list("user_id", flat=True))
    return {user for user in asked if user in direct or makers.get(user, set()) & direct}


def _makers(users: set[int], since: datetime) -> dict[int, set[int]]:
    """Return for each user who, at or after `since`, made them what they are, and who made those."""
    made_by: dict[int, set[int]] = {}
    unread = set(users)
    while unread:
        pairs = [
            *Tenure.objects.filter(user_id__in=unread, appointed_at__gte=since)
            .exclude(appointed_by=None)
            .values_list("user_id", "appointed_by_id"),
            *Invitation.objects.filter(user_id__in=unread, made_at__gte=since)
            .exclude(made_by=None)
            .values_list("user_id", "made_by_id"),
        ]
        read = made_by.keys() | unread
        for user, maker in pairs:
            made_by.setdefault(user, set()).add(maker)
        unread = {maker for _user, maker in pairs} - read
    return {user: _reached(user, made_by) for user in users}


def _reached(user: int, made_by: dict[int, set[int]]) -> set[int]:
    reached: set[int] = set()
    following = set(made_by.get(user, ()))
    while following:
        reached |= following
        following = {above for maker in following for above in made_by.get(maker, ())} - reached
    return reached


def token_digest(token: str) -> bytes:
    """Return what is kept of an invitation's token: its SHA-256 (32 bytes)."""
    return hashlib.sha256(token.encode()).digest()


def invitation_of(token: str, now: datetime, *, lock: bool = False) -> Invitation | None:
    """Return the invitation that the token opens; None where it was used, is over or never was."""
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects
    return (
        rows.filter(digest=token_digest(token), used_at=None, ends_at__gt=now)
        .select_related("user")
        .first()
    )


@Statement
def _line_of(unit_id: int) -> QuerySet[Lineage, int]:
    line = Lineage.objects.filter(unit_id=unit_id).order_by("distance")
    return line.values_list("ancestor_id", flat=True)


def line_of(unit_id: int) -> list[int]:
    """Return the ids of the unit and of everything above it, nearest first."""
    return _line_of(unit_id)


def below(unit_id: int) -> QuerySet[Lineage, int]:
    """Return the ids of the unit and of everything below it, as a subquery."""
    return Lineage.objects.filter(ancestor_id=unit_id).values_list("unit_id", flat=True)


def parents(*, lock: bool = False) -> dict[int, int | None]:
    """Return the whole tree as a map from unit to parent; locked for whoever changes it."""
    units = Unit.objects.select_for_update().order_by("id") if lock else Unit.objects.all()
    return dict(units.values_list("id", "parent_id"))


def posts_in(unit_id: int, *roles: str) -> list[Post]:
    """Return the unit's open posts in these roles, in the order of the roles."""
    posts = Post.objects.filter(unit_id=unit_id, role__in=roles, closed_at__isnull=True)
    return sorted(
        posts.select_related("unit").order_by("id"), key=lambda post: roles.index(post.role)
    )


def post_in(unit_id: int, *roles: str) -> Post | None:
    """Return the unit's first open post in the first of `roles` that it has."""
    return next(iter(posts_in(unit_id, *roles)), None)


@Statement
def _lines(units: tuple[int, ...]) -> QuerySet[Lineage, tuple[int, int]]:
    lines = Lineage.objects.filter(unit_id__in=units).order_by("distance")
    return lines.values_list("unit_id", "ancestor_id")


@Statement
def _answering(units: tuple[int, ...]) -> QuerySet[Post]:
    return (
        Post.objects.filter(
            unit_id__in=units,
            role__in=(Role.HEAD, Role.DEPUTY, Role.DUTY_LEADER),
            closed_at__isnull=True,
        )
        .select_related("unit")
        .order_by("id")
    )


class Ladder:
    """Resolves rungs to posts, never to one complained of; remembers what it read.

    `learn` reads what many owners need in three queries, so that a sweep's cost is not one of
    queries; without it each owner's unit is learnt when it is first asked for.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._cache: dict[tuple[object, ...], Post | None] = {}
        self._lines: dict[int, list[int]] = {}
        self._posts: dict[int, dict[str, Post]] = {}
        self._held: dict[int, list[int]] = {}
        self._out: dict[tuple[object, ...], bool] = {}
        self._tops: dict[Barred, set[int]] = {}

    def learn(self, unit_ids: Iterable[int], owners: Iterable[int] = ()) -> None:
        """Read the lines of these units, the heads, deputies and duty leaders on them, and who holds those.

        `owners` are further posts whose holders are read along.
        """
        self._read_holders(set(owners) - self._held.keys())
        new = set(unit_ids) - self._lines.keys()
        if not new:
            return
        self._lines |= {unit_id: [] for unit_id in new}
        for unit_id, above in _lines(tuple(new)):
            self._lines[unit_id].append(above)
        unread = {above for unit_id in new for above in self._lines[unit_id]} - self._posts.keys()
        self._posts |= {unit_id: {} for unit_id in unread}
        posts = _answering(tuple(unread))
        for post in posts:
            self._posts[post.unit_id].setdefault(post.role, post)
        self._read_holders(post.pk for post in posts)

    def _read_holders(self, post_ids: Iterable[int]) -> None:
        wanted = list(post_ids)
        if not wanted:
            return
        self._held |= {post_id: [] for post_id in wanted} | holders(wanted, self.now)

    def _holders(self, post_id: int) -> list[int]:
        if post_id not in self._held:
            self._read_holders([post_id])
        return self._held[post_id]

    def post(self, owner: Post, rung: str, barred: Barred = NOBODY) -> Post | None:
        """Return the post on `rung` (owner, deputy, head, parent) for what `owner` owes.

        What a duty leader owes climbs to the duty leader above before the head there.
        A missing or vacant post, and one that the letter complains of (or whose holder it complains
        of in another post), is passed over for the next above; None when the tree has no one left.
        """
        key = (owner.pk, rung, barred)
        if key not in self._cache:
            self.learn([owner.unit_id])
            self._cache[key] = self._find(owner, rung, barred)
        return self._cache[key]

    def _find(self, owner: Post, rung: str, barred: Barred) -> Post | None:
        line = self._lines[owner.unit_id]
        if barred not in self._tops:
            self._tops[barred] = tops(barred)
        out = self._tops[barred]
        for post in self._candidates(owner, rung):
            if post.pk == barred.post:
                continue
            if out.intersection(line[line.index(post.unit_id) :]):
                continue
            held_by = self._holders(post.pk)
            if held_by and not self._any_out(held_by, barred):
                return post
        return None

    def _any_out(self, users: list[int], barred: Barred) -> bool:
        if barred.unit is None and barred.post is None:
            return False
        key = (barred, *users)
        if key not in self._out:
            self._out[key] = bool(complained_of(users, barred, self.now))
        return self._out[key]

    def _candidates(self, owner: Post, rung: str) -> list[Post]:
        own, *above = self._lines[owner.unit_id]
        order = ("owner", "deputy", "head", "parent")
        candidates: list[Post | None] = []
        for wanted in order[order.index(rung) :]:
            if wanted == "owner":
                candidates.append(owner)
            elif wanted in {"deputy", "head"}:
                candidates.append(self._posts[own].get(wanted))
            else:
                for unit_id in above:
                    found = self._posts[unit_id]
                    if owner.role == Role.DUTY_LEADER:
                        candidates.append(found.get(Role.DUTY_LEADER))
                    candidates += [found.get(Role.HEAD), found.get(Role.DEPUTY)]
        return [post for post in candidates if post and (rung == "owner" or post.pk != owner.pk)]


def may_administer(post: Post, unit: Unit) -> bool:
    """Whether the post may change the unit, its posts, their holders and its claims.

    The head and the clerk of a unit above it may, and those of the top of the tree for the top
    itself: nobody appoints their own superior, and nobody outside the line appoints anyone.
    """
    if post.role not in {Role.HEAD, Role.CLERK}:
        return False
    line = line_of(unit.pk)
    return post.unit_id in line[1:] or line == [post.unit_id]


def runs_organisation(post: Post) -> bool:
    """Whether the post looks after what is common to all: calendar, limits, categories.

    The head and the clerk at the top of the tree in which letters are received.
    """
    if post.role not in {Role.HEAD, Role.CLERK} or post.unit.parent_id is not None:
        return False
    reception = organisation().reception
    return reception is None or post.unit_id in line_of(reception.unit_id)


def outside_the_tree() -> QuerySet[Post]:
    """Return the open posts in units outside the tree in which letters are received."""
    reception = organisation().reception
    root = line_of(reception.unit_id)[-1] if reception else None
    posts = Post.objects.filter(closed_at__isnull=True).select_related("unit").order_by("id")
    return posts.exclude(unit__lineage__ancestor_id=root) if root is not None else posts


def vacant(now: datetime) -> QuerySet[Post]:
    """Return the open posts that nobody holds now."""
    held = Tenure.objects.filter(current(now), post_id=OuterRef("pk"))
    return Post.objects.filter(~Exists(held), closed_at__isnull=True).select_related("unit")
