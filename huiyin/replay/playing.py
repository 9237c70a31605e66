"""Filing, forwarding, accepting and answering at the times of the file, with the sweep between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.utils import timezone

from huiyin.importing import load
from huiyin.importing.mapping import Mapping
from huiyin.importing.rows import Letter
from huiyin.parts.cases.actions import answering, forwarding, handling
from huiyin.parts.cases.actions.filing import file_case
from huiyin.parts.cases.models import Case
from huiyin.timeline import Event, play
from huiyin.wiring import DEADLINE_HANDLERS

AFTERWARDS = timedelta(days=60)  # until the last letter's time to ask for review has passed


@dataclass
class Played:
    """How far the replay got."""

    letters: int = 0
    answers: int = 0
    stopped: bool = False


def events(letters: list[Letter], mapping: Mapping, user: User, played: Played) -> list[Event]:
    """Return what happens, in the order of time; letters without an answer are left out."""
    places = load.Places(user)
    locators: dict[int, str] = {}

    def come(letter: Letter, at: datetime) -> None:
        given = load.submission(letter, mapping, places)
        case = file_case(given, channel=Case.Channel.IMPORT, now=at).case
        owner = case.owner
        unit = load.destination(letter, places, owner.unit_id)
        if unit is not None:
            owner = forwarding.forward(places.acting(owner), case.locator, unit, now=at).owner
        handling.accept(places.acting(owner), case.locator, now=at)
        locators[letter.row] = case.locator
        played.letters += 1

    def answer(letter: Letter, at: datetime) -> None:
        locator = locators.pop(letter.row)
        owner = Case.objects.select_related("owner__unit").get(locator=locator).owner
        text = load.answer_text(letter, mapping.language)
        answering.answer(places.acting(owner), locator, text, now=at)
        played.answers += 1

    def planned() -> Iterator[tuple[datetime, int, Callable[[datetime], None]]]:
        for letter in letters:
            if letter.answered_at is not None:
                yield letter.received_at, 0, partial(come, letter)
                yield letter.answered_at, 1, partial(answer, letter)

    return [(at, act) for at, _, act in sorted(planned(), key=lambda one: one[:2])]


def run(
    letters: list[Letter],
    mapping: Mapping,
    user: User,
    *,
    progress: Callable[[int], None],
    stop: Callable[[], bool],
) -> Played:
    """Live all letters again in the database of this process."""
    played = Played()
    whole = events(letters, mapping, user, played)
    until = min(whole[-1][0] + AFTERWARDS, timezone.now())

    def counted() -> Iterator[Event]:
        for done, event in enumerate(whole, 1):
            yield event
            progress(done)

    played.stopped = play(counted(), DEADLINE_HANDLERS, until=until, stop=stop) < len(whole)
    return played
