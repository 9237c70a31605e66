"""Whether an error says that the disk of the database, or of the files, has no room left."""

import errno

from django.db import DatabaseError

FULL = {errno.ENOSPC, errno.EDQUOT}
DISK_FULL = "53100"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def is_full(error: BaseException | None) -> bool:
    """Return whether the error, or what caused it, is a full disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if getattr(error, "sqlstate", None) == DISK_FULL:
            return True
        if isinstance(error, DatabaseError) and "disk is full" in str(error):
            return True
        error = error.__cause__
    return False
