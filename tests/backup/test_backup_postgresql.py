"""Backup and restore on PostgreSQL, by its own tools."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.support.backups import READ, ROUND, SCRIPT, environment

URL = os.environ.get("HUIYIN_DATABASE_URL", "")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not URL, reason="HUIYIN_DATABASE_URL names no PostgreSQL server"),
]


def other(name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(URL)._replace(path=f"/{name}"))


@pytest.fixture
def databases() -> Iterator[tuple[str, str]]:
    names = tuple(f"huiyin_backup_{secrets.token_hex(4)}" for _ in range(2))
    with psycopg.connect(other("postgres"), autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield other(names[0]), other(names[1])
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(home: Path, url: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(home) | {"HUIYIN_DATABASE_URL": url} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_comes_back_on_postgresql(databases: tuple[str, str], tmp_path: Path) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    first, second = databases
    old, new, data = tmp_path / "old", tmp_path / "new", tmp_path / "data.tar"
    run(old, first, "-c", SCRIPT, "4")
    run(old, first, "-c", ROUND)
    command = ("-m", "huiyin.cli")
    done = run(old, first, *command, "backup", str(data), "--with-keys")
    assert done.returncode == 0, done.stderr
    done = run(new, second, *command, "restore", str(data))
    assert done.returncode == 0, done.stderr
    told = run(new, second, "-c", READ).stdout
    assert told == run(old, first, "-c", READ).stdout
    assert len(told.splitlines()) == 4
    assert run(new, second, *command, "restore", str(data)).returncode == 2
    done = run(new, second, *command, "audit", "--checkpoint", str(old / "log/checkpoint"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["cases"] == 4
    with psycopg.connect(second, autocommit=True) as changed:
        changed.execute("UPDATE files_storedfile SET size = size + 1 WHERE id = 2")
    done = run(new, second, *command, "audit")
    assert done.returncode == 1
    assert "altered: case:" in done.stdout


def test_a_missing_pg_dump_is_named(databases: tuple[str, str], tmp_path: Path) -> None:
    run(tmp_path / "old", databases[0], "-c", SCRIPT, "0")
    done = run(
        tmp_path / "old", databases[0], "-m", "huiyin.cli", "backup", str(tmp_path / "a.tar"), PATH=""
    )  # fmt: skip
    assert done.returncode == 2
    assert "postgresql-client" in done.stderr
    assert not (tmp_path / "a.tar").exists()
