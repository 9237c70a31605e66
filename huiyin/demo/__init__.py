"""The demonstration: an invented organisation with invented letters in every stage of their life.

Everything goes through the same actions as in service, only at earlier times.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction

from huiyin.demo import duty, incidents, window
from huiyin.demo.letters import LETTERS
from huiyin.demo.organisation import NAME, PASSWORD, World, build
from huiyin.demo.script import Told
from huiyin.kernel.ledger.cover import cover
from huiyin.kernel.units.models import Organisation, Post
from huiyin.parts.cases.actions.filing import Submission, code_of, file_case
from huiyin.parts.cases.models import Case
from huiyin.timeline import Event, play
from huiyin.wiring import DEADLINE_HANDLERS

BEFORE = timedelta(days=160)
SHOWN_SIGN_INS = (
    "ys.clerk",
    "equip.handler",
    "equip.deputy",
    "ys.reviewer",
    "ys.head",
    "board.reviewer",
    "ys.duty_leader",
)
SHOWN_CODES = ("wages", "heating")
TYPED_IN = ("counter", "telephone", "post")


@dataclass(frozen=True)
class DemoInfo:
    """What whoever tries the demonstration needs.

    `sign_ins` gives user name and post; all have `password`. `codes` gives subject and receipt
    code of letters that can be followed as their writer.
    """

    organisation: str
    password: str
    sign_ins: tuple[tuple[str, str], ...]
    codes: tuple[tuple[str, str], ...]


def _seed(letter: Told) -> bytes:
    return f"demonstration {letter.name}".encode()


def _moment(now: datetime, zone: ZoneInfo, days: int, at: str) -> datetime:
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=days)
    moment = datetime.combine(day, time.fromisoformat(at), zone)
    return min(moment, local - timedelta(minutes=10))


def _file(world: World, letter: Told, at: datetime) -> None:
    typed = letter.channel in TYPED_IN
    complained = letter.complained_post
    file_case(
        Submission(
            title=letter.title,
            text=letter.text,
            naming=letter.naming,
            place=letter.place,
            place_unit=world.units.get(letter.place_unit),
            category=world.categories[letter.category],
            complained_unit=world.units.get(letter.complained_unit),
            complained_post=world.post(*complained) if complained else None,
            danger=letter.danger,
            identity=letter.identity,
            representatives=letter.representatives,
            language=letter.language,
            seed=_seed(letter),
        ),
        channel=letter.channel,
        now=at,
        acting=world.acting(world.post("ys", "clerk")) if typed else None,
    )


def _case(letter: Told) -> Case:
    return Case.objects.select_related("owner__unit", "unit__parent").get(
        locator=code_of(_seed(letter)).locator
    )


def _events(world: World, now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    for letter in LETTERS:

        def filed(at: datetime, letter: Told = letter) -> None:
            _file(world, letter, at)

        yield _moment(now, zone, letter.days, letter.at), filed
        for days, at, act in letter.then:

            def moved(when: datetime, letter: Told = letter, act: object = act) -> None:
                act(world, _case(letter), when)  # type: ignore[operator]

            yield _moment(now, zone, days, at), moved


def _cover(now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    """Yield what the worker enters on each day, so that nobody counts what is sealed."""
    for days in range(1, BEFORE.days):
        for _ in range(secrets.randbelow(13)):  # fewer than in service, so that it is soon set up
            minutes = timedelta(minutes=secrets.randbelow(24 * 60))
            yield _moment(now, zone, days, "00:00") + minutes, cover


@transaction.atomic
def load(now: datetime) -> DemoInfo:
    """Set up the whole demonstration, or nothing, in an empty database; raise ValueError in another."""
    world = build(now - BEFORE)
    zone = ZoneInfo(Organisation.objects.get().zone)
    crew = duty.crew(world, now - BEFORE)
    every = chain(
        _events(world, now, zone),
        duty.events(world, crew, now, zone),
        window.events(world, now, zone),
        incidents.events(world, now),
        _cover(now, zone),
    )
    events = sorted(every, key=lambda event: event[0])
    play(events, DEADLINE_HANDLERS, until=now)
    return info()


def info() -> DemoInfo:
    """Return what `load` returned; raise LookupError where the organisation is another one."""
    if not Organisation.objects.filter(name=NAME).exists():
        raise LookupError("this is not the demonstration organisation")
    posts = Post.objects.select_related("unit").in_bulk(list(SHOWN_SIGN_INS), field_name="code")
    shown = [letter for letter in LETTERS if letter.name in SHOWN_CODES]
    return DemoInfo(
        organisation=NAME,
        password=PASSWORD,
        sign_ins=tuple((code, posts[code].full_name) for code in SHOWN_SIGN_INS),
        codes=tuple((letter.title, str(code_of(_seed(letter)))) for letter in shown),
    )


def sign_ins() -> str:
    """Return, in Chinese and English, who can sign in and which letters can be followed.

    Empty for an organisation that is not the demonstration.
    """
    try:
        found = info()
    except LookupError:
        return ""
    lines = [f"  {found.organisation} · Password 密码: {found.password}"]
    lines += [f"    {name:<18} {title}" for name, title in found.sign_ins]
    lines += ["  Receipt codes 回执码:"]
    lines += [f"    {code}  {title}" for title, code in found.codes]
    return "\n".join(lines)
