"""What is looked at: every address on a walk; every walk in both languages, at every width."""

from itertools import product

import pytest

from huiyin.web.portal.acts import ACTS
from huiyin.web.portal.urls import urlpatterns as public_pages
from huiyin.web.staff.moves import PAGES
from huiyin.web.staff.urls import urlpatterns as staff_pages
from tests.browser import looking, tours
from tests.browser.conftest import LOCALES, SIZES
from tests.browser.looking import LOOKS

NAMES = [
    (face, str(each.name))
    for face, patterns in (("portal", public_pages), ("staff", staff_pages))
    for each in patterns
]
OPENED = sorted(
    f"{face}:{name}" for face, name in NAMES if name not in tours.PRESSED[face] | tours.DOWNLOADED
)
MOVES = set(PAGES) - {"open_identity"}  # which has an address of its own
WIDTHS = [looking.SMALLEST, *(width for width, _height in SIZES.values())]


def asked(**of: object) -> set[str]:
    """Return what is asked of every page in the looks that have these properties."""
    return {
        question
        for look in LOOKS
        if all(getattr(look, name) == wanted for name, wanted in of.items())
        for question in look.asked
    }


@pytest.mark.parametrize("page", OPENED)
def test_an_address_that_shows_a_page_is_on_one_walk(page: str) -> None:
    assert len([name for name, walk in tours.WALKS.items() if page in walk.past]) == 1


def test_a_walk_goes_past_no_address_that_is_not_there() -> None:
    past = set().union(*(walk.past for walk in tours.WALKS.values()))
    assert past == {*OPENED, *ACTS, *MOVES}


@pytest.mark.parametrize("face", ["portal", "staff"])
def test_only_addresses_that_are_there_are_left_out_as_pressed(face: str) -> None:
    assert {name for of, name in NAMES if of == face} >= tours.PRESSED[face]


def test_only_addresses_that_are_there_are_left_out_as_downloaded() -> None:
    assert {name for _face, name in NAMES} >= tours.DOWNLOADED


def test_each_page_is_looked_at_once_by_every_rule() -> None:
    assert [look for look in LOOKS if looking.RULES in look.asked] == [LOOKS[0]]


@pytest.mark.parametrize("language", LOCALES)
def test_in_each_language_words_and_structure_are_looked_at(language: str) -> None:
    assert looking.WORDS in asked(language=language)
    assert asked(language=language) & {looking.RULES, looking.STRUCTURE}


@pytest.mark.parametrize(("language", "width"), list(product(LOCALES, WIDTHS)))
def test_in_each_language_each_page_fits_every_width(language: str, width: int) -> None:
    assert looking.FITS in asked(language=language, width=width)


@pytest.mark.parametrize("language", LOCALES)
def test_in_each_language_targets_are_large_enough_for_a_thumb(language: str) -> None:
    assert looking.TARGETS in asked(language=language, width=looking.TELEPHONE)


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_is_looked_at_light_and_dark(dark: bool) -> None:
    assert asked(dark=dark) & {looking.RULES, looking.CONTRAST}
