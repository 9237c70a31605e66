"""The door through which a mail server hands messages in."""

import pytest

from tests.cast import Cast
from tests.support.doors import Door


@pytest.fixture
def door(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)
