"""Parsers and their first inputs, for tools/fuzz.py and the short search in the tests."""

import contextlib
import io
import zipfile

from huiyin.kernel.files.inspect import FileRefused, Inspected, Limits, inspect
from tests.support.files import CASES
from tests.support.plants import PLANTED
from tools.fuzz import Target

_LIMITS = Limits(unpacked=8_000_000, markup=1_000_000, decoded=20_000_000, pixels=5_000_000)


def loose(package: bytes) -> bytes:
    """The same zip without compression, so that damage reaches what its members say."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
    return out.getvalue()


def inspected(name: str, data: bytes) -> None:
    """Inspect; a refusal is right, and so is a file, and nothing else."""
    with contextlib.suppress(FileRefused):
        found = inspect(data, name, limits=_LIMITS)
        assert isinstance(found, Inspected)
        assert found.clean or found.kind == "text"


def files() -> Target:
    """Attachments of every type that is taken."""
    samples = {f"{place}/{name}": make() for place, (make, name) in PLANTED.items()}
    samples |= {path.name: path.read_bytes() for path in CASES.iterdir()}
    for name, data in list(samples.items()):
        if data.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(data)):
            samples["loose/" + name] = loose(data)
    return Target(samples, inspected, seconds=2)
