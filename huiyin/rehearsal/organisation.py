"""The organisation of a rehearsal: a tree made for it, or a copy of the one that is served.

A copy has units, posts, and from when to when each post is held. It has no letters, no accounts and
no names of holders: whoever holds a post is a number there.
"""

import json
from datetime import datetime

from django.contrib.auth.models import User

from huiyin.kernel.units.actions import add_post, add_unit, appoint, change_organisation, set_up
from huiyin.kernel.units.models import Organisation, Post, Role, Tenure, Unit
from huiyin.parts.reports import standing

FORMAT = 1
SUBSIDIARY = 10  # units to a subsidiary of a made tree: itself and its departments
LEAST, MOST = 2, 2_000
TITLES = {
    Role.HEAD: ("负责人", "Head"),
    Role.DEPUTY: ("分管负责人", "Deputy in charge"),
    Role.CLERK: ("来信接待岗", "Reception"),
    Role.DUTY_LEADER: ("值班领导", "Duty leader"),
    Role.SECRETARY: ("秘书", "Secretary"),
    Role.HANDLER: ("承办岗", "Case handler"),
}
TOP = (Role.HEAD, Role.DEPUTY, Role.CLERK, Role.SECRETARY, Role.DUTY_LEADER)
MIDDLE = (Role.HEAD, Role.DEPUTY, Role.CLERK, Role.HANDLER)
BELOW = (Role.HEAD, Role.HANDLER)


def account(name: str) -> User:
    """Return a new account with which nobody can sign in."""
    user = User(username=name)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _holder(post: Post, now: datetime) -> None:
    appoint(account(f"holder.{User.objects.count() + 1}"), post, now=now)


def _unit(
    code: str, name: str, name_en: str, parent: Unit | None, roles: tuple[Role, ...], now: datetime
) -> Unit:
    unit = add_unit(code, name, name_en=name_en, parent=parent, now=now)
    for role in roles:
        title, title_en = TITLES[role]
        _holder(add_post(unit, role, title, title_en=title_en, now=now), now)
    return unit


def make(units: int, now: datetime) -> None:
    """Make a tree of so many units: a group, its subsidiaries, their departments; all posts held."""
    set_up("演练集团", now=now, name_en="Rehearsal Group")
    top = _unit("G", "演练集团", "Rehearsal Group", None, TOP, now)
    above = top
    for number in range(units - 1):
        company, place = divmod(number, SUBSIDIARY)
        if place == 0:
            above = _unit(
                f"S{company + 1:02}", f"第{company + 1}子公司", f"Subsidiary {company + 1}", top,
                MIDDLE, now,
            )  # fmt: skip
        else:
            _unit(
                f"{above.code}-{place}", f"{above.name}{place}科", f"{above.name_en}, section {place}",
                above, BELOW, now,
            )  # fmt: skip
    change_organisation(now=now, reception=Post.objects.get(unit=top, role=Role.CLERK))


def copied(now: datetime) -> str:
    """Return the served organisation as JSON: its tree, its open posts, who holds which, unnamed.

    Only reads. Raises LookupError where no organisation is set up.
    """
    mine = Organisation.objects.first()
    if mine is None:
        raise LookupError("no organisation is set up")
    units = Unit.objects.filter(closed_at=None)
    posts = Post.objects.filter(closed_at=None, unit__closed_at=None)
    held = Tenure.objects.filter(post__in=posts, starts__lte=now).exclude(ends__lte=now)
    return json.dumps(
        {
            "format": FORMAT,
            "name": mine.name,
            "name_en": mine.name_en,
            "zone": mine.zone,
            "country": mine.country,
            "pack": mine.pack,
            "reception": mine.reception.code if mine.reception else "",
            "independent": mine.independent.code if mine.independent else "",
            "units": list(
                units.order_by("pk").values_list("code", "parent__code", "name", "name_en")
            ),
            "posts": list(
                posts.order_by("pk").values_list("code", "unit__code", "role", "title", "title_en")
            ),
            "held": list(
                held.order_by("pk").values_list("post__code", "user_id", "stand_in").distinct()
            ),
        },
        ensure_ascii=False,
    )


def load(text: str, now: datetime) -> list[str]:
    """Build what `copied` returned; return the codes of the posts that nobody holds there.

    Where nobody stands for a unit, somebody is put there for the rehearsal: those posts are returned.
    """
    given = json.loads(text)
    if given["format"] != FORMAT:
        raise ValueError("the copy is of another version")
    mine = set_up(
        given["name"], now=now, name_en=given["name_en"], zone=given["zone"],
        country=given["country"], pack=given["pack"],
    )  # fmt: skip
    _tree(given["units"], now)
    units = {one.code: one for one in Unit.objects.all()}
    posts: dict[str, Post] = {}
    for code, unit, role, title, title_en in given["posts"]:
        posts[code] = add_post(units[unit], role, title, title_en=title_en, code=code, now=now)
    users: dict[int, User] = {}
    for code, number, stand_in in given["held"]:
        if number not in users:
            users[number] = account(f"holder.{len(users) + 1}")
        appoint(users[number], posts[code], stand_in=stand_in, now=now)
    mine = change_organisation(
        now=now,
        reception=posts.get(given["reception"]),
        independent=posts.get(given["independent"]),
    )
    return _stand_ins(list(units.values()), mine, now)


def _tree(rows: list[list[str]], now: datetime) -> None:
    made: dict[str, Unit] = {}
    left = rows
    while left:
        ready = [one for one in left if not one[1] or one[1] in made]
        if not ready:  # below a closed unit: at the top of a tree of its own
            ready = [[left[0][0], "", *left[0][2:]]]
        for code, parent, name, name_en in ready:
            made[code] = add_unit(
                code, name, name_en=name_en, parent=made.get(parent or ""), now=now
            )
        left = [one for one in left if one[0] not in made]


def _stand_ins(units: list[Unit], mine: Organisation, now: datetime) -> list[str]:
    needed = {mine.reception} if mine.reception else set()
    for roles in (standing.RECEIVES, standing.SENDS):
        needed |= set(standing.posts([one.pk for one in units], now, roles).values())
    vacant = sorted(
        (one for one in needed if one and not Tenure.objects.filter(post=one).exists()),
        key=lambda post: post.code,
    )
    for post in vacant:
        _holder(post, now)
    return [one.code for one in vacant]
