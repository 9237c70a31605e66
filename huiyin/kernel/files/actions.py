"""The only writer of attachments."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from huiyin.kernel.files import store
from huiyin.kernel.files.inspect import FileRefused, Limits, inspect
from huiyin.kernel.files.models import StoredFile, new_token
from huiyin.kernel.files.queries import (
    blob_context,
    name_context,
    original_context,
    read,
    read_name,
)
from huiyin.kernel.vault import envelope, keys

DRAFTS_LIVE = timedelta(hours=24)


def keep(
    subject: str,
    data: bytes,
    name: str,
    *,
    key: bytes,
    now: datetime,
) -> StoredFile:
    """Inspect `data`, store the clean copy under `key`, and the original where it differs.

    `key` is the subject's 32-byte data key. The original is sealed to the identity key besides:
    it may hold a place or a name. Raises FileRefused, or StorageFull with nothing kept.
    """
    limits = Limits(size=settings.HUIYIN_FILE_LIMIT)
    allowed = settings.HUIYIN_FILES_PER_CASE
    if StoredFile.objects.filter(subject=subject, removed_at=None).count() >= allowed:
        raise FileRefused("too_many", {"files_allowed": allowed})
    found = inspect(data, name, limits=limits)
    token = new_token()
    ring = keys.ring()
    version = ring.identity_version
    public = ring.identity_public[version]
    written: list[str] = []
    try:
        written.append(store.put(found.clean, key, blob_context(token)))
        if found.scrubbed:
            original = envelope.seal_to(public, data, original_context(token))
            written.append(store.put(original, key, original_context(token)))
    except store.StorageFull:
        for digest in written:
            store.remove(digest)
        raise
    return StoredFile.objects.create(
        subject=subject,
        token=token,
        name_sealed=envelope.seal(key, found.name.encode(), name_context(token)),
        mime=found.mime,
        extension=found.extension,
        size=len(found.clean),
        residue=found.residue,
        clean_digest=written[0],
        original_digest=written[1] if found.scrubbed else None,
        identity_version=version if found.scrubbed else None,
        created_at=now,
    )


def keep_sealed(
    subject: str, data: bytes, name: str, shown: str, *, key: bytes, now: datetime
) -> StoredFile:
    """Store `data` sealed to the identity key, uninspected; the words `shown` stand for it.

    It opens with a recorded opening of the identity alone. Raises StorageFull with nothing kept.
    """
    token = new_token()
    ring = keys.ring()
    version = ring.identity_version
    written = [store.put(shown.encode(), key, blob_context(token))]
    try:
        original = envelope.seal_to(ring.identity_public[version], data, original_context(token))
        written.append(store.put(original, key, original_context(token)))
    except store.StorageFull:
        store.remove(written[0])
        raise
    return StoredFile.objects.create(
        subject=subject,
        token=token,
        name_sealed=envelope.seal(key, name.encode(), name_context(token)),
        mime="text/plain",
        extension="txt",
        size=len(shown.encode()),
        clean_digest=written[0],
        original_digest=written[1],
        identity_version=version,
        created_at=now,
    )


def adopt(draft_subject: str, subject: str, *, draft_key: bytes, key: bytes) -> list[StoredFile]:
    """Hand a draft's files to `subject`, sealed anew under its own key, in the order of sending.

    Call it in the transaction that writes what they belong to: the old blobs go only when that has
    committed.
    """
    with connection.cursor() as cursor:  # most letters have none, and their writers wait
        cursor.execute("SELECT 1 FROM files_storedfile WHERE subject = %s LIMIT 1", [draft_subject])
        if cursor.fetchone() is None:
            return []
    files = list(
        StoredFile.objects.select_for_update()
        .filter(subject=draft_subject, removed_at=None)
        .order_by("pk")
    )
    for file in files:
        _remove_on_commit(file.clean_digest)
        _remove_on_commit(file.original_digest)
        data, name = read(file, draft_key), read_name(file, draft_key)
        file.subject = subject
        file.clean_digest = store.put(data, key, blob_context(file.token))
        file.name_sealed = envelope.seal(key, name.encode(), name_context(file.token))
        if file.original_digest is not None:
            context = original_context(file.token)
            original = store.get(file.original_digest, draft_key, context)
            file.original_digest = store.put(original, key, context)
        file.save(update_fields=["subject", "clean_digest", "original_digest", "name_sealed"])
    return files


@transaction.atomic
def remove(file: StoredFile, *, now: datetime) -> None:
    """Delete what the file holds; the row stays to say that there was one. Twice is once."""
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    if row.removed_at is not None:
        return
    _remove_on_commit(row.clean_digest)
    _remove_on_commit(row.original_digest)
    row.clean_digest = row.original_digest = None
    row.name_sealed = b""
    row.removed_at = now
    row.save(update_fields=["clean_digest", "original_digest", "name_sealed", "removed_at"])


@transaction.atomic
def sweep_drafts(now: datetime) -> int:
    """Delete the files of drafts that nobody sent within 24 hours; return how many."""
    stale = StoredFile.objects.select_for_update().filter(
        subject__startswith="draft:", created_at__lte=now - DRAFTS_LIVE
    )
    count = 0
    for file in stale:
        _remove_on_commit(file.clean_digest)
        _remove_on_commit(file.original_digest)
        file.delete()
        count += 1
    return count


def sweep_orphans(*, older_than: timedelta = DRAFTS_LIVE) -> int:
    """Delete blobs that no row names: left by a transaction that was rolled back after writing.

    Only blobs older than `older_than`, so that none of a transaction under way is touched.
    """
    count = 0
    for digest in store.digests(older_than=older_than.total_seconds()):
        named = Q(clean_digest=digest) | Q(original_digest=digest)
        if not StoredFile.objects.filter(named).exists():
            store.remove(digest)
            count += 1
    return count


def _remove_on_commit(digest: str | None) -> None:
    if digest is not None:
        transaction.on_commit(lambda: store.remove(digest))
