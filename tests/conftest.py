"""What all tests share: keys and files of their own, a clock that the test owns, the cast."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import SimpleTestCase
from django.utils import timezone
from hypothesis import settings as searched

from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.timekeeping import Running
from tests import duty as works_duty
from tests.cast import Cast, enter
from tests.duty import Duty
from tests.support import ready, sampling
from tests.support.logs import own_log
from tests.support.worlds import EMPTY, Worlds

NOW = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)  # 3 March 2026, 09:14 in Shanghai, a Tuesday

# What is tried is the same in every run, so that a change lands or not by what it does alone.
# `pytest --hypothesis-profile=search` tries other examples each time.
searched.register_profile("search", deadline=None)
# How long an example may take is nobody's rule: machines are busy at times.
searched.register_profile("same", derandomize=True, deadline=None)
searched.load_profile("same")


def pytest_sessionstart() -> None:
    if first := ready.missing():
        raise pytest.UsageError(first)


def pytest_addoption(parser: pytest.Parser) -> None:
    sampling.add_option(parser)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sampling.keep(config, items)
    _leave_out_what_is_alike(config, items)


def _leave_out_what_is_alike(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what may come out otherwise there: what asks the database, or names it.

    The run on SQLite, which is part of every gate, runs the rest.
    """
    if not os.environ.get("HUIYIN_DATABASE_URL"):
        return
    alike = [item for item in items if _is_alike_on_both(item)]
    config.hook.pytest_deselected(items=alike)
    items[:] = [item for item in items if not _is_alike_on_both(item)]


def _is_alike_on_both(item: pytest.Item) -> bool:
    if item.get_closest_marker("sqlite_only"):
        return True
    if any(item.get_closest_marker(name) for name in ("each_database", "postgresql", "django_db")):
        return False
    asks = {"db", "transactional_db", "django_db_setup"}.intersection(
        getattr(item, "fixturenames", ())
    )
    return not asks and not issubclass(getattr(item, "cls", None) or object, SimpleTestCase)


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    from django.conf import settings

    from huiyin.kernel.ledger import signing
    from huiyin.kernel.vault import keyring

    keyring.create(settings.HUIYIN_KEYS)
    signing.ensure()


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> None:
    """What a process keeps for two seconds stays for a test, however slow the machine is."""
    from huiyin.kernel.clock import policy
    from huiyin.kernel.units import queries

    policy.FRESH = queries.FRESH = float("inf")


def _machine() -> Running:
    """A machine that has been running as long as the tests' clock says: what they move never jumps."""
    return Running("the tests", timezone.now().timestamp())


def _undated(_basis: object) -> None:
    """Return no last entry: tests write down what happens later before they look at a page."""


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No policy, limit, rate, language or clock of one test reaches another."""
    from django.core.cache import cache
    from django.utils import translation

    from huiyin.kernel.clock.policy import forget

    forget()
    cache.clear()
    translation.deactivate()
    timekeeping.forget()
    if request.node.get_closest_marker("own_clock") is None:
        monkeypatch.setattr(timekeeping, "running", _machine)
        monkeypatch.setattr(timekeeping, "_last_entry", _undated)
    with own_log():
        yield
    forget()


def _access(cast: Cast) -> tuple[Cast, object]:
    from tests.web.access import world

    return cast, world.arguments(cast, NOW)


def _demonstration() -> object:
    from tests.support import planted

    return planted.build()


BUILDERS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "cast": (EMPTY, lambda _nothing: (enter(NOW),)),
    "access": ("cast", lambda here: _access(*here)),
    "planned_duty": ("cast", lambda here: (*here, works_duty.set_up(*here, NOW))),
    "demonstration": (EMPTY, lambda _nothing: _demonstration()),
    "duty": ("cast", lambda here: (*here, works_duty.enter(*here, NOW))),
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Add to the tables what migrations do besides."""
    from huiyin.commands import tables

    with django_db_blocker.unblock():
        tables.take_other_steps()


@pytest.fixture(scope="session")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Worlds]:
    """The databases in which this worker's tests begin."""
    with django_db_blocker.unblock():
        made = Worlds(BUILDERS)
    yield made
    with django_db_blocker.unblock():
        made.close()


# With these, or with the marker's words, pytest-django lets a test commit and empties its tables.
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Worlds, django_db_blocker: Any) -> Iterator[Any]:
    """Lead this test's connection to its world; return what was built there.

    What commits begins in the empty database, which it empties again, and builds its own: None.
    """
    marker = request.node.get_closest_marker("django_db")
    asks = marker.kwargs if marker is not None else {}
    commits = (
        asks.get("transaction")
        or asks.get("reset_sequences")
        or COMMITTING & {*request.fixturenames}
    )
    wanted = [name for name in BUILDERS if f"{name}_world" in request.fixturenames]
    name = wanted[-1] if wanted and not commits else EMPTY
    with django_db_blocker.unblock():
        worlds.open(name)
    yield worlds.content(name)
    if name != EMPTY:
        with django_db_blocker.unblock():
            worlds.check(name)


@pytest.fixture
def _django_db_helper(world: Any, _django_db_helper: None) -> None:
    """A test's transaction begins in its world."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cast_world() -> None:
    """Begin where the cast has entered."""


@pytest.fixture
def access_world() -> None:
    """Begin where there is something to show on every page of the staff."""


@pytest.fixture
def planned_duty_world() -> None:
    """Begin where the works' duty is set up, with an empty draft of the roster."""


@pytest.fixture
def demonstration_world() -> None:
    """Begin where the demonstration is set up, with something written in each sealed column."""


@pytest.fixture
def duty_world() -> None:
    """Begin where the works' roster is published."""


@pytest.fixture
def cast(db: None, cast_world: None, world: Any) -> Cast:
    from huiyin.kernel.clock.policy import policy

    cast: Cast = enter(NOW) if world is None else world[0]
    policy()  # kept from here on, as by whoever entered a moment ago
    return cast


@pytest.fixture
def duty(cast: Cast, duty_world: None, world: Any) -> Duty:
    duty: Duty = works_duty.enter(cast, NOW) if world is None else world[1]
    return duty


@pytest.fixture
def planned_duty(cast: Cast, planned_duty_world: None, world: Any) -> Duty:
    duty: Duty = works_duty.set_up(cast, NOW) if world is None else world[1]
    return duty
