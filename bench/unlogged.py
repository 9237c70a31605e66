"""Huiyin served with nothing entered in the log: for one measurement, and for nothing else.

`bench/logged.py` serves this beside `huiyin.wsgi` to learn what being logged costs. It puts another
function in the place of the ledger's only writer; the service itself has no switch for that.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
application = get_wsgi_application()

from huiyin.kernel.ledger import actions  # noqa: E402
from huiyin.kernel.ledger.models import Entry  # noqa: E402

# Never saved, so that a step refers to no entry; the receipt's page shows its digest.
NONE = Entry(kind="none", subject="none", leaf=b"", digest=bytes(32))


def append(kind: str, **given: object) -> Entry:
    """Enter nothing."""
    return NONE


actions.append = append
