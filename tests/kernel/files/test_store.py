import errno
import os

import pytest

from huiyin.kernel.files import store
from huiyin.kernel.vault import envelope

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HUIYIN_FILES = tmp_path / "files"
    return tmp_path / "files"


def blobs(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file())


def test_what_was_put_comes_back_and_lies_on_disk_unreadable(folder):
    digest = store.put(b"wages unpaid", KEY, b"file 1")
    assert store.get(digest, KEY, b"file 1") == b"wages unpaid"
    (path,) = blobs(folder)
    assert path == folder / digest[:2] / digest[2:]
    assert b"wages" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_blob_opens_under_its_own_key_and_context_only():
    digest = store.put(b"x", KEY, b"file 1")
    with pytest.raises(store.BlobDamaged):
        store.get(digest, KEY, b"file 2")
    with pytest.raises(store.BlobDamaged):
        store.get(digest, bytes(32), b"file 1")


def test_a_flipped_bit_on_disk_is_noticed(folder):
    digest = store.put(b"x" * 100, KEY, b"c")
    (path,) = blobs(folder)
    body = bytearray(path.read_bytes())
    body[50] ^= 1
    path.write_bytes(body)
    with pytest.raises(store.BlobDamaged):
        store.get(digest, KEY, b"c")


def test_writing_the_same_ciphertext_twice_is_once(folder):
    sealed = envelope.seal(KEY, b"x", b"c")
    assert store.write(sealed) == store.write(sealed)
    assert len(blobs(folder)) == 1


def test_removing_twice_is_once_and_reading_says_that_it_is_gone():
    digest = store.put(b"x", KEY, b"c")
    store.remove(digest)
    store.remove(digest)
    with pytest.raises(store.BlobMissing):
        store.get(digest, KEY, b"c")


@pytest.mark.parametrize("digest", ["../../../etc/passwd", "", "ab", "A" * 64, "a" * 64 + "\n"])
def test_what_is_no_digest_names_no_file(digest):
    with pytest.raises(ValueError, match="not a digest"):
        store.load(digest)


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_plainly_and_leaves_no_half_file(folder, monkeypatch, call, number):
    real = getattr(os, call)

    def full(descriptor, *rest):
        if call == "write":
            real(descriptor, bytes(rest[0])[:7])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(store.os, call, full)
    with pytest.raises(store.StorageFull):
        store.put(b"x" * 1000, KEY, b"c")
    monkeypatch.undo()
    assert blobs(folder) == []


def test_another_fault_of_the_disk_is_not_called_full(folder, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(store.os, "write", broken)
    with pytest.raises(OSError, match="input/output") as caught:
        store.put(b"x", KEY, b"c")
    monkeypatch.undo()
    assert not isinstance(caught.value, store.StorageFull)
    assert blobs(folder) == []


def test_a_write_that_the_system_splits_is_carried_on(monkeypatch):
    real = os.write
    monkeypatch.setattr(store.os, "write", lambda d, view: real(d, view[:5]))
    digest = store.put(b"x" * 100, KEY, b"c")
    assert store.get(digest, KEY, b"c") == b"x" * 100


def test_only_blobs_of_some_age_are_offered_for_sweeping(folder):
    old, young = store.put(b"1", KEY, b"c"), store.put(b"2", KEY, b"c")
    os.utime(folder / old[:2] / old[2:], (1_000, 1_000))
    os.utime(folder / young[:2] / young[2:], (9_000, 9_000))
    assert list(store.digests(older_than=5_000, clock=10_000)) == [old]
