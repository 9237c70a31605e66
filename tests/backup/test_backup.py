"""Backup and restore as whole processes: while others write, killed in the middle, damaged."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from huiyin.backup.archive import unpack
from tests.support.backups import READ, ROUND, SCRIPT, environment, huiyin, python
from tests.support.processes import PATIENCE

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("HUIYIN_DATABASE_URL")), reason="these run on databases of their own"
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("service")
    python(home, "-c", SCRIPT, "12")
    return home


def test_everything_comes_back_and_the_keys_apart(service: Path, tmp_path: Path) -> None:
    data, keys, home = tmp_path / "data.tar", tmp_path / "keys.tar", tmp_path / "new"
    assert huiyin(service, "backup", str(data)).returncode == 0
    assert huiyin(service, "backup-keys", str(keys)).returncode == 0
    secret = (service / "keys/ring/ring.json").read_bytes()
    assert secret not in data.read_bytes()
    done = huiyin(home, "restore", str(data), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    assert python(home, "-c", READ) == python(service, "-c", READ)
    assert (home / "keys/ring/identity-1.key").stat().st_mode & 0o777 == 0o600
    again = huiyin(home, "restore", str(data))
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_a_restored_backup_audits_clean_and_names_what_was_changed_in_it(tmp_path: Path) -> None:
    service, home = tmp_path / "service", tmp_path / "new"
    data, keys = tmp_path / "data.tar", tmp_path / "keys.tar"
    python(service, "-c", SCRIPT, "3")
    python(service, "-c", ROUND)
    assert huiyin(service, "backup", str(data)).returncode == 0
    assert huiyin(service, "backup-keys", str(keys)).returncode == 0
    assert huiyin(home, "restore", str(data), "--keys", str(keys)).returncode == 0
    done = huiyin(home, "audit", "--checkpoint", str(service / "log/checkpoint"))
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (summary["ok"], summary["cases"], summary["attachments_checked"]) == (True, 3, 3)
    with sqlite3.connect(home / "huiyin.sqlite3") as changed:
        changed.execute("UPDATE clock_deadline SET due_at = '2030-01-01 00:00:00' WHERE id = 2")
    done = huiyin(home, "audit")
    assert done.returncode == 1
    assert "altered: case:" in done.stdout


def test_where_nothing_is_nothing_is_backed_up(tmp_path: Path) -> None:
    done = huiyin(tmp_path / "new", "backup", str(tmp_path / "data.tar"))
    assert done.returncode == 2
    assert "nothing here" in done.stderr
    assert not (tmp_path / "data.tar").exists()


def test_keys_that_do_not_fit_are_refused_before_anything_is_put_in_its_place(
    service: Path, tmp_path: Path
) -> None:
    data, home = tmp_path / "data.tar", tmp_path / "new"
    huiyin(service, "backup", str(data))
    (home / "keys").mkdir(parents=True)
    python(
        home, "-c",
        "import django; django.setup(); from django.conf import settings; "
        "from huiyin.kernel.vault import keyring; keyring.create(settings.HUIYIN_KEYS)",
    )  # fmt: skip
    done = huiyin(home, "restore", str(data))
    assert done.returncode == 2
    assert "keys of another database" in done.stderr
    assert tables(home) == []
    assert not (home / "files").exists()


def test_a_damaged_backup_changes_nothing(service: Path, tmp_path: Path) -> None:
    data, home = tmp_path / "data.tar", tmp_path / "new"
    huiyin(service, "backup", str(data))
    content = bytearray(data.read_bytes())
    content[len(content) // 3] ^= 0xFF
    data.write_bytes(content)
    done = huiyin(home, "restore", str(data))
    assert done.returncode == 2
    assert "Nothing was restored" in done.stderr
    assert not (home / "files").exists()
    assert tables(home) == []


def test_a_backup_taken_while_others_write_is_one_moment(service: Path, tmp_path: Path) -> None:
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        database = sqlite3.connect(service / "huiyin.sqlite3", timeout=30, isolation_level=None)
        database.execute("CREATE TABLE IF NOT EXISTS pair (a INTEGER, b INTEGER, fill BLOB)")
        number = 0
        while not stop.is_set():
            number += 1
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO pair VALUES (?, ?, zeroblob(20000))", (number, 0))
            database.execute("UPDATE pair SET b = ?", (number,))
            database.execute("COMMIT")
            written.set()
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(PATIENCE)
        done = huiyin(service, "backup", str(tmp_path / "data.tar"))
    finally:
        stop.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    unpack(tmp_path / "data.tar", tmp_path / "out", lambda size: None)
    copy = sqlite3.connect(tmp_path / "out/database.sqlite3")
    most, least, highest = copy.execute("SELECT max(a), min(b), max(b) FROM pair").fetchone()
    assert most == least == highest
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    with sqlite3.connect(service / "huiyin.sqlite3") as database:
        database.execute("DROP TABLE pair")
    database.close()


def tables(home: Path) -> list[str]:
    """The tables of the service's database; none where there is no database."""
    path = home / "huiyin.sqlite3"
    if not path.exists():
        return []
    database = sqlite3.connect(path)
    try:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    finally:
        database.close()


SLOW = """
import os, signal, sys
from huiyin.backup import archive
was = archive.Counted.read
count = 0
def slow(self, size=-1):
    global count
    count += 1
    if count == 3:
        told, tells = os.pipe()
        os.set_blocking(tells, False)
        signal.set_wakeup_fd(tells)
        print("reading", file=sys.stderr, flush=True)
        os.read(told, 1)  # until a signal has come
    return was(self, size)
archive.Counted.read = slow
from huiyin.cli import main
sys.exit(main(sys.argv[1:]))
"""


def interrupted(home: Path, how: signal.Signals, *arguments: str) -> int:
    """Begin a command, wait until it is in the middle of its reading, end it; return its status."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("reading"):
            break
    process.send_signal(how)
    process.communicate()
    return process.returncode


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_backup_that_is_ended_in_the_middle_leaves_no_backup(
    service: Path, tmp_path: Path, how: signal.Signals
) -> None:
    status = interrupted(service, how, "backup", str(tmp_path / "data.tar"))
    assert status == (130 if how == signal.SIGINT else -how)
    assert not (tmp_path / "data.tar").exists()
    if how == signal.SIGINT:
        assert list(tmp_path.iterdir()) == []
    assert huiyin(service, "backup", str(tmp_path / "data.tar")).returncode == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_restore_that_is_ended_in_the_middle_can_be_begun_again(
    service: Path, tmp_path: Path, how: signal.Signals
) -> None:
    whole, home = tmp_path / "whole.tar", tmp_path / "new"
    huiyin(service, "backup", str(whole), "--with-keys")
    status = interrupted(home, how, "restore", str(whole))
    assert status == (130 if how == signal.SIGTERM else -how)
    assert tables(home) == []
    done = huiyin(home, "restore", str(whole))
    assert done.returncode == 0, done.stderr
    assert python(home, "-c", READ) == python(service, "-c", READ)
