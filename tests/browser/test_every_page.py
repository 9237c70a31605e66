"""Every page, in both languages, light and dark: readable by everybody, on the smallest screen."""

import os
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from huiyin.web.portal.acts import ACTS
from huiyin.web.portal.urls import urlpatterns as public_pages
from huiyin.web.staff.moves import PAGES
from huiyin.web.staff.urls import urlpatterns as staff_pages
from tests.browser import tours
from tests.browser.conftest import ENDED, Opened
from tests.browser.people import Staff, Writer

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST = {"width": 320, "height": 640}  # 1280 px seen at 400 %
SHOTS = os.environ.get("HUIYIN_SCREENSHOTS")


def _axe(page: Page, where: str, only: dict[str, object]) -> list[str]:
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{where}: {one['id']} {node['target']} {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def problems(page: Page, name: str) -> list[str]:
    """Return what is wrong with the open page."""
    page.wait_for_load_state()  # a click returns before the page that it asks for is there
    page.evaluate(AXE_SCRIPT)
    found = _axe(page, name, {"type": "tag", "values": WCAG})
    page.emulate_media(color_scheme="dark")
    found += _axe(page, f"{name}, dark", {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide[0] > wide[1]:
        found.append(f"{name}: {wide[0]} px wide on a screen of {wide[1]} px")
    page.set_viewport_size(before)
    return found


def _photograph(page: Page, name: str, language: str, number: int) -> None:
    if SHOTS:
        for size, width in (("telephone", 360), ("desktop", 1280)):
            page.set_viewport_size({"width": width, "height": 800})
            path = Path(SHOTS) / f"{language}-{size}-{number:02}-{name.replace('/', '-')}.png"
            page.screenshot(path=path, full_page=True)


def walk(page: Page, tour: Iterator[str], language: str) -> tuple[list[str], set[tuple[str, str]]]:
    """Look at each page of a walk; return all problems and the addresses that were met."""
    found: list[str] = []
    seen: set[tuple[str, str]] = set()
    for number, name in enumerate(tour):
        found += problems(page, name)
        seen.add(tours.met(page))
        _photograph(page, name, language, number)
    return found, seen


def names(patterns: list[object], face: str) -> set[str]:
    pressed = tours.PRESSED if face == "staff" else {"leave"}
    return {
        f"{face}:{one.name}"  # type: ignore[attr-defined]
        for one in patterns
        if one.name not in pressed | tours.DOWNLOADED  # type: ignore[attr-defined]
    }


def test_every_public_page_is_accessible(
    opened: Opened, language: str, codes: dict[str, str], ended: dict[str, str]
) -> None:
    page = opened(language)
    found, seen = walk(page, tours.public(Writer(page, language), codes, ended), language)
    assert found == []
    assert set(ended) == set(ENDED)
    assert names(public_pages, "portal") <= {name for name, _ in seen}
    assert set(ACTS) <= {act for _, act in seen}


def test_every_staff_page_is_accessible(opened: Opened, language: str) -> None:
    page = opened(language)
    found, seen = walk(page, tours.staff(Staff(page, language)), language)
    assert found == []
    assert names(staff_pages, "staff") <= {name for name, _ in seen}
    assert set(PAGES) - {"open_identity"} <= {move for _, move in seen}
