"""SQLite's write-ahead log: it keeps older pages, with what has been erased since, until it is emptied."""

from django.db import connection

_PATIENCE = 200  # milliseconds in which whoever reads may end; writers wait meanwhile


def emptied() -> bool:
    """Write the log into the database and empty it; return False while somebody reads from it.

    https://sqlite.org/pragma.html#pragma_wal_checkpoint: the first number of the answer is 1 where a
    reader or writer stood in the way. On PostgreSQL there is nothing to empty, and it is always True.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _pages, _written = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={before}")
    return not busy
