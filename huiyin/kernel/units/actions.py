"""Changing units, posts and holders; and the actor of every staff action."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units import tree
from huiyin.kernel.units.models import Lineage, Organisation, Post, Tenure, Unit
from huiyin.kernel.units.queries import parents, tenures_of


class NotYourPost(PermissionError):
    """The user does not hold the post that they want to act for."""


@dataclass(frozen=True)
class Acting:
    """A user acting for a post: authority belongs to the post, the trace to both.

    `held` are all tenures of the user at the time, where whoever made the actor has read them.
    """

    user: User
    post: Post
    stand_in: bool = False
    held: tuple[Tenure, ...] = ()


def act_for(user: User, post_id: int | None, now: datetime) -> Acting:
    """Return the actor for the post, or for the user's first post if None; raise NotYourPost."""
    held = tuple(tenures_of(user, now))
    for tenure in held:
        if post_id is None or tenure.post_id == post_id:
            return Acting(user, tenure.post, tenure.stand_in, held)
    raise NotYourPost


def _record(
    what: str, subject: str, now: datetime, by: Acting | None, **facts: ledger.Fact
) -> None:
    ledger.append(
        "units.changed",
        subject=subject,
        now=now,
        post=by.post.code if by else None,
        facts={"what": what, **facts},
    )


@transaction.atomic
def add_unit(
    code: str,
    name: str,
    *,
    now: datetime,
    parent: Unit | None = None,
    name_en: str = "",
    by: Acting | None = None,
) -> Unit:
    """Add a unit below `parent`."""
    if parent:
        Unit.objects.select_for_update().get(pk=parent.pk)  # it does not move meanwhile
    unit = Unit.objects.create(code=code, name=name, name_en=name_en, parent=parent)
    lines = [Lineage(unit=unit, ancestor=unit, distance=0)]
    if parent:
        lines += [
            Lineage(unit=unit, ancestor_id=above.ancestor_id, distance=above.distance + 1)
            for above in Lineage.objects.filter(unit=parent)
        ]
    Lineage.objects.bulk_create(lines)
    _record("unit added", f"unit:{code}", now, by, unit=parent.code if parent else None)
    return unit


@transaction.atomic
def move_unit(unit: Unit, parent: Unit | None, *, now: datetime, by: Acting | None = None) -> None:
    """Put the unit, with all below it, under another parent; raise tree.Cycle."""
    whole = parents(lock=True)  # two moves at once never make a circle
    whole[unit.pk] = parent.pk if parent else None
    tree.ancestors(unit.pk, whole)
    unit.parent = parent
    unit.save(update_fields=["parent"])
    moved = list(Lineage.objects.filter(ancestor=unit).values_list("unit_id", flat=True))
    Lineage.objects.filter(unit_id__in=moved).delete()
    Lineage.objects.bulk_create(
        Lineage(unit_id=one, ancestor_id=above, distance=distance)
        for one in moved
        for distance, above in enumerate(tree.ancestors(one, whole))
    )
    above = parent.code if parent else None
    _record("unit moved", f"unit:{unit.code}", now, by, unit=above)


@transaction.atomic
def add_post(
    unit: Unit,
    role: str,
    title: str,
    *,
    now: datetime,
    code: str = "",
    title_en: str = "",
    by: Acting | None = None,
) -> Post:
    """Add a post to the unit; its code is made from the unit's where none is given."""
    if not code:
        same = Post.objects.filter(unit=unit, role=role).count()
        code = f"{unit.code}.{role}" + (f".{same + 1}" if same else "")
    post = Post.objects.create(unit=unit, role=role, title=title, title_en=title_en, code=code)
    _record("post added", f"post:{code}", now, by, unit=unit.code, role=str(role))
    return post


@transaction.atomic
def appoint(
    user: User,
    post: Post,
    *,
    now: datetime,
    starts: datetime | None = None,
    ends: datetime | None = None,
    stand_in: bool = False,
    by: Acting | None = None,
) -> Tenure:
    """Let `user` hold the post from `starts` (now if None) until `ends` (open if None)."""
    tenure = Tenure.objects.create(
        post=post, user=user, starts=starts or now, ends=ends, stand_in=stand_in
    )
    _record("stand-in appointed" if stand_in else "holder appointed", f"post:{post.code}", now, by)
    return tenure


@transaction.atomic
def add_account(
    username: str, name: str, *, now: datetime, by: Acting | None = None
) -> tuple[User, str]:
    """Open an account; return it with its first password, which nobody can read afterwards.

    Raises ValueError when the user name is taken.
    """
    if User.objects.filter(username=username).exists():
        raise ValueError(f"the user name {username} is taken")
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(username, password=password, first_name=name)
    _record("account opened", f"account:{user.pk}", now, by)
    return user, password


@transaction.atomic
def release(tenure: Tenure, *, now: datetime, by: Acting | None = None) -> None:
    """End a tenure now."""
    if tenure.starts >= now:
        tenure.delete()
        what = "appointment taken back"
    else:
        tenure.ends = now
        tenure.save(update_fields=["ends"])
        what = "holder released"
    _record(what, f"post:{tenure.post.code}", now, by)


@transaction.atomic
def set_up(name: str, *, now: datetime, name_en: str = "", **settings: object) -> Organisation:
    """Create the organisation's one row; raise ValueError when it exists."""
    if Organisation.objects.exists():
        raise ValueError("the organisation exists already")
    organisation = Organisation(pk=1, name=name, name_en=name_en, **settings)
    organisation.full_clean(exclude=["reception", "independent"])
    organisation.save(force_insert=True)
    _record("organisation set up", "organisation", now, None)
    return organisation
