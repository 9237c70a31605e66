"""Signed notes, checkpoints and cosignatures in the formats of C2SP (c2sp.org): pure.

signed-note: a text, an empty line, and lines "— NAME BASE64", the base64 of a 4-byte key id and the
signature. tlog-checkpoint: origin, size in decimal, root in base64, a line each. tlog-cosignature: a
witness signs a time and the checkpoint (type 0x04).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NOTE, COSIGNATURE = 0x01, 0x04
DASH = "— "
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
NAME = re.compile(r"[^\s+\x00-\x1f]+")  # \s is every space of Unicode
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")
SIGNATURES = 64  # a note with more is refused unread; C2SP asks for 16 at least


class NoteError(ValueError):
    """A note, checkpoint or key can't be read, or a signature does not hold."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name: whose signature it checks, of which type.

    Raises NoteError for a name or key that no note can carry.
    """

    name: str
    public: bytes
    type: int = NOTE

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or len(self.public) != 32:
            raise NoteError("not a verifier key: a name without spaces or plus, and 32 bytes")
        if self.type not in {NOTE, COSIGNATURE}:
            raise NoteError(f"keys of type {self.type} are not known here")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand before a signature."""
        given = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(given).digest()[:4]

    def __str__(self) -> str:
        """Return the verifier key "NAME+ID+BASE64"."""
        key = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Return the verifier of a key line; raise NoteError."""
        name, _, rest = text.strip().partition("+")
        given, _, key = rest.partition("+")
        raw = _unbase64(key)
        if not raw:
            raise NoteError("not a verifier key")
        found = cls(name, raw[1:], raw[0])
        if found.key_id.hex() != given:
            raise NoteError("the key id does not belong to the key")
        return found


def verifiers(lines: str) -> list[Verifier]:
    """Return the verifiers of one key line or several; raise NoteError, also for none."""
    return [Verifier.parse(line) for line in lines.splitlines() if line.strip()] or [
        Verifier.parse(lines)
    ]


def chosen(keys: Sequence[Verifier], note: str) -> Verifier:
    """Return the first of the keys that signed a note, the first of all where none did."""
    try:
        signed = {one.key_id for one in Note.parse(note).signatures}
    except NoteError:
        signed = set()  # what is wrong with it is for the check to say
    return next((key for key in keys if key.key_id in signed), keys[0])


@dataclass(frozen=True)
class Signature:
    """One signature line: who, under which key id, the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """Return the line without its end."""
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """Return the note as it is sent and stored."""
        return self.text + "\n" + "".join(f"{one}\n" for one in self.signatures)

    @classmethod
    def parse(cls, given: str) -> "Note":
        """Return the note; raise NoteError."""
        text, found, lines = given.rpartition("\n\n")
        if not found or not lines.endswith("\n") or not text or CONTROLS.search(given):
            raise NoteError("a note is a text, an empty line, and signatures")
        if lines.count("\n") > SIGNATURES:
            raise NoteError(f"a note with more than {SIGNATURES} signatures")
        signatures = []
        for line in lines[:-1].split("\n"):
            name, _, rest = line.removeprefix(DASH).partition(" ")
            raw = _unbase64(rest)
            if not line.startswith(DASH) or not NAME.fullmatch(name) or len(raw) < 5:
                raise NoteError("a signature line can't be read")
            signatures.append(Signature(name, raw[:4], raw[4:]))
        return cls(text + "\n", tuple(signatures))


@dataclass(frozen=True)
class Checkpoint:
    """What a log commits to: its origin, its size, its 32-byte root.

    `extensions` are further lines that other logs may have; this one writes none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{one}\n" for one in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint of a note's text; raise NoteError."""
        *lines, end = text.split("\n")
        if end or len(lines) < 3 or not all(lines) or not SIZE.fullmatch(lines[1]):
            raise NoteError("not a checkpoint")
        root = _unbase64(lines[2])
        if len(root) != 32:
            raise NoteError("the root of a checkpoint is 32 bytes long")
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:]))


def _unbase64(text: str) -> bytes:
    """Return the bytes; two texts for the same bytes are not both accepted."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error
    if base64.b64encode(found).decode() != text:
        raise NoteError("not base64")
    return found


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """Sign a note's text."""
    verifier = Verifier(name, private.public_key().public_bytes_raw())
    return Signature(name, verifier.key_id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey, seconds: int) -> Signature:
    """Cosign a checkpoint's text at a time in seconds since 1970."""
    verifier = Verifier(name, private.public_key().public_bytes_raw(), COSIGNATURE)
    value = seconds.to_bytes(8, "big") + private.sign(_cosigned(text, seconds))
    return Signature(name, verifier.key_id, value)


def check(note: Note, verifier: Verifier) -> int:
    """Raise NoteError unless the note has a valid signature by `verifier`.

    Returns the time of a cosignature in seconds since 1970, 0 for a signature.
    """
    for one in note.signatures:
        if one.name != verifier.name or one.key_id != verifier.key_id:
            continue
        message, value, seconds = note.text.encode(), one.value, 0
        if verifier.type == COSIGNATURE:
            if len(value) != 72:
                raise NoteError("a cosignature is 72 bytes long")
            seconds, value = int.from_bytes(value[:8], "big"), value[8:]
            if seconds >= 1 << 63:
                raise NoteError("the time of a cosignature is out of bounds")
            message = _cosigned(note.text, seconds)
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(value, message)
        except InvalidSignature as error:
            raise NoteError(f"the signature of {verifier.name} does not hold") from error
        return seconds
    raise NoteError(f"no signature of {verifier.name}")


def open_checkpoint(given: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that `verifier` signed; raise NoteError."""
    note = Note.parse(given)
    check(note, verifier)
    found = Checkpoint.parse(note.text)
    if found.origin != verifier.name:
        raise NoteError(f"the checkpoint is of {found.origin}, not of {verifier.name}")
    return found


def cosigned_by(given: str, witnesses: Sequence[Verifier]) -> dict[str, int]:
    """Return the witnesses whose cosignature on the note holds, each with its time."""
    note, held = Note.parse(given), {}
    for witness in witnesses:
        if any((one.name, one.key_id) == (witness.name, witness.key_id) for one in note.signatures):
            held[witness.name] = check(note, witness)
    return held
