import io
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from huiyin.kernel.files import actions, queries, store
from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.vault import keyring

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY, DRAFT_KEY = bytes(range(32)), bytes(range(1, 33))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HUIYIN_FILES = tmp_path / "files"
    settings.HUIYIN_KEYS = tmp_path / "keys"
    keyring.create(settings.HUIYIN_KEYS)
    return tmp_path / "files"


def photo():
    notes = Image.Exif()
    notes[0x013B] = "Zhang San"
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=notes)
    return out.getvalue()


def keep(subject="case:1", data=b"text\n", name="a.txt", key=KEY, now=NOW):
    return actions.keep(subject, data, name, key=key, now=now)


def blobs(folder):
    return [p for p in folder.rglob("*") if p.is_file()]


def original(file, key, settings):
    secret = keyring.identity_private(settings.HUIYIN_KEYS, file.identity_version)
    return queries.read_original(file, key, secret)


def test_a_photo_is_shown_clean_and_its_original_takes_both_keys(settings):
    data = photo()
    file = keep(data=data, name="工地/现场.jpg")
    assert b"Zhang San" not in queries.read(file, KEY)
    assert queries.read_name(file, KEY) == "现场.jpg"
    assert original(file, KEY, settings) == data
    with pytest.raises(store.BlobDamaged):
        original(file, DRAFT_KEY, settings)


def test_a_file_with_nothing_to_take_out_has_no_second_copy(folder):
    file = keep()
    assert file.original_digest is None
    assert len(blobs(folder)) == 1


def test_the_row_and_the_disk_hold_neither_name_nor_content(folder):
    file = keep(data="张三的证据".encode(), name="张三.txt")
    row = StoredFile.objects.filter(pk=file.pk).values().get()
    everything = repr(row).encode() + b"".join(p.read_bytes() for p in blobs(folder))
    assert "张三".encode() not in everything
    assert "张三".encode() not in bytes(row["name_sealed"])


def test_a_token_is_found_under_its_own_subject_only():
    file = keep("case:1")
    assert queries.find("case:1", file.token) == file
    with pytest.raises(StoredFile.DoesNotExist):
        queries.find("case:2", file.token)
    assert len({keep().token for _ in range(10)}) == 10
    assert len(file.token) == 22


def test_a_refused_file_leaves_nothing(folder):
    with pytest.raises(FileRefused):
        keep(data=b"MZ\x00", name="a.jpg")
    assert not StoredFile.objects.exists()
    assert blobs(folder) == []


def test_one_file_too_many_is_refused(settings):
    settings.HUIYIN_FILES_PER_CASE = 2
    keep()
    actions.remove(keep(), now=NOW)
    keep()
    with pytest.raises(FileRefused) as caught:
        keep()
    assert caught.value.code == "too_many"
    keep("case:2")


def test_a_disk_that_fills_between_copy_and_original_leaves_neither(folder, monkeypatch):
    real, calls = os.write, []

    def second_is_full(descriptor, view):
        calls.append(1)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return real(descriptor, view)

    monkeypatch.setattr(store.os, "write", second_is_full)
    with pytest.raises(store.StorageFull):
        keep(data=photo(), name="a.jpg")
    assert blobs(folder) == []
    assert not StoredFile.objects.exists()


def test_a_case_adopts_the_drafts_files_under_its_own_key(
    folder, settings, django_capture_on_commit_callbacks
):
    data = photo()
    kept = [
        keep("draft:t", b"one", "1.txt", DRAFT_KEY),
        keep("draft:t", data, "2.jpg", DRAFT_KEY),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        files = actions.adopt("draft:t", "case:9", draft_key=DRAFT_KEY, key=KEY)
    assert [f.token for f in files] == [f.token for f in kept]
    assert list(queries.files_of("case:9")) == files
    assert queries.read(files[0], KEY) == b"one"
    assert queries.read_name(files[1], KEY) == "2.jpg"
    assert original(files[1], KEY, settings) == data
    assert len(blobs(folder)) == 3
    with pytest.raises(store.BlobDamaged):
        queries.read(files[0], DRAFT_KEY)


def test_an_adoption_that_is_rolled_back_leaves_the_draft_whole(folder):
    file = keep("draft:t", b"one", "1.txt", DRAFT_KEY)
    with transaction.atomic():
        actions.adopt("draft:t", "case:9", draft_key=DRAFT_KEY, key=KEY)
        transaction.set_rollback(True)
    file.refresh_from_db()
    assert file.subject == "draft:t"
    assert queries.read(file, DRAFT_KEY) == b"one"
    for path in blobs(folder):
        os.utime(path, (1_000, 1_000))
    assert actions.sweep_orphans() == 1
    assert queries.read(file, DRAFT_KEY) == b"one"


def test_removing_a_file_deletes_what_it_held_and_says_when(
    folder, django_capture_on_commit_callbacks
):
    file = keep(data=photo(), name="a.jpg")
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(file, now=NOW)
        actions.remove(file, now=NOW + timedelta(days=1))
    file.refresh_from_db()
    assert file.removed_at == NOW
    assert blobs(folder) == []
    with pytest.raises(store.BlobMissing):
        queries.read(file, KEY)
    assert not queries.files_of("case:1").exists()


def test_only_drafts_of_yesterday_are_swept(folder, django_capture_on_commit_callbacks):
    keep("draft:old", photo(), "a.jpg", now=NOW - timedelta(hours=24))
    young = keep("draft:young", now=NOW - timedelta(hours=23))
    case = keep("case:1", now=NOW - timedelta(days=400))
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep_drafts(NOW) == 1
    assert set(StoredFile.objects.all()) == {young, case}
    assert len(blobs(folder)) == 2


def test_the_database_refuses_a_removed_file_that_still_names_a_blob():
    file = keep()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(removed_at=NOW)
