"""What somebody reads who has the disk: the bytes of the database's own files."""

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
