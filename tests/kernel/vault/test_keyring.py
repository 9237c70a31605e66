import json
import os
import stat
import threading
from pathlib import Path

import pytest

from huiyin.kernel.vault import envelope, keyring
from huiyin.kernel.vault.keyring import KeyringError


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    directory = tmp_path / "keys"
    keyring.create(directory)
    return directory


def _modes(directory: Path) -> dict[str, int]:
    return {
        str(path.relative_to(directory)): stat.S_IMODE(path.stat().st_mode)
        for path in [directory, *directory.rglob("*")]
    }


def test_only_the_owner_reads_any_file_or_directory(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keyring.create(tmp_path / "keys")
        keyring.rotate(tmp_path / "keys")
    finally:
        os.umask(before)
    assert _modes(tmp_path / "keys") == {
        ".": 0o700,
        "ring": 0o700,
        "ring/ring.json": 0o600,
        "ring/identity-1.key": 0o600,
        "ring/identity-2.key": 0o600,
    }


def test_creating_again_changes_nothing(keys: Path) -> None:
    before = (keys / "ring" / "ring.json").read_bytes()
    keyring.create(keys)
    assert (keys / "ring" / "ring.json").read_bytes() == before
    assert not list(keys.glob("draft-*"))


def test_processes_that_start_together_agree_on_one_ring(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)
    peppers: list[bytes] = []

    def start() -> None:
        barrier.wait()
        keyring.create(tmp_path)
        peppers.append(keyring.load(tmp_path).pepper)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(peppers) == 8
    assert len(set(peppers)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ring"]


def test_the_ring_works_without_the_private_key_and_holds_none(keys: Path) -> None:
    private = (keys / "ring" / "identity-1.key").read_text().strip()
    (keys / "ring" / "identity-1.key").unlink()
    ring = keyring.load(keys)
    assert set(ring.identity_public) == {1}
    assert private not in (keys / "ring" / "ring.json").read_text()
    with pytest.raises(KeyringError, match=r"identity-1\.key is missing"):
        keyring.identity_private(keys, 1)


def test_every_key_is_another(keys: Path) -> None:
    ring = keyring.load(keys)
    single = [ring.pepper, ring.search_key, ring.files_key, ring.text_keys[1]]
    assert len(set(single)) == 4
    assert {len(key) for key in single} == {32}


def test_a_ring_shown_in_a_log_hides_its_keys(keys: Path) -> None:
    ring = keyring.load(keys)
    shown = repr(ring)
    for key in (ring.pepper, ring.search_key, ring.files_key, ring.text_keys[1]):
        assert repr(key) not in shown
        assert key.hex() not in shown


def test_after_rotation_new_things_use_the_new_key_and_old_ones_still_open(keys: Path) -> None:
    old = keyring.load(keys)
    sealed = envelope.seal_to(old.identity_public[1], b"who", b"case:A")
    keyring.rotate(keys)
    new = keyring.load(keys)
    assert (new.text_version, new.identity_version) == (2, 2)
    assert new.text_keys[1] == old.text_keys[1] != new.text_keys[2]
    assert new.pepper == old.pepper
    assert envelope.unseal_with(keyring.identity_private(keys, 1), sealed, b"case:A") == b"who"
    again = envelope.seal_to(new.identity_public[2], b"who", b"case:B")
    assert envelope.unseal_with(keyring.identity_private(keys, 2), again, b"case:B") == b"who"


def test_a_rotation_that_was_cut_short_harms_neither_the_ring_nor_the_next(keys: Path) -> None:
    orphan = keys / "ring" / "identity-2.key"
    orphan.touch(mode=0o600)  # as left by a process killed before the ring named it
    assert keyring.load(keys).identity_version == 1
    keyring.rotate(keys)
    assert keyring.load(keys).identity_version == 3
    assert keyring.identity_private(keys, 3)


@pytest.mark.parametrize(
    "name", ["pepper", "search_key", "files_key", "text_keys", "identity_public"]
)
def test_a_ring_with_a_missing_part_is_refused(keys: Path, name: str) -> None:
    path = keys / "ring" / "ring.json"
    content = json.loads(path.read_text())
    del content[name]
    path.write_text(json.dumps(content))
    with pytest.raises(KeyringError, match="damaged"):
        keyring.load(keys)


def test_a_ring_with_any_changed_key_or_cut_short_is_refused(keys: Path) -> None:
    path = keys / "ring" / "ring.json"
    whole = path.read_text()
    changed = json.loads(whole)
    changed["pepper"] = "00" * 32
    for text in (json.dumps(changed), whole[:100], "", "[]", "null", '{"format": 2}'):
        path.write_text(text)
        with pytest.raises(KeyringError, match="damaged"):
            keyring.load(keys)
        with pytest.raises(KeyringError, match="damaged"):
            keyring.create(keys)
        with pytest.raises(KeyringError, match="damaged"):
            keyring.rotate(keys)
        assert path.read_text() == text


def test_a_damaged_private_key_is_refused(keys: Path) -> None:
    for text in ("", "zz", "00" * 31):
        (keys / "ring" / "identity-1.key").write_text(text)
        with pytest.raises(KeyringError, match="damaged"):
            keyring.identity_private(keys, 1)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_keys_that_others_may_read_are_refused(keys: Path, mode: int) -> None:
    (keys / "ring" / "ring.json").chmod(mode)
    (keys / "ring" / "identity-1.key").chmod(mode)
    with pytest.raises(KeyringError, match="open to others"):
        keyring.load(keys)
    with pytest.raises(KeyringError, match="open to others"):
        keyring.identity_private(keys, 1)


def test_where_no_keys_are_none_are_made_by_reading_or_rotating(tmp_path: Path) -> None:
    for attempt in (keyring.load, keyring.rotate):
        with pytest.raises(KeyringError, match="missing"):
            attempt(tmp_path)
    assert not list(tmp_path.iterdir())


def test_other_files_in_the_directory_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web-secret").write_text("kept")
    keyring.create(tmp_path)
    assert (tmp_path / "web-secret").read_text() == "kept"
