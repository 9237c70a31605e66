"""Whom a letter complains of: they never handle it, in whatever post."""

import secrets
from collections.abc import Collection
from datetime import datetime

from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.kernel.units.queries import Barred, complained_of, holders, line_of, tops
from huiyin.parts.cases.models import Case


def complained_tree(unit: Unit | None, post: Post | None) -> int | None:
    """Return the top of the units that may not touch the letter.

    A unit complained of is out with all below it; a head takes the unit along, since nobody there
    can judge the head; any other post is out by itself only. Where a unit and a head elsewhere are
    both complained of, the nearest unit above both is out; in two separate trees the unit is, and
    the head's by the head (`units.queries.tops`).
    """
    out = [one.pk for one in (unit,) if one is not None]
    if post is not None and post.role == Role.HEAD:
        out.append(post.unit_id)
    if len(set(out)) < 2:
        return out[0] if out else None
    first, second = (line_of(top) for top in out)
    return next((above for above in first if above in second), out[0])


def public_name(unit: Unit | None, post: Post | None) -> str:
    """Return a new name for the promises of a letter that complains of these; none if of anybody.

    Whoever is complained of knows which letters of their unit they see. If the log showed one more,
    they would know that it is about them, and since when it is there.
    """
    return "" if unit or post else f"promise:{secrets.token_hex(16)}"


def public_names(subjects: Collection[str]) -> dict[str, str]:
    """Return the public names of letters, by subject, for the log."""
    locators = [one.removeprefix("case:") for one in subjects]
    names = Case.objects.filter(locator__in=locators).values_list("locator", "public_name")
    return {f"case:{locator}": name for locator, name in names}


def is_barred(case: Case, post: Post, now: datetime) -> bool:
    """Whether the letter complains of the post, its unit or one above it, or of who holds it."""
    if case.conflict_unit_id is None and case.complained_post_id is None:
        return False
    barred = barred_by(case)
    if post.pk == barred.post or tops(barred).intersection(line_of(post.unit_id)):
        return True
    held_by = holders([post.pk], now).get(post.pk, [])
    return bool(complained_of(held_by, barred, now))


def barred_by(case: Case) -> Barred:
    """Return whom the letter bars, and since when."""
    return Barred(case.conflict_unit_id, case.complained_post_id, case.received_at)
