"""A public log in memory, and a letter in it: what a receipt is made from and checked against."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger import tiles, tree
from huiyin.kernel.ledger.notes import Checkpoint, Note, Verifier, sign
from huiyin.kernel.ledger.receipt_file import Held, Receipt

ORIGIN = "letters.example/huiyin"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
FILED = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)
WORDS = '{"place":"","text":"三个月没有发工资","title":"工资"}'.encode()
MINE = "case:AAAABBBB"
PLACES = (70, 300, 610)  # of the letter's three entries, in a log of SIZE
SIZE = 700


def verifier(key: Ed25519PrivateKey = KEY, origin: str = ORIGIN) -> Verifier:
    return Verifier(origin, key.public_key().public_bytes_raw())


def leaf(kind: str, subject: str, at: datetime, nonce: int, **commit: str) -> bytes:
    time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return rfc8785.dumps(
        {
            "v": 1,
            "kind": kind,
            "time": time,
            "post": None,
            "subject": subject,
            "nonce": f"{nonce:032x}",
            "facts": {},
            "commit": dict(commit),
        }
    )


def salt(place: int) -> bytes:
    return sha256(b"salt %d" % place).digest()


def leaves() -> list[bytes]:
    """Return SIZE entries; the letter's stand at PLACES: filed, accepted, answered 41 days later."""
    found = [
        leaf("case.asked", f"case:{n:08}", FILED + timedelta(minutes=n - 70), n)
        for n in range(SIZE)
    ]
    days = {70: ("case.filed", 0), 300: ("case.accepted", 9), 610: ("case.answered", 41)}
    for place, (kind, day) in days.items():
        bound = sha256(salt(place) + (WORDS if place == 70 else b"later")).hexdigest()
        found[place] = leaf(kind, MINE, FILED + timedelta(days=day), place, text=bound)
    return found


@dataclass
class PublicLog:
    """What lies under /log/ for these entries."""

    leaves: list[bytes]
    key: Ed25519PrivateKey = KEY
    origin: str = ORIGIN
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        row = [tree.leaf_hash(one) for one in self.leaves]
        self.root = tree.root(row)
        for n in range(0, len(self.leaves), 256):
            part = self.leaves[n : n + 256]
            self.files[tiles.path("entries", n // 256, len(part))] = tiles.bundle(part)
        level = 0
        while row:
            for n in range(0, len(row), 256):
                part = row[n : n + 256]
                self.files[tiles.path(level, n // 256, len(part))] = b"".join(part)
            full = len(row) // 256
            row = [tree.root(row[n * 256 : n * 256 + 256]) for n in range(full)]
            level += 1

    @property
    def size(self) -> int:
        return len(self.leaves)

    @property
    def note(self) -> str:
        text = Checkpoint(self.origin, self.size, self.root).text()
        return str(Note(text, (sign(text, self.origin, self.key),)))

    def read(self, name: str) -> bytes:
        try:
            return self.files[name]
        except KeyError as error:
            raise FileNotFoundError(name) from error

    def receipt(self, *places: int, waiting: tuple[bytes, ...] = ()) -> dict[str, Any]:
        subtree = tiles.Tiles(self.size, self.read).subtree
        return Receipt(
            self.origin,
            str(verifier(self.key, self.origin)),
            MINE,
            self.note,
            tuple(
                Held(
                    self.leaves[n],
                    n,
                    tuple(tree.inclusion_proof(n, self.size, subtree)),
                    {
                        "text": (
                            salt(n),
                            sha256(salt(n) + (WORDS if n == 70 else b"later")).hexdigest(),
                        )
                    },
                )
                for n in places or PLACES
            ),
            tuple(Held(one) for one in waiting),
        ).dump()
