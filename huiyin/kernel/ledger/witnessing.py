"""What a witness is asked and what it answers: C2SP tlog-witness, `add-checkpoint`. Pure.

Asked: a line "old SIZE", at most 63 lines of a consistency proof in base64, an empty line, and the
signed checkpoint. Answered: 200 with the cosignature; 400, 403, 404, 409 or 422 with none.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.kernel.ledger import tree
from huiyin.kernel.ledger.notes import SIZE, Checkpoint, Note, NoteError, Verifier, check

LONGEST = 63  # hashes in a proof
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"


class RequestError(ValueError):
    """A request can't be read; the message says why."""


@dataclass(frozen=True)
class Request:
    """Cosign `note`, the log having grown from `old` entries, as the 32-byte hashes prove."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        """Return the body of the request."""
        lines = [f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def parse(cls, body: bytes) -> "Request":
        """Return the request; raise RequestError."""
        try:
            head, found, note = body.decode().partition("\n\n")
        except UnicodeDecodeError as error:
            raise RequestError("not UTF-8") from error
        first, *lines = head.split("\n")
        size = first.removeprefix("old ")
        if not found or size == first or not SIZE.fullmatch(size):
            raise RequestError('the first line is not "old SIZE"')
        if len(lines) > LONGEST:
            raise RequestError(f"a proof of more than {LONGEST} hashes")
        return cls(int(size), tuple(_hash(line) for line in lines), note)


@dataclass(frozen=True)
class Outcome:
    """What is answered: status 200 only when `accepted`, which is then kept before it is cosigned.

    `body` is what is said with another status; of type SIZE_TYPE when it is a size.
    """

    status: int
    body: str = ""
    type: str = TEXT_TYPE
    accepted: Checkpoint | None = None


def origin(request: Request) -> str:
    """Return which log's checkpoint is to be cosigned; raise RequestError."""
    return _checkpoint(request)[1].origin


def decide(seen: Checkpoint | None, request: Request, keys: Sequence[Verifier]) -> Outcome:
    """Decide on a request: `seen` is the newest checkpoint of this log that was cosigned.

    `keys`: the log's keys; none for a log that this witness does not know. Raises RequestError.
    """
    note, asked = _checkpoint(request)
    if not keys:
        return Outcome(404, "this log is not known here\n")
    if not any(_signed(note, key) for key in keys if key.name == asked.origin):
        return Outcome(403, "no signature of a known key of this log\n")
    if request.old > asked.size:
        return Outcome(400, "the old size is above the new one\n")
    last = seen.size if seen else 0
    if request.old != last:
        return Outcome(409, f"{last}\n", SIZE_TYPE)
    if seen is not None and asked.size == last and asked.root != seen.root:
        return Outcome(409, "another root was cosigned for this size: the log was forked\n")
    try:
        _grown(seen, asked, request.proof)
    except tree.ProofError as error:
        return Outcome(422, f"{error}\n")
    return Outcome(200, accepted=asked)


def _grown(seen: Checkpoint | None, asked: Checkpoint, proof: tuple[bytes, ...]) -> None:
    """Raise ProofError unless what was seen is the start of what is asked for."""
    if seen is not None and seen.size:
        tree.verify_consistency(seen.size, asked.size, proof, seen.root, asked.root)
    elif proof:
        raise tree.ProofError("nothing is proven from an empty log")
    elif not asked.size and asked.root != tree.root([]):
        raise tree.ProofError("not the root of an empty log")


def _checkpoint(request: Request) -> tuple[Note, Checkpoint]:
    try:
        note = Note.parse(request.note)
        return note, Checkpoint.parse(note.text)
    except NoteError as error:
        raise RequestError(str(error)) from error


def _signed(note: Note, key: Verifier) -> bool:
    try:
        check(note, key)
    except NoteError:
        return False
    return True


def _hash(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError("a line of the proof is not base64") from error
    if len(found) != 32 or base64.b64encode(found).decode() != line:
        raise RequestError("a line of the proof is not a hash of 32 bytes")
    return found
