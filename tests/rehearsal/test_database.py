"""The tables of a rehearsal are those of the service."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = """
import django
django.setup()
from django.core.management import call_command
from huiyin.rehearsal import database
{}
call_command("migrate", check_unapplied=True, verbosity=0)
"""
MIGRATED = 'call_command("migrate", interactive=False, verbosity=0)'


def _made(step: str, home: Path) -> sqlite3.Connection:
    home.mkdir()
    env = {"HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings"}
    subprocess.run([sys.executable, "-c", MAKE.format(step)], env=env, check=True, timeout=120)
    return sqlite3.connect(home / "huiyin.sqlite3")


def _parts(sql: str | None) -> list[str]:
    """Return what a table is declared with; columns added later stand in another order."""
    inner = re.sub(r"^CREATE TABLE \S+ \(|\)$", "", sql or "")
    return sorted(re.split(r", (?=\"|CONSTRAINT)", inner))


def _tables(base: sqlite3.Connection) -> dict[tuple[str, str], object]:
    found = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {
        (kind, name): _parts(sql) if kind == "table" else sql
        for kind, name, sql in found
        if not name.startswith("sqlite_autoindex")
    }


@pytest.mark.timeout(240)
def test_they_are_what_the_migrations_make(tmp_path: Path) -> None:
    mine, theirs = _made("database.make()", tmp_path / "a"), _made(MIGRATED, tmp_path / "b")
    assert _tables(mine) == _tables(theirs)
    for told in ("django_migrations ORDER BY app, name", "auth_permission ORDER BY codename"):
        names = f"SELECT name FROM {told}, name"
        assert mine.execute(names).fetchall() == theirs.execute(names).fetchall()
    assert mine.execute("SELECT size, root FROM ledger_log").fetchall() == theirs.execute(
        "SELECT size, root FROM ledger_log"
    ).fetchall()  # fmt: skip
