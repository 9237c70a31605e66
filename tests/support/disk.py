"""What somebody reads who has the disk: the bytes of the database's own files."""

import re
import time
from collections.abc import Collection
from pathlib import Path

from django.db import connection


def database_bytes() -> bytes:
    """Return the bytes of all files of the database, its write-ahead log on SQLite with them."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        files = [name, name.with_name(name.name + "-wal")]
        return b"".join(path.read_bytes() for path in files if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid::regclass)) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND oid >= 16384"
        )
        return b"".join(bytes(content) for (content,) in cursor.fetchall())


def tidy() -> None:
    """Do what docs/keys.md says that the worker, or on PostgreSQL an operator, does after an erasure."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        handbook = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8")
        (tables,) = re.findall(r"`VACUUM FULL ([a-z_, ]+)`", handbook)
        cursor.execute(f"VACUUM FULL {tables}")


def left_of(parts: Collection[bytes]) -> list[bytes]:
    """Return which parts are still on the disk; PostgreSQL keeps what an older transaction may see."""
    left: list[bytes] = []
    for _ in range(40):
        tidy()
        stored = database_bytes()
        left = [part for part in parts if part in stored]
        if not left:
            break
        time.sleep(0.5)
    return left
