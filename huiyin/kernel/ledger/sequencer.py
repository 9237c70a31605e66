"""The one process that gives entries their place: order, tiles, signed checkpoint.

Integration is one transaction: pending entries get the next numbers in the order of their ids, and
the log's row gets the new size and edge. Tiles and the checkpoint are then written from what is in
the database, so a kill at any instant loses nothing: what was numbered but not published is
published at the next start, byte for byte the same.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from huiyin.kernel.ledger import publishing, signing
from huiyin.kernel.ledger.models import Entry, Log, Round
from huiyin.kernel.ledger.notes import Checkpoint, Note, NoteError
from huiyin.kernel.ledger.tree import EMPTY, Frontier

BATCH = 4096
TOGETHER = timedelta(minutes=1)  # rounds within it are remembered as one
LOCK = 0x48595F4C  # "HY_L": the advisory lock of the sequencer in PostgreSQL

NUMBER = """
UPDATE ledger_entry SET seq = fresh.seq FROM (
    SELECT id, row_number() OVER (ORDER BY id) - 1 + %s AS seq FROM (
        SELECT id FROM ledger_entry WHERE seq IS NULL ORDER BY id LIMIT %s
    ) AS pending
) AS fresh WHERE ledger_entry.id = fresh.id
"""


class Elsewhere(RuntimeError):
    """Another sequencer runs; there is only ever one."""


class Forked(RuntimeError):
    """What is published is not what this database continues; nothing is signed. The message says why."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold the sequencer's lock; raise Elsewhere. The system frees it when the process dies."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise Elsewhere
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    settings.HUIYIN_LOG.mkdir(parents=True, exist_ok=True)
    with (settings.HUIYIN_LOG / ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Elsewhere from error
        yield


def integrate(now: datetime) -> int:
    """Give pending entries their places; return how many. Call while `alone`."""
    with transaction.atomic():
        log, _ = Log.objects.select_for_update().get_or_create(pk=1, defaults={"root": EMPTY})
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, [log.size, BATCH])
        edge = Frontier(
            log.size, [bytes(log.edge)[n : n + 32] for n in range(0, len(log.edge), 32)]
        )
        fresh = Entry.objects.filter(seq__gte=log.size).order_by("seq").values_list("seq", "digest")
        count = 0
        for seq, digest in fresh.iterator(chunk_size=BATCH):
            if seq != edge.size:
                raise RuntimeError(f"entry {edge.size} is missing from the log")
            edge.append(bytes(digest))
            count += 1
        if count:
            log.size, log.edge, log.root = edge.size, b"".join(edge.hashes), edge.root()
            log.integrated_at = now
            log.save()
            _remember(edge.size - count, edge.size, now)
    return count


def _remember(first: int, size: int, now: datetime) -> None:
    """Keep when these entries got their places, for an auditor to hold against their times."""
    last = Round.objects.filter(size=first, since__gt=now - TOGETHER, until__lte=now)
    if not last.update(size=size, until=now):
        Round.objects.create(first=first, size=size, since=now, until=now)


def publish() -> Checkpoint | None:
    """Write what is integrated and not yet published, then the signed checkpoint; None if nothing.

    A checkpoint is signed only for what the transaction above has made durable, and a second one
    of the same size is the same: there is no fork to sign.
    """
    log = Log.objects.get(pk=1)
    out = _published(log)
    if out == log.size and _signed():
        Log.objects.filter(pk=1, published__lt=out).update(published=out)
        return None
    publishing.extend(out, log.size)
    found = Checkpoint(signing.origin(), log.size, bytes(log.root))
    note = Note(found.text(), signing.signatures(found.text()))
    if not publishing.announce(note):
        return None
    Log.objects.filter(pk=1, published__lt=log.size).update(published=log.size)
    return found


def _published(log: Log) -> int:
    """Return the size of the checkpoint that is out; raise Forked unless this database continues it."""
    where = f"{settings.HUIYIN_LOG}/{publishing.CHECKPOINT}"
    content = publishing.current()
    if content is None and log.published:
        raise Forked(
            f"{where} is missing, though {log.published} entries are published: put the folder of"
            " the log back, or make it again with huiyin log rebuild"
        )
    if not content:
        return 0
    try:
        out = Checkpoint.parse(Note.parse(content.decode()).text)
    except (NoteError, UnicodeDecodeError) as error:
        if log.published == log.size:
            return log.size  # nothing to sign: left for the auditor to name
        raise Forked(f"{where} can't be read ({error}): restore it from the backup") from error
    if out.size > log.size:
        raise Forked(
            f"{where} is of {out.size} entries, the database holds {log.size}: it is older than"
            " what is published. Restore a newer one; nothing is signed until then"
        )
    if out.root != _root(log, out.size):
        raise Forked(
            f"{where} is of another history than the database: nothing is signed; an audit"
            " (huiyin audit) names what differs"
        )
    return out.size


def _root(log: Log, size: int) -> bytes:
    """Return the root of the first entries; of a size other than the log's it takes a while."""
    if size == log.size:
        return bytes(log.root)
    edge = Frontier()
    digests = Entry.objects.filter(seq__lt=size).order_by("seq").values_list("digest", flat=True)
    for digest in digests.iterator(chunk_size=BATCH):
        edge.append(bytes(digest))
    return edge.root()


def _signed() -> bool:
    """Return whether the checkpoint that is out has a signature of each key of the log."""
    if (content := publishing.current()) is None:
        return False
    try:
        signed = {one.key_id for one in Note.parse(content.decode()).signatures}
    except (NoteError, UnicodeDecodeError):
        return True  # damaged: left for the auditor to name
    return all(key.key_id in signed for key in signing.verifiers())


def round_now(now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Integrate all that is pending and publish it; return how many entries."""
    total = 0
    with alone():
        log = Log.objects.filter(pk=1).first()
        if log is not None:
            _published(log)  # before another place is given
        while not stop():
            count = integrate(now)
            total += count
            if count < BATCH:
                break
        publish()
    return total


def look_after(now: datetime) -> int:
    """Make missing tiles again, and delete partial ones that a full one follows; return how many."""
    log = Log.objects.filter(pk=1, published__gt=0).first()
    if log is None:
        return 0
    try:
        with alone():
            _published(log)
            return publishing.mend(log.published) + publishing.prune()
    except Elsewhere:
        return 0


def rebuild(now: datetime) -> int:
    """Publish the whole log again out of the database, where its folder is lost; return its size.

    Raise Forked where a checkpoint is there: it is not written over.
    """
    if publishing.current():
        raise Forked(f"a checkpoint is in {settings.HUIYIN_LOG}: the log is not lost")
    Log.objects.update(published=0)
    round_now(now)
    return Log.objects.get(pk=1).published
