"""What the ledger needs besides tables: the one row that says how far the log has come."""

import hashlib
from typing import Any

from django.db import migrations


def begin(apps: Any, editor: Any) -> None:
    """Begin with an empty log, whose root is the hash of nothing (RFC 6962, 2.1)."""
    apps.get_model("ledger", "Log").objects.get_or_create(
        pk=1, defaults={"root": hashlib.sha256(b"").digest()}
    )


STEPS = [migrations.RunPython(begin, migrations.RunPython.noop)]
