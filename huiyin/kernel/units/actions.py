"""Changing units, posts and holders; and the actor of every staff action."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.kernel.holding.actions import hold, remove
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units import tree
from huiyin.kernel.units.models import Invitation, Lineage, Organisation, Post, Tenure, Unit
from huiyin.kernel.units.queries import invitation_of, parents, tenures_of, token_digest

INVITED_FOR = timedelta(days=7)


class NotYourPost(PermissionError):
    """The user does not hold the post that they want to act for."""


class OwnAppointment(ValueError):
    """Nobody appoints themselves: a post above decides."""


class InvitationEnded(LookupError):
    """No such invitation, or one that was used, is over, or was made anew since."""


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
    hold(unit, now=now)
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
    hold(unit, now=now)
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
    hold(post, now=now)
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
    """Let `user` hold the post from `starts` (now if None) until `ends` (open if None).

    Raises OwnAppointment where they appoint themselves.
    """
    if by is not None and by.user.pk == user.pk:
        raise OwnAppointment
    tenure = Tenure.objects.create(
        post=post,
        user=user,
        starts=starts or now,
        ends=ends,
        stand_in=stand_in,
        appointed_by=by.user if by else None,
        appointed_for=by.post if by else None,
        appointed_at=now if by else None,
    )
    hold(tenure, now=now)
    _record("stand-in appointed" if stand_in else "holder appointed", f"post:{post.code}", now, by)
    return tenure


@transaction.atomic
def invite(
    username: str, name: str, *, now: datetime, by: Acting | None = None
) -> tuple[User, str]:
    """Open an account and return it with the token of its invitation, to be handed to its holder.

    The holder chooses the password: nobody else ever knows one. An account whose holder has not
    come in yet is invited anew, and the token before it ends. Raises ValueError when the user name
    is taken.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(username, password=None, first_name=name)
    elif not Invitation.objects.filter(user=user, used_at=None).exists():
        raise ValueError(f"the user name {username} is taken")
    token = secrets.token_urlsafe(32)
    invitation, _new = Invitation.objects.update_or_create(
        user=user,
        defaults={
            "digest": token_digest(token),
            "made_by": by.user if by else None,
            "made_at": now,
            "ends_at": now + INVITED_FOR,
        },
    )
    hold(invitation, now=now)
    _record("account opened", f"account:{user.pk}", now, by)
    return user, token


@transaction.atomic
def accept_invitation(token: str, password: str, *, now: datetime) -> User:
    """Let the holder of a new account choose its password; raise InvitationEnded."""
    invitation = invitation_of(token, now, lock=True)
    if invitation is None:
        raise InvitationEnded
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    user: User = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    hold(invitation, now=now)
    _record("invitation accepted", f"account:{user.pk}", now, None)
    return user


@transaction.atomic
def release(tenure: Tenure, *, now: datetime, by: Acting | None = None) -> None:
    """End a tenure now."""
    if tenure.starts >= now:
        remove(tenure, now=now)
        what = "appointment taken back"
    else:
        tenure.ends = now
        tenure.save(update_fields=["ends"])
        hold(tenure, now=now)
        what = "holder released"
    _record(what, f"post:{tenure.post.code}", now, by)


@transaction.atomic
def change_organisation(*, now: datetime, by: Acting | None = None, **changes: Any) -> Organisation:
    """Change what the organisation has set up; the log says what, and of a post which one."""
    mine = Organisation.objects.select_for_update().get(pk=1)
    for name, value in changes.items():
        if getattr(mine, name) == value:
            continue
        setattr(mine, name, value)
        facts = {"to": value.code} if isinstance(value, Post) else {}
        _record(f"{name} changed", "organisation", now, by, **facts)
    mine.full_clean()
    mine.save()
    hold(mine, now=now)
    return mine


@transaction.atomic
def set_up(name: str, *, now: datetime, name_en: str = "", **settings: object) -> Organisation:
    """Create the organisation's one row; raise ValueError when it exists."""
    if Organisation.objects.exists():
        raise ValueError("the organisation exists already")
    organisation = Organisation(pk=1, name=name, name_en=name_en, **settings)
    organisation.full_clean(exclude=["reception", "independent"])
    organisation.save(force_insert=True)
    hold(organisation, now=now)
    _record("organisation set up", "organisation", now, None)
    return organisation
