"""Tables that are made at once are those that the migrations make."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

MAKE = """
import django
django.setup()
from django.core.management import call_command
from huiyin.commands import tables
{}
call_command("migrate", check_unapplied=True, verbosity=0)
"""
MIGRATED = 'call_command("migrate", interactive=False, verbosity=0)'


SERVER = os.environ.get("HUIYIN_DATABASE_URL", "")


def _make(step: str, home: Path, **more: str) -> None:
    home.mkdir()
    env = {"HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings", **more}
    subprocess.run([sys.executable, "-c", MAKE.format(step)], env=env, check=True, timeout=120)


def _made(step: str, home: Path) -> sqlite3.Connection:
    _make(step, home)
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


@pytest.mark.sqlite_only
@pytest.mark.timeout(240)
def test_they_are_what_the_migrations_make(tmp_path: Path) -> None:
    mine, theirs = _made("tables.make()", tmp_path / "a"), _made(MIGRATED, tmp_path / "b")
    assert _tables(mine) == _tables(theirs)
    for told in ("django_migrations ORDER BY app, name", "auth_permission ORDER BY codename"):
        names = f"SELECT name FROM {told}, name"
        assert mine.execute(names).fetchall() == theirs.execute(names).fetchall()
    assert mine.execute("SELECT size, root FROM ledger_log").fetchall() == theirs.execute(
        "SELECT size, root FROM ledger_log"
    ).fetchall()  # fmt: skip


def _declared(step: str, home: Path, name: str) -> list[str]:
    """Return what pg_dump says of the tables that the step makes in a database of its own."""
    url = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(drop)  # type: ignore[arg-type]
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            _make(step, home, HUIYIN_DATABASE_URL=url)
            dumped = subprocess.run(
                ["pg_dump", "--schema-only", "--no-owner", url],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        finally:
            server.execute(drop)  # type: ignore[arg-type]
    plain = re.sub(r"\\\\?(un)?restrict \w+", "", dumped)  # pg_dump draws that word by lot
    assert "CREATE TABLE public.ledger_entry" in plain
    # Django's migrations number the rows of auth's three link tables by bigint, its models by integer
    plain = plain.replace("    id integer NOT NULL", "    id bigint NOT NULL")
    return sorted(line.rstrip(",") for line in plain.splitlines())


@pytest.mark.postgresql
@pytest.mark.timeout(240)
@pytest.mark.skipif(not SERVER, reason="HUIYIN_DATABASE_URL names no PostgreSQL server")
def test_they_are_what_the_migrations_make_on_postgresql(tmp_path: Path) -> None:
    mine = _declared("tables.make()", tmp_path / "a", f"tables_{os.getpid()}")
    assert mine == _declared(MIGRATED, tmp_path / "b", f"tables_{os.getpid()}")


@pytest.mark.sqlite_only
def test_a_database_of_a_version_in_between_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with _made("tables.make()", tmp_path / "a") as base:
        base.execute("DELETE FROM django_migrations WHERE app = 'clock'")
        base.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('clock', '0001_initial', '')"
        )
    env = {"HUIYIN_VAR": str(tmp_path / "a"), "DJANGO_SETTINGS_MODULE": "huiyin.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "huiyin.cli", "update"],
        env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "never released" in done.stderr
    assert "Traceback" not in done.stderr
