"""A consistent copy of the database while it is in use, and the way back, on both databases."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg.pq import Conninfo

from huiyin.backup.archive import Stopped

PAGES = 500
NO_SESSIONS = ("--exclude-table-data=django_session",)  # nobody stays signed in through a backup
Stop = Callable[[], bool]


class NoTool(RuntimeError):
    """pg_dump or pg_restore is missing, or failed; the message says which and why."""


def is_sqlite() -> bool:
    """Return whether the service runs on the embedded database."""
    return connection.vendor == "sqlite"


def member() -> str:
    """Return the name of the database in an archive."""
    return "database.sqlite3" if is_sqlite() else "database.dump"


def size() -> int:
    """Return about how many bytes the copy will have."""
    if is_sqlite():
        path = Path(connection.settings_dict["NAME"])
        return path.stat().st_size if path.exists() else 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def copy_to(target: Path, stop: Stop) -> None:
    """Write the state of one moment to `target`; writers go on meanwhile. Raise Stopped, NoTool."""
    if is_sqlite():
        _copy_sqlite(target, stop)
    else:
        _run("pg_dump", ["--format=custom", "--no-owner", *NO_SESSIONS, f"--file={target}"], stop)


def _copy_sqlite(target: Path, stop: Stop) -> None:
    def ask(status: int, remaining: int, total: int) -> None:
        if stop():
            raise Stopped

    source = sqlite3.connect(
        f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True, isolation_level=None
    )
    copy = sqlite3.connect(target)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment is now
        source.backup(copy, pages=PAGES, progress=ask)
        source.execute("COMMIT")
        copy.execute("PRAGMA secure_delete=ON")
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
            copy.execute("DELETE FROM django_session")  # nobody stays signed in through a backup
        copy.commit()
        copy.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the database is damaged: {verdict}")
    finally:
        copy.close()
        source.close()


def is_empty() -> bool:
    """Return whether nothing is in the database yet, not even tables."""
    return not connection.introspection.table_names()


def put_back(source: Path, stop: Stop) -> None:
    """Make the copy the database: at once, or not at all. The database must be empty."""
    connection.close()
    if not is_sqlite():
        options = ["--exit-on-error", "--single-transaction", "--no-owner"]
        database = str(connection.settings_dict["NAME"])
        _run("pg_restore", [*options, f"--dbname={database}", str(source)], stop)
        return
    target = Path(connection.settings_dict["NAME"])
    for leftover in ("", "-wal", "-shm"):  # of an empty database
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    source.rename(target)


def _run(tool: str, options: list[str], stop: Stop) -> None:
    path = shutil.which(tool)
    if path is None:
        raise NoTool(
            f"{tool} is not on this machine. It comes with PostgreSQL's client programs "
            f"(Debian: postgresql-client) and must be at least as new as the server."
        )
    given: dict[str, Any] = connection.settings_dict
    environment = dict(os.environ)
    for name, value in (
        ("PGHOST", given["HOST"]),
        ("PGPORT", given["PORT"]),
        ("PGUSER", given["USER"]),
        ("PGPASSWORD", given["PASSWORD"]),
        ("PGDATABASE", given["NAME"]),
    ):
        if value:
            environment[name] = str(value)
    # What else the address says, sslmode and its certificates say, in libpq's own variables.
    for option in Conninfo.get_defaults():
        if option.envvar and (value := given["OPTIONS"].get(option.keyword.decode())):
            environment[option.envvar.decode()] = str(value)
    process = subprocess.Popen(
        [path, "--no-password", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        while True:
            try:
                _, said = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if stop():
                    raise Stopped from None
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        message = said.decode(errors="replace").strip()
        raise NoTool(f"{tool} ended with {process.returncode}: {message}")


def free_space(directory: Path) -> int:
    """Return the bytes that are free where the directory is."""
    return shutil.disk_usage(directory).free


def now_stamp() -> str:
    """Return the time of the machine for a manifest."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def home() -> Path:
    """Return the directory in which a restore unpacks: beside the data, for renaming."""
    found: Path = settings.VAR
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found
