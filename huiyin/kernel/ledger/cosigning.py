"""The log asks its witnesses to cosign what is published (C2SP tlog-witness).

Each witness has a thread of its own, so one that is away holds up nothing but itself: neither the
log nor the other witnesses. What a witness gave last is kept in the log's directory with the
checkpoint that it is of, and put under the one that is out while that is the same. One that comes
after a newer checkpoint is not lost: `for_receipts` finds it.
"""

import contextlib
import fcntl
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from huiyin.kernel.ledger import publishing, signing
from huiyin.kernel.ledger.notes import (
    COSIGNATURE,
    SIZE,
    Checkpoint,
    Note,
    NoteError,
    Signature,
    Verifier,
    check,
)
from huiyin.kernel.ledger.tiles import TileError, Tiles
from huiyin.kernel.ledger.tree import ProofError, consistency_proof, span
from huiyin.kernel.ledger.witnessing import SIZE_TYPE, Request

log = logging.getLogger("huiyin.cosigning")
SECONDS = 10  # that a witness may be silent
MOST = 64 * 1024
NOT_NOW = "did not cosign: nothing is out, a newer checkpoint is, or another process asks"
PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds; doubled after each failure


class WitnessError(RuntimeError):
    """A witness is away or refuses; or the list of witnesses can't be read."""


@dataclass(frozen=True)
class Witness:
    """Whose cosignature is asked for, and where: the submission prefix of C2SP."""

    key: Verifier
    address: str


def witnesses() -> list[Witness]:
    """Return the configured witnesses; raise WitnessError.

    HUIYIN_WITNESSES is a file, or the lines themselves: "VERIFIER-KEY URL", # begins a comment.
    """
    given = str(settings.HUIYIN_WITNESSES).strip()
    if given and "://" not in given:
        try:
            given = Path(given).read_text("utf-8")
        except OSError as error:
            raise WitnessError(f"HUIYIN_WITNESSES: {given}: {error.strerror}") from error
    lines = (line.partition("#")[0].split() for line in given.splitlines())
    return [_witness(words) for words in lines if words]


def _witness(words: list[str]) -> Witness:
    try:
        line, address = words
        key = Verifier.parse(line)
    except (ValueError, NoteError) as error:
        raise WitnessError(f"HUIYIN_WITNESSES: {' '.join(words)}: {error}") from error
    if key.type != COSIGNATURE or not address.startswith(("https://", "http://")):
        raise WitnessError(f"HUIYIN_WITNESSES: {line}: a witness's key and its address")
    return Witness(key, address.rstrip("/"))


def cosign_now(witness: Witness) -> bool:
    """Get the witness's cosignature under the newest checkpoint; return whether it is there.

    False when there is no checkpoint, another process asks, or a newer one came out meanwhile.
    Raises WitnessError.
    """
    with _asking(witness) as mine:
        if not mine or (content := publishing.current()) is None:
            return False
        note = Note.parse(content.decode())
        if _line(note, witness.key) is not None:
            return True
        kept = _kept(witness)
        line = _line(kept, witness.key) if kept and kept.text == note.text else None
        if line is None:
            line = _ask(witness, note, Checkpoint.parse(kept.text).size if kept else 0)
        ours = tuple(one for one in note.signatures if one.name == note.text.partition("\n")[0])
        if kept != (whole := Note(note.text, (*ours, line))):
            publishing.write(_name(witness), str(whole).encode())
        return publishing.countersign(note.text, line)


def ask_each() -> list[str]:
    """Ask each witness once, one after the other; return what came of it, a sentence each.

    Raises WitnessError for a bad list of them.
    """
    found = []
    for one in witnesses():
        try:
            there = cosign_now(one)
        except (WitnessError, NoteError, OSError) as error:
            found.append(f"no cosignature: {error}")
        else:
            found.append(f"{one.key.name} {'has cosigned' if there else NOT_NOW}")
    return found


