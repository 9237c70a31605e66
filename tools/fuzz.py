#!/usr/bin/env python
"""Feed parsers with damaged input for as long as one likes.

    python tools/fuzz.py files --seconds 600
    python tools/fuzz.py files --seed 7 --seconds 60 --keep /var/tmp/found

What a parser may raise is its own refusal; anything else, and anything that takes longer than its
limit of processor time, is kept under --keep and told. The exit status is 1 if there was any. The
same seed tries the same inputs.
"""

import argparse
import hashlib
import importlib
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Name -> module and function that returns a Target. One line a parser.
TARGETS = {
    "files": "tests.support.fuzzing:files",
}


@dataclass(frozen=True)
class Target:
    """A parser: what it is fed with first, by name, and how.

    `run` takes a name and bytes, and raises nothing for input that it refuses as it should.
    """

    samples: dict[str, bytes]
    run: Callable[[str, bytes], None]
    seconds: float


@dataclass(frozen=True)
class Found:
    """An input that a parser did not stand."""

    name: str
    data: bytes
    why: str


WORDS = [b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"<", b">",
         b'"', b"&", b"<!--", b"]]>", b"<<", b">>", b"%PDF-", b"PK\x03\x04", b"-1", b"99999999999",
         b"\r\n\r\n", b"\x80", b"endobj", b"stream\n"]  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to eight things wrong: bytes changed, cut, doubled, swapped, put in."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out) + 1)
        end = min(len(out), at + chance.choice((1, 1, 2, 4, 16, 200)))
        match chance.randrange(7):
            case 0:
                out[at:end] = chance.randbytes(end - at)
            case 1:
                del out[at:end]
            case 2:
                out[at:at] = out[at:end] * chance.choice((1, 2, 50))
            case 3:
                out[at:at] = chance.choice(WORDS)
            case 4:
                out[at:end] = chance.choice(WORDS)
            case 5 if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
            case _ if chance.random() < 0.2:
                del out[at:]
    return bytes(out)


def search(target: Target, seed: int, until: Callable[[int], bool]) -> Iterator[Found]:
    """Try damaged samples until `until` (of how many were tried); yield what went wrong."""
    chance = random.Random(seed)  # noqa: S311  to be repeated, not to be kept secret
    names = sorted(target.samples)
    tried = 0
    while not until(tried):
        name = chance.choice(names)
        data = damaged(target.samples[name], chance)
        tried += 1
        began = time.process_time()
        try:
            target.run(name, data)
        except Exception as error:  # noqa: BLE001  that is what is looked for
            yield Found(name, data, f"{type(error).__name__}: {error}"[:200])
            continue
        took = time.process_time() - began
        if took > target.seconds:
            yield Found(name, data, f"took {took:.1f} s of processor time")


def load(name: str) -> Target:
    """The target of that name."""
    module, _, function = TARGETS[name].partition(":")
    target: Target = getattr(importlib.import_module(module), function)()
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # what a library says of a damaged file is no finding
    end = time.monotonic() + args.seconds
    count = tried = 0

    def until(number: int) -> bool:
        nonlocal tried
        tried = number
        return time.monotonic() > end

    for found in search(load(args.target), args.seed, until):
        count += 1
        args.keep.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(found.data).hexdigest()[:12]
        path = args.keep / f"{args.target}-{digest}-{Path(found.name).name}"
        path.write_bytes(found.data)
        print(f"{path}: {found.why}")
    print(f"{args.target}: {tried} inputs tried, {count} kept")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
