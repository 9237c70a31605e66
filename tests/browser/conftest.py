"""Chromium, the service it opens, and the widths at which every journey is made."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.service import serving
from tests.support import demonstration

SIZES = {"telephone": (360, 740), "desktop": (1280, 900)}
ENDED = ("declined", "withdrawn", "closed-content", "closed-silent", "reviewed", "final-reviewed")
TYPED_IN = ("gas-smell",)  # by a clerk, who saw the code
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opened = Callable[..., Page]
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the demonstration set up in it, of this worker alone."""
    path = tmp_path_factory.mktemp("service")
    demonstration.copy(tmp_path_factory, path)
    return path


@pytest.fixture(scope="package")
def service(home: Path) -> Iterator[str]:
    """The address of a service with the demonstration in it, for all journeys."""
    with serving(home) as address:
        yield address


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = os.environ.get("HUIYIN_CHROMIUM", "/usr/bin/chromium")
    if "HUIYIN_CHROMIUM" in os.environ and not Path(path).exists():
        pytest.fail(f"HUIYIN_CHROMIUM is {path}, which is not there")
    if not Path(path).exists():
        pytest.skip(f"no Chromium at {path}: no page is opened in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def codes(home: Path) -> dict[str, str]:
    """The receipt codes that the demonstration prints, by the names of its letters."""
    from huiyin.demo import SHOWN_CODES

    printed = (home / "output").read_text(encoding="utf-8")
    found = re.findall(r"(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}", printed)
    return dict(zip(SHOWN_CODES, found, strict=True))


@pytest.fixture(scope="package")
def ended(home: Path) -> dict[str, str]:
    """The receipt codes of letters that came to an end, and of one typed in, by their names."""
    from django.test import override_settings

    from huiyin.demo import LETTERS, _seed
    from huiyin.parts.cases.actions.filing import code_of

    with override_settings(HUIYIN_KEYS=home / "keys"):
        return {
            one.name: str(code_of(_seed(one))) for one in LETTERS if one.name in ENDED + TYPED_IN
        }


@pytest.fixture(scope="package")
def sessions(service: str) -> dict[str, object]:
    """The cookie of each who signed in on a walk, by name: nobody signs in there twice."""
    return {}


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """A telephone's width, then a desktop's."""
    return str(request.param)


@pytest.fixture(params=list(LOCALES))
def language(request: pytest.FixtureRequest) -> str:
    """Chinese, then English."""
    return str(request.param)


@pytest.fixture
def opened(
    chromium: Browser, service: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Opened]:
    """Open a window of its own (its own cookies) for one person; it ends with the test.

    A page that the browser complains of (a blocked script, a broken policy, an exception), or that
    asks anything of another origin, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # that a page has status 404 or 409 is reported there too, and is meant
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def asked(url: str, base: str) -> None:
        if not url.startswith((f"{base}/", "data:", "blob:", "about:")):
            complaints.append(f"asked another origin: {url}")

    def open_(
        language: str = "zh-hans", size: str = "desktop", base: str = service, **more: Any
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=base,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            **more,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: asked(one.url, base))
        return page

    yield open_
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                page.screenshot(path=tmp_path / f"last-{number}.png", full_page=True)
        context.close()
    assert complaints == []
