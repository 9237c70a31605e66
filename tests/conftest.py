"""What all tests share: keys and files of their own, a clock that the test owns, the cast."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings as searched

from tests.cast import Cast, enter

NOW = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)  # 3 March 2026, 09:14 in Shanghai, a Tuesday

# What is tried is the same in every run, so that a change lands or not by what it does alone.
# `pytest --hypothesis-profile=search` tries other examples each time.
searched.register_profile("search")
searched.register_profile("same", derandomize=True)
searched.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    from django.conf import settings

    from huiyin.kernel.ledger import signing
    from huiyin.kernel.vault import keyring

    keyring.create(settings.HUIYIN_KEYS)
    signing.ensure()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """No policy, limit or rate of one test reaches another."""
    from django.core.cache import cache

    from huiyin.kernel.clock.policy import forget

    forget()
    cache.clear()
    yield
    forget()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cast(db: None) -> Cast:
    return enter(NOW)
