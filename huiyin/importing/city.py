"""An organisation out of a taxonomy of categories: a city whose bureaus answer for the top level."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.importing import sheets
from huiyin.importing.mapping import Mapping
from huiyin.importing.times import local_time
from huiyin.kernel.holding.actions import hold
from huiyin.kernel.units.actions import add_post, add_unit, appoint, change_organisation, set_up
from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.parts.cases.models import Category, Claim

LEVELS = ("一级分类", "二级分类", "三级分类")
NAME, NAME_EN = "示范市", "Model City"
TITLES = {
    Role.HEAD: ("负责人", "Head"),
    Role.DEPUTY: ("分管负责人", "Deputy in charge"),
    Role.HANDLER: ("承办岗", "Case Handler"),
    Role.CLERK: ("来信接待岗", "Reception"),
    Role.REVIEWER: ("复查复核岗", "Reviewer"),
}


@dataclass(frozen=True)
class City:
    """What was built: how many units and categories, and the sign-ins of the top."""

    units: int
    categories: int
    sign_ins: tuple[str, ...]


def _staff(unit: Unit, password: str, now: datetime, *roles: Role) -> dict[Role, Post]:
    made: dict[Role, Post] = {}
    for role in roles:
        title, title_en = TITLES[role]
        made[role] = add_post(unit, role, title, title_en=title_en, now=now)
        user = User.objects.create(
            username=made[role].code, first_name=f"{unit.name}{title}", password=password
        )
        appoint(user, made[role], now=now)
    return made


@transaction.atomic
def build(path: Path, *, password: str, now: datetime) -> City:
    """Set up the city; raise sheets.BadSheet, or ValueError when there is an organisation.

    Each category of the first level becomes a bureau, each of the second a section that claims
    it, and the words of the third are claims by subject matter where they are unambiguous.
    `password` is an encoded one, the same for all.
    """
    tree: dict[str, dict[str, list[str]]] = {}
    for _row, cells in sheets.rows(path, LEVELS):
        top, middle, low = (str(cells[level] or "").strip() for level in LEVELS)
        if top and middle:
            tree.setdefault(top, {}).setdefault(middle, []).append(low)
    set_up(NAME, now=now, name_en=NAME_EN, outside="市信访局；12345 热线；人民法院")
    city = add_unit("CITY", NAME, name_en=NAME_EN, now=now)
    top_posts = _staff(city, password, now, Role.CLERK, Role.HEAD, Role.DEPUTY, Role.REVIEWER)
    board = add_unit("BOARD", "独立监督委员会", name_en="Independent Board", now=now)
    independent = _staff(board, password, now, Role.REVIEWER)[Role.REVIEWER]
    change_organisation(now=now, reception=top_posts[Role.CLERK], independent=independent)
    lows = [low for middles in tree.values() for some in middles.values() for low in some]
    claims: list[Claim] = []
    for number, (name, middles) in enumerate(tree.items(), 1):
        bureau = add_unit(f"B{number:02}", f"{name}局", parent=city, now=now)
        _staff(bureau, password, now, Role.HEAD, Role.DEPUTY, Role.HANDLER)
        category = Category.objects.create(code=f"{number:02}", name=name)
        claims.append(Claim(unit=bureau, category=category))
        for place, (middle, some) in enumerate(middles.items(), 1):
            code = f"{number:02}.{place:02}"
            section = add_unit(f"B{code}", f"{middle}科", parent=bureau, now=now)
            _staff(section, password, now, Role.HANDLER)
            second = Category.objects.create(code=code, name=middle, parent=category)
            claims.append(Claim(unit=section, category=second))
            for last, low in enumerate(dict.fromkeys(filter(None, some)), 1):
                Category.objects.create(code=f"{code}.{last:02}", name=low, parent=second)
                if lows.count(low) == 1:
                    claims.append(Claim(unit=section, matter=low))
    hold(*Category.objects.order_by("pk"), now=now)
    hold(*Claim.objects.bulk_create(claims), now=now)
    return City(
        Unit.objects.count(), Category.objects.count(), tuple(p.code for p in top_posts.values())
    )


def first_time(path: Path, mapping: Mapping, zone: str = "Asia/Shanghai") -> datetime:
    """Return the earliest readable time of receipt in a file; raise BadSheet for none."""
    found = [
        local
        for _row, cells in sheets.rows(path, mapping.needed(), encoding=mapping.encoding)
        if (local := local_time(cells.get(mapping.columns["received_at"]), mapping.formats))
    ]
    if not found:
        raise sheets.BadSheet("unreadable", f"{path}: no time of receipt")
    return min(found).replace(tzinfo=ZoneInfo(zone))
