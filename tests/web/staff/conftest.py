"""Signing in as somebody of the cast, at the cast's own time."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from tests.parts.reports.conftest import desks  # noqa: F401 - a fixture of these tests too

SignIn = Callable[[User], Client]


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """The wall clock stands at the tests' now."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in(clock: time_machine.Traveller) -> SignIn:
    """Return a browser in which the user is signed in, reading English."""

    def signed(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return signed
