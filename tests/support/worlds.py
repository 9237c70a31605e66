"""Databases in which the cast has entered already: built once a worker, copied, opened by a test.

A test that asks for the `cast` begins in a copy of the empty database in which `tests.cast.enter`
has been called; one that asks for the `duty` of the Machine Works, in which `tests.duty.enter` has.
What the builders returned is kept as bytes, so that each test gets objects of its own. A test runs
in a transaction that is rolled back, so a world stays as it was built; tests that commit
(`transaction=True`) build their own in the empty database, which they empty again.
"""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

EMPTY = "empty"


class Worlds:
    """The worlds of one worker, by name. `builders`: what is called, in the world it begins from."""

    def __init__(self, builders: dict[str, tuple[str, Callable[[Any], object]]]) -> None:
        self._builders = builders
        self._databases = {EMPTY: str(connection.settings_dict["NAME"])}
        self._contents: dict[str, bytes] = {EMPTY: pickle.dumps(None)}
        self._entries: dict[str, int] = {}
        self._here = EMPTY

    def open(self, name: str) -> None:
        """Let the connection lead to the world; build it if nobody asked for it before."""
        if name not in self._databases:
            origin, build = self._builders[name]
            self.open(origin)
            self._copy(self._databases[origin], name)
            self._lead_to(name)
            with transaction.atomic():
                content = build(self.content(origin))
            self._contents[name] = pickle.dumps(content)
            self._entries[name] = _entries()
        if name != self._here:
            self._lead_to(name)

    def content(self, name: str) -> Any:
        """Return what the world's builder returned, as new objects."""
        return pickle.loads(self._contents[name])

    def check(self, name: str) -> None:
        """Fail where the test before has committed something in the world: it stays as it was built."""
        if _entries() != self._entries[name]:
            raise AssertionError(
                f"the test has left something in the world {name!r}, or emptied it"
            )

    def close(self) -> None:
        """Go back to the empty database and remove the others."""
        self._lead_to(EMPTY)
        empty = self._databases.pop(EMPTY)
        for database in self._databases.values():
            if connection.vendor == "postgresql":
                self._by_server(f'DROP DATABASE "{database}"')
            else:
                for path in Path(database).parent.glob(f"{Path(database).name}*"):
                    path.unlink()
        self._databases = {EMPTY: empty}

    def _lead_to(self, name: str) -> None:
        connection.close()
        # the settings are shared by the connections of all threads
        connection.settings_dict["NAME"] = self._databases[name]
        self._here = name

    def _copy(self, origin: str, name: str) -> None:
        copy = f"{self._databases[EMPTY]}_{name}"
        if connection.vendor == "postgresql":
            connection.close()
            self._by_server(f'CREATE DATABASE "{copy}" TEMPLATE "{origin}"')
        else:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [copy])
        self._databases[name] = copy

    @staticmethod
    def _by_server(sql: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)


def _entries() -> int:
    from huiyin.kernel.ledger.models import Entry  # apps are ready by now

    return Entry.objects.count()
