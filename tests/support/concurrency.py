"""Acts that begin together, each on a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together; return what each returned or raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
        return [one.exception(timeout=120) or one.result() for one in futures]


def errors(found: list[object]) -> list[Exception]:
    return [one for one in found if isinstance(one, Exception)]
