"""Letters from elsewhere, altered at random from a fixed seed, are read or refused by name."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fuzz.intake import fuzz_mail, fuzz_sheet

MAIL = sorted((Path(__file__).parents[1] / "mailing/cases").glob("*.eml"))
SHEETS = sorted((Path(__file__).parents[1] / "importing/cases").glob("s*"))
SPLICES = (
    b"\0", b"\r", b"\n", b"\n\n", b"--", b"=?", b"?=", b"<!--", b"(", b'"', b";", b"\xff\xfe", b"\xe4",
    b"Content-Type: message/rfc822\n\n", b"Content-Type: text/html; charset=utf-7\n", b"&#xd800;",
    b"charset=punycode", b"=\r\n", b"<td>", b"filename*0*=gb18030''%ff", b"\xed\xa0\x80",
)  # fmt: skip


def altered(data: bytes, rounds: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for _ in range(rounds):
        out = bytearray(data[:20_000])
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(out) + 1)
            if rng.random() < 0.5:
                out[at:at] = rng.choice(SPLICES)
            elif rng.random() < 0.5:
                del out[at : at + rng.randint(1, 40)]
            else:
                out[at : at + 1] = rng.randbytes(1)
        yield bytes(out)


@pytest.mark.parametrize(
    ("fuzz", "path", "rounds"),
    [(fuzz_mail, path, 60) for path in MAIL] + [(fuzz_sheet, path, 15) for path in SHEETS],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_altered_inputs_are_read_or_refused_by_name(
    fuzz: Callable[[bytes], None], path: Path, rounds: int
) -> None:
    fuzz(path.read_bytes() if path.suffix != ".gz" else b"")
    for data in altered(path.read_bytes(), rounds, len(path.name)):
        fuzz(data)