def _line(note: Note, key: Verifier) -> Signature | None:
    """Return the line of a witness whose cosignature holds."""
    ours = [one for one in note.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
    if not ours:
        return None
    check(Note(note.text, (ours[0],)), key)
    return ours[0]


def _name(witness: Witness) -> str:
    return f".witnesses/{witness.key.key_id.hex()}"


def _kept(witness: Witness) -> Note | None:
    try:
        return Note.parse(publishing.read(_name(witness)).decode())
    except FileNotFoundError:
        return None


@dataclass(frozen=True)
class Standing:
    """What a witness cosigned last: the size of the log and when (UTC); None: nothing yet."""

    witness: Witness
    size: int | None = None
    at: datetime | None = None


def standing() -> list[Standing]:
    """Return how far each witness has followed the log; raise WitnessError for a bad list."""
    found = []
    for one in witnesses():
        note = _kept_sound(one)
        if note is None:
            found.append(Standing(one))
        else:
            at = datetime.fromtimestamp(check(note, one.key), UTC)
            found.append(Standing(one, Checkpoint.parse(note.text).size, at))
    return found


def for_receipts(least: int = 0) -> str:
    """Return the checkpoint that says most of the first `least` entries: a note, "" before the first.

    That is the one of at least this size with the most cosignatures, of those the newest; so a
    receipt shows cosignatures also where a newer checkpoint came out before they arrived.
    """
    if (content := publishing.current()) is None:
        return ""
    newest = Note.parse(content.decode())
    notes = {newest.text: newest}
    cosigned: dict[str, int] = {}
    for one in _listed():
        note = newest if _sound(newest, one) else _kept_sound(one)
        if (
            note is None
            or not (note is newest or _is_start(note))
            or (line := _sound(note, one)) is None
        ):
            continue
        whole = notes.setdefault(note.text, Note(note.text, note.signatures[:-1]))
        if line not in whole.signatures:
            notes[note.text] = Note(note.text, (*whole.signatures, line))
        cosigned[note.text] = cosigned.get(note.text, 0) + 1
    sizes = {text: Checkpoint.parse(text).size for text in notes}
    fit = [text for text in notes if sizes[text] >= least] or [newest.text]
    return str(notes[max(fit, key=lambda text: (cosigned.get(text, 0), sizes[text]))])


def _is_start(note: Note) -> bool:
    """Return whether the files of the log are those of this checkpoint: not after a bad restore."""
    at = Checkpoint.parse(note.text)
    try:
        return at.size > 0 and span(0, at.size, Tiles(at.size, publishing.read).subtree) == at.root
    except (TileError, FileNotFoundError):
        return False


def _listed() -> list[Witness]:
    try:
        return witnesses()
    except WitnessError:
        log.exception("receipts are given out without cosignatures")
        return []


def _kept_sound(witness: Witness) -> Note | None:
    """Return what the witness cosigned last, if the log's key of today signed it too."""
    try:
        note = _kept(witness)
        if note is None or _sound(note, witness) is None:
            return None
        check(note, signing.verifier())
    except NoteError as error:
        log.warning("what %s cosigned last is of no use: %s", witness.key.name, error)
        return None
    return note


def _sound(note: Note, witness: Witness) -> Signature | None:
    try:
        return _line(note, witness.key)
    except NoteError as error:
        log.warning("%s", error)
        return None


@contextmanager
def _asking(witness: Witness) -> Iterator[bool]:
    path: Path = settings.HUIYIN_LOG / f"{_name(witness)}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _ask(witness: Witness, note: Note, old: int) -> Signature:
    """Ask, and once more from the size that the witness names; raise WitnessError."""
    size = Checkpoint.parse(note.text).size
    if old > size:
        raise WitnessError(_rolled_back(witness, old, size))
    status, kind, body = _post(witness, note, old, size)
    if status == 409 and kind == SIZE_TYPE and SIZE.fullmatch(body.removesuffix("\n")):
        named = int(body)
        if named > size:
            raise WitnessError(_rolled_back(witness, named, size))
        status, kind, body = _post(witness, note, named, size)
    if status != 200:
        raise WitnessError(f"{witness.key.name} refuses size {size}: {status} {body.strip()[:200]}")
    try:
        line = _line(Note.parse(note.text + "\n" + body), witness.key)
    except NoteError as error:
        raise WitnessError(f"{witness.key.name}: {error}") from error
    if line is None:
        raise WitnessError(f"{witness.key.name} answers with no cosignature of its key")
    return line


def _rolled_back(witness: Witness, seen: int, size: int) -> str:
    return (
        f"{witness.key.name} has cosigned size {seen}, and this log has {size}: it has lost entries"
    )


def _post(witness: Witness, note: Note, old: int, size: int) -> tuple[int, str, str]:
    """Return status, content type and text of the answer; raise WitnessError."""
    try:
        tiles = Tiles(size, publishing.read)
        proof = consistency_proof(old, size, tiles.subtree) if 0 < old < size else []
    except (TileError, ProofError, FileNotFoundError) as error:
        raise WitnessError(f"no proof from size {old} to {size}: {error}") from error
    request = urllib.request.Request(  # noqa: S310 - _witness allows http and https only
        f"{witness.address}/add-checkpoint",
        data=str(Request(old, tuple(proof), str(note))).encode(),
        headers={"Content-Type": "text/plain; charset=utf-8", "User-Agent": "huiyin"},
    )
    try:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return answer.status, answer.headers.get_content_type(), _text(answer.read(MOST))
        except urllib.error.HTTPError as answer:
            with answer:
                kind = answer.headers.get_content_type()
                return answer.code, kind, _text(answer.read(MOST))
    except OSError as error:
        raise WitnessError(f"{witness.key.name} is away: {error}") from error


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _loop(witness: Witness, stop: threading.Event) -> None:
    pause = PAUSE
    while not stop.wait(pause):
        try:
            cosign_now(witness)
            pause = PAUSE
        except WitnessError as error:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("%s; asked again in %d s", error, pause)
        except (OSError, NoteError):
            pause = min(pause * 2, LONGEST_PAUSE)
            log.exception("no cosignature of %s; asked again in %d s", witness.key.name, pause)


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Ask the witnesses, beside what is done meanwhile; raise WitnessError for a bad list."""
    stop = threading.Event()
    for one in witnesses():
        name = f"witness {one.key.name}"
        threading.Thread(target=_loop, args=(one, stop), name=name, daemon=True).start()
    try:
        yield
    finally:
        stop.set()
