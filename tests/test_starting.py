"""Keys and folder are those of the database, or nothing is served, signed or taken."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huiyin import worker
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.vault import belonging, keyring
from huiyin.kernel.vault.models import Home
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case
from tests.cast import Cast
from tests.support import demonstration
from tests.support.processes import ROOT, environment, huiyin


def refused(home: Path, *arguments: str) -> str:
    """Run a command that is refused; return its one sentence."""
    result = subprocess.run(
        huiyin(home, *arguments), env=environment(home), cwd=ROOT, capture_output=True,
        check=False, timeout=120,
    )  # fmt: skip
    told = result.stderr.decode()
    assert (result.returncode, told.count("\n"), "Traceback" in told) == (2, 1, False), told
    return told


def test_a_service_with_the_wrong_keys_folder_or_no_tables_is_refused_with_one_sentence(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, empty = tmp_path / "home", tmp_path / "empty"
    home.mkdir()
    empty.mkdir()
    demonstration.copy(tmp_path_factory, home)
    ring = home / "keys" / "ring"
    ring.rename(home / "ring of this service")
    keyring.create(home / "keys")
    for command in (["serve", "--port", "1"], ["worker", "--once"]):
        assert "keys of another database" in refused(home, *command)
    shutil.rmtree(ring)
    assert "restore" in refused(home, "worker", "--once")
    (home / "ring of this service").rename(ring)
    (home / "service-id").rename(home / "elsewhere")
    for command in (["serve", "--port", "1"], ["worker", "--once"]):
        assert "service-id is missing" in refused(home, *command)
        assert "HUIYIN_VAR leads to another folder" in refused(empty, *command)


def test_a_rotated_ring_is_this_databases_and_an_older_copy_is_not(
    db: None, tmp_path: Path, settings: Any
) -> None:
    settings.HUIYIN_KEYS = tmp_path
    keyring.create(tmp_path)
    belonging.check_ring()
    older = (tmp_path / "ring" / "ring.json").read_bytes()
    keyring.rotate(tmp_path)
    belonging.check_ring()
    (tmp_path / "ring" / "ring.json").write_bytes(older)
    with pytest.raises(keyring.KeyringError, match="older copy"):
        belonging.check_ring()


def test_a_round_in_a_folder_that_was_moved_away_writes_no_new_log(
    cast: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.VAR, settings.HUIYIN_LOG = tmp_path / "var", tmp_path / "var" / "log"
    settings.VAR.mkdir()
    belonging.ensure_home()
    settings.VAR.rename(tmp_path / "moved")
    settings.VAR.mkdir()
    assert worker.round_now() == worker.HELD
    assert list(settings.VAR.iterdir()) == []
    assert not Entry.objects.filter(seq__isnull=False).exists()
    (settings.VAR / "service-id").write_text("another")
    with pytest.raises(belonging.WrongHome, match="another service"):
        belonging.check_home()
    assert Home.objects.count() == 1


@pytest.mark.parametrize("damage", ["byte", "key version", "key"])
def test_one_unreadable_letter_is_one_marked_row_of_each_list(
    cast: Cast, now: datetime, client: Client, damage: str
) -> None:
    good, bad = (cast.file(now, title=title).case for title in ("读得到的信", "读不到的信"))
    change: dict[str, object] = {
        "byte": {"title": bytes(bad.title)[:-1] + b"?"},
        "key version": {"key_version": 99},
        "key": {"text_key": b"\0" * len(bytes(bad.text_key or b""))},
    }[damage]
    Case.objects.filter(pk=bad.pk).update(**change)
    client.force_login(cast.clerk.user)
    for address in ("/staff/", "/staff/letters/"):
        answer = client.get(address)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "读得到的信" in page
        assert sealing.UNREADABLE in page
    assert good.pk != bad.pk
