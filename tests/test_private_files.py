"""What the service puts on the disk is for its own user, whatever the shell's umask and modes were."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin import private_files
from huiyin.private_files import OpenToOthers

PREPARE = """
import django
django.setup()
from huiyin.commands.setting_up import prepare
prepare()
"""


def prepare(home: Path, **more: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    env = kept | {"HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings"} | more
    subprocess.run([sys.executable, "-c", PREPARE], env=env, check=True, timeout=120, umask=0)


def open_to_others(home: Path) -> list[str]:
    return [
        f"{path.relative_to(home)} {stat.filemode(path.stat().st_mode)}"
        for path in (home, *home.rglob("*"))
        if path.stat().st_mode & 0o077
    ]


@pytest.mark.sqlite_only
def test_nothing_that_a_first_set_up_makes_is_open_to_others(tmp_path: Path) -> None:
    home = tmp_path / "new"
    prepare(home)
    assert (home / "huiyin.sqlite3").exists()
    assert open_to_others(home) == []


@pytest.mark.sqlite_only
def test_what_was_open_to_others_is_closed_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "old"
    prepare(home)
    for path in (home, home / "huiyin.sqlite3", home / "keys", home / "keys" / "web-secret"):
        path.chmod(0o777 if path.is_dir() else 0o644)
    prepare(home)
    assert open_to_others(home) == []


def test_a_directory_of_somebody_else_stays_as_it_was(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    private_files.close_home(shared, shared / "huiyin.sqlite3", tmp_path / "keys")
    assert shared.stat().st_mode & 0o777 == 0o755


def test_what_cannot_be_closed_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "huiyin.sqlite3"
    database.touch()
    database.chmod(0o644)

    def not_ours(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "chmod", not_ours)
    with pytest.raises(OpenToOthers, match=r"huiyin\.sqlite3 is open to others .*chmod 600"):
        private_files.close(database)
