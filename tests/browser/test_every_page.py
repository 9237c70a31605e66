"""Every page, in both languages, light and dark: readable by everybody, on the smallest screen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser import tours
from tests.browser.conftest import ENDED, TYPED_IN, Opened
from tests.browser.looking import Looking
from tests.browser.people import Staff, Writer

SHOTS = os.environ.get("HUIYIN_SCREENSHOTS")


def _photograph(page: Page, name: str, language: str, number: int) -> None:
    if SHOTS:
        for size, width in (("telephone", 360), ("desktop", 1280)):
            page.set_viewport_size({"width": width, "height": 800})
            path = Path(SHOTS) / f"{language}-{size}-{number:02}-{name.replace('/', '-')}.png"
            page.screenshot(path=path, full_page=True)


def look_at(page: Page, steps: Iterator[str], language: str) -> tuple[list[str], set[str]]:
    """Look at each page of a walk; return all problems, and the addresses and acts it met."""
    looking = Looking(language)
    problems: list[str] = []
    seen: set[str] = set()
    for number, name in enumerate(steps):
        problems += looking.problems(page, name)
        seen |= set(tours.met(page))
        _photograph(page, name, language, number)
    return problems, seen


@pytest.mark.parametrize("walk", tours.WALKS)
def test_every_page_can_be_read_by_everybody(
    opened: Opened,
    language: str,
    walk: str,
    sessions: dict[str, object],
    codes: dict[str, str],
    ended: dict[str, str],
) -> None:
    page = opened(language)
    page.context.add_init_script(AXE_SCRIPT)  # cheaper than to hand it to each page
    who = tours.Companions(Writer(page, language), Staff(page, language, sessions), codes, ended)
    problems, seen = look_at(page, tours.WALKS[walk].steps(who), language)
    assert not problems, "\n".join(problems)
    assert set(ended) == {*ENDED, *TYPED_IN}
    assert tours.WALKS[walk].past - seen == set()
