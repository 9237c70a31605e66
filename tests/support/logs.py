"""A folder of its own for the public log: a log is of one database."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_log(*, anew: bool = False) -> Iterator[None]:
    """Lead to a new folder, unless a test has named one itself; `anew`: whether it has or not."""
    from django.conf import settings
    from django.test import override_settings

    if settings.HUIYIN_LOG != settings.VAR / "log" and not anew:
        yield
        return
    with override_settings(HUIYIN_LOG=settings.VAR / "logs" / secrets.token_hex(4)):
        yield
