"""The check of a receipt: what it proves to anyone who has it, or what fails. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from huiyin.kernel.ledger import notes, tree
from huiyin.kernel.ledger.findings import Finding, State, Verdict, say
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.ledger.notes import Checkpoint, Note, NoteError, Verifier
from huiyin.kernel.ledger.receipt_file import Held, Receipt, ReceiptError, newer_version, read_text

CHINA = timezone(timedelta(hours=8))
TOLERANCE = timedelta(minutes=1)  # processes of one service read clocks that differ a little


def shown(at: datetime, zone: tzinfo) -> tuple[str, str]:
    """Return a time in Chinese and in English words, to the minute."""
    there = at.astimezone(zone)
    return (
        f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}",
        f"{there.day} {there:%B %Y %H:%M}",
    )


def verify(
    receipt: Mapping[str, Any],
    *,
    key: Verifier | None = None,
    checkpoint: str | None = None,
    checkpoint_key: Verifier | None = None,
    consistency: Sequence[bytes] | None = None,
    witnesses: Sequence[Verifier] = (),
    text: bytes | None = None,
    zone: tzinfo = CHINA,
) -> Verdict:
    """Check a receipt; return what is proven, what is not, and what fails, each by its name.

    `key`: the log's key, got elsewhere than from the receipt; without it the receipt's own is used
    and that is said. `checkpoint`: a signed note of the log at another time, and `consistency` the
    proof between the two; `checkpoint_key` where the log changed its key between them, got elsewhere
    too. `text`: what a commitment is said to be of. Raises nothing.
    """
    if (version := newer_version(receipt)) is not None:
        return Verdict((say("newer", State.OPEN, version=version),))
    try:
        read = Receipt.load(receipt)
    except ReceiptError as error:
        return Verdict((say("unreadable", State.FAILED, why=str(error)),))
    head, signed = _signed(read, key)
    if signed is None:
        return Verdict(tuple(head))
    found = [*head, *_cosigned(read.checkpoint, witnesses, zone)]
    found += _entries(read, signed, zone)
    if text is not None:
        found.append(_text(read, text))
    found += _grown(signed, checkpoint_key or _verifier(read, key), checkpoint, consistency)
    return Verdict(tuple(found))


def _verifier(read: Receipt, key: Verifier | None) -> Verifier:
    return key or Verifier.parse(read.key)


def _signed(read: Receipt, key: Verifier | None) -> tuple[list[Finding], Checkpoint | None]:
    """Check whose signature the checkpoint has; None where no checkpoint can be relied on."""
    if not read.checkpoint:
        return [say("nothing", State.OPEN), *_waiting(read, CHINA)], None
    try:
        verifier = _verifier(read, key)
    except NoteError as error:
        return [say("unreadable", State.FAILED, why=str(error))], None
    wanted = verifier.name
    if read.origin != wanted:
        return [say("another_log", State.FAILED, found=read.origin, wanted=wanted)], None
    if key is not None and read.key != str(key) and not _named_signs(read):
        return [say("another_key", State.FAILED, wanted=str(key))], None
    signed, failed = opened(read.checkpoint, verifier)
    if failed is not None:
        return [failed], None
    if key is None:
        return [say("key_unpinned", State.OPEN)], signed
    return [say("key_pinned", State.PROVEN)], signed


def _named_signs(read: Receipt) -> bool:
    """Return whether the key that the receipt names signs too: a log has several after a change."""
    try:
        return opened(read.checkpoint, Verifier.parse(read.key))[1] is None
    except NoteError:
        return False


def opened(note: str, verifier: Verifier) -> tuple[Checkpoint | None, Finding | None]:
    """Return a signed checkpoint, or the finding that says whose or what it is instead."""
    try:
        parsed = Note.parse(note)
        origin = Checkpoint.parse(parsed.text).origin
    except NoteError as error:
        return None, say("unreadable", State.FAILED, why=str(error))
    if origin != verifier.name:
        return None, say("another_log", State.FAILED, found=origin, wanted=verifier.name)
    if all(one.key_id != verifier.key_id for one in parsed.signatures):
        return None, say("another_key", State.FAILED, wanted=str(verifier))
    try:
        return notes.open_checkpoint(note, verifier), None
    except NoteError:
        return None, say("bad_signature", State.FAILED)


def _cosigned(note: str, witnesses: Sequence[Verifier], zone: tzinfo) -> list[Finding]:
    parsed, found = Note.parse(note), []
    known = {one.key_id: one for one in witnesses}
    for signature in parsed.signatures:
        witness = known.get(signature.key_id)
        if witness is None:
            if signature.name != Checkpoint.parse(parsed.text).origin:
                found.append(say("cosigned_unknown", State.NOTE, name=signature.name))
            continue
        try:
            seconds = notes.check(parsed, witness)
            zh, en = shown(datetime.fromtimestamp(seconds, UTC), zone)
        except (NoteError, OverflowError, ValueError, OSError):
            found.append(say("bad_cosignature", State.FAILED, name=witness.name))
        else:
            found.append(say("cosigned", State.PROVEN, {"at": en}, name=witness.name, at=zh))
    return found


def _entries(read: Receipt, signed: Checkpoint, zone: tzinfo) -> list[Finding]:
    found: list[Finding] = []
    filed: datetime | None = None
    before: Held | None = None
    for one in read.entries:
        wrong = _wrong(read, one, signed, before)
        if wrong is not None:
            found.append(wrong)
            continue
        found.append(_sentence(one, filed, zone))
        if one.said["kind"] == "case.filed" and filed is None:
            filed = one.at
        before = one
    if not read.entries:
        found.append(say("nothing", State.OPEN))
    return found + _waiting(read, zone)


def _waiting(read: Receipt, zone: tzinfo) -> list[Finding]:
    found = []
    for one in read.waiting:
        try:
            zh, en = shown(one.at, zone)
            names = _names(one.said["kind"])
        except ReceiptError as error:
            found.append(say("not_canonical", State.FAILED, index="–", why=str(error)))
        else:
            found.append(
                say("waiting", State.OPEN, {"kind": names[1], "at": en}, kind=names[0], at=zh)
            )
    return found


def _wrong(read: Receipt, one: Held, signed: Checkpoint, before: Held | None) -> Finding | None:
    """Return what is wrong with an entry, None when it holds."""
    if not _included(one.published, one, signed):
        for other in read.entries:
            if other is not one and _included(other.published, one, signed):
                return say("swapped", State.FAILED, index=one.index, other=other.index)
        return say("altered", State.FAILED, index=one.index)
    try:
        said, at = one.said, one.at
    except ReceiptError as error:
        return say("not_canonical", State.FAILED, index=one.index, why=str(error))
    if said["subject"] != read.subject:
        return say("another_letter", State.FAILED, index=one.index)
    if any(said["commit"].get(name) != digest for name, (_salt, digest) in one.salts.items()):
        return say("bad_opening", State.FAILED, index=one.index)
    if before is not None and one.index <= before.index:
        return say("order", State.FAILED, index=one.index)
    if before is not None and at + TOLERANCE < before.at:
        return say("backdated", State.FAILED, index=one.index, other=before.index)
    return None


def _included(leaf: bytes, place: Held, signed: Checkpoint) -> bool:
    try:
        tree.verify_inclusion(
            tree.leaf_hash(leaf), place.index, signed.size, place.proof, signed.root
        )
    except tree.ProofError:
        return False
    return True


def _names(kind: str) -> tuple[str, str]:
    found = KINDS.get(kind)
    return (found.zh, found.en) if found else (kind, kind)


def _sentence(one: Held, filed: datetime | None, zone: tzinfo) -> Finding:
    zh, en = shown(one.at, zone)
    kind = str(one.said["kind"])
    names = _names(kind)
    if filed is not None:
        days = (one.at.astimezone(zone).date() - filed.astimezone(zone).date()).days
        more = {"kind": names[1], "at": en}
        return say("later", State.PROVEN, more, kind=names[0], at=zh, days=days, index=one.index)
    if kind == "case.filed":
        return say("letter", State.PROVEN, {"at": en}, at=zh, index=one.index)
    return say("entry", State.PROVEN, {"kind": names[1], "at": en}, kind=names[0], at=zh, index=one.index)  # fmt: skip


def _text(read: Receipt, text: bytes) -> Finding:
    with suppress(UnicodeError):  # what is no text was bound to as bytes
        text = read_text(text).encode()
    tried = [text, text.strip()]
    try:
        again = json.dumps(
            json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        tried.append(again.encode())
    except (ValueError, RecursionError):
        pass  # not JSON: a reason or a digest is committed to as it is
    for one in read.entries:
        for salt, digest in one.salts.values():
            if any(hashlib.sha256(salt + each).hexdigest() == digest for each in tried):
                return say("text", State.PROVEN, index=one.index)
    return say("other_text", State.FAILED)


def _grown(
    signed: Checkpoint, verifier: Verifier, note: str | None, proof: Sequence[bytes] | None
) -> list[Finding]:
    """Compare the receipt's checkpoint with another one of the same log."""
    if note is None:
        return [say("not_compared", State.OPEN)]
    other, failed = opened(note, verifier)
    if other is None:
        return [failed] if failed else []
    if other.size < signed.size and proof is not None:
        try:
            tree.verify_consistency(other.size, signed.size, proof, other.root, signed.root)
        except tree.ProofError:
            return [say("forked", State.FAILED, size=other.size, had=signed.size)]
        return [say("continues", State.PROVEN, size=other.size, had=signed.size)]
    if other.size < signed.size:
        return [say("old_checkpoint", State.FAILED, size=other.size, had=signed.size)]
    if other.size > signed.size and proof is None:
        return [say("no_consistency", State.OPEN, size=other.size)]
    try:
        tree.verify_consistency(signed.size, other.size, proof or (), signed.root, other.root)
    except tree.ProofError:
        return [say("forked", State.FAILED, size=other.size, had=signed.size)]
    return [say("same" if other.size == signed.size else "grown", State.PROVEN, size=other.size)]
