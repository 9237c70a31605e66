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
"""
CHECKED = '\ncall_command("migrate", check_unapplied=True, verbosity=0)'
MADE = f"tables.make(){CHECKED}"
MIGRATED = f'call_command("migrate", interactive=False, verbosity=0){CHECKED}'


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
    mine, theirs = _made(MADE, tmp_path / "a"), _made(MIGRATED, tmp_path / "b")
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
    mine = _declared(MADE, tmp_path / "a", f"tables_{os.getpid()}")
    assert mine == _declared(MIGRATED, tmp_path / "b", f"tables_{os.getpid()}")


RECORDED = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
tables.make()
recorder = MigrationRecorder(connection)
recorder.record_unapplied("duty", "0001_tables")
for name in {}:
    recorder.record_unapplied("duty", name)
"""


def _huiyin(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "huiyin.cli", command],
        env={"HUIYIN_VAR": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.sqlite_only
@pytest.mark.timeout(240)
def test_a_database_with_the_migrations_before_they_were_folded_is_taken_over(
    tmp_path: Path,
) -> None:
    _make(RECORDED.format([]), tmp_path / "a")
    taken = _huiyin("update", tmp_path / "a")
    assert (taken.returncode, taken.stderr) == (0, "")


@pytest.mark.sqlite_only
@pytest.mark.timeout(240)
@pytest.mark.parametrize("command", ["update", "serve"])
def test_a_database_with_some_of_them_is_refused_by_their_names(
    command: str, tmp_path: Path
) -> None:
    _make(RECORDED.format(["0005_mode_of_solving", "0006_medical_help"]), tmp_path / "a")
    refused = _huiyin(command, tmp_path / "a")
    assert refused.returncode == 2
    assert "duty: 0005_mode_of_solving, 0006_medical_help not applied" in refused.stderr


@pytest.mark.sqlite_only
def test_an_empty_database_is_not_served(tmp_path: Path) -> None:
    refused = _huiyin("serve", tmp_path)
    assert refused.returncode == 2
    assert "run `huiyin update` first" in refused.stderr
