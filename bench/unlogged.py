"""Huiyin served with nothing entered in the log: for one measurement, and for nothing else.

`bench/logged.py` serves this beside `huiyin.rsgi` to learn what being logged costs. It puts another
function in the place of the ledger's only writer; the service itself has no switch for that.
"""

from __future__ import annotations

import huiyin.wsgi  # noqa: F401 - sets Django up

# isort: split
from huiyin.kernel.ledger import actions
from huiyin.kernel.ledger.models import Entry
from huiyin.rsgi import application

# Never saved, so that a step refers to no entry; the receipt's page shows its digest.
NONE = Entry(kind="none", subject="none", leaf=b"", digest=bytes(32))


def append(kind: str, **given: object) -> Entry:
    """Enter nothing."""
    return NONE


actions.append = append

__all__ = ["application"]
