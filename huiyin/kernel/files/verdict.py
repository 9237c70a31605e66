"""What an inspection of an attachment may say: accepted and cleaned, or refused with a reason."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Kind = Literal["picture", "pdf", "office", "text", "audio", "video"]

Code = Literal[
    "empty",
    "too_large",
    "type_not_allowed",
    "type_disagrees",
    "damaged",
    "encrypted",
    "bomb",
    "has_script",
    "too_many",
    "unknown_encoding",
    "form",
    "costly",
    "busy",
]

Remark = Literal["object", "smaller"]
"""What the copy lacks, beside hidden data: an embedded object or enclosure; some of its pixels."""

# What a decoder fed with hostile bytes is known to raise. `Warning` is among them because an
# administrator may turn warnings into errors.
DECODER_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    EOFError,
    RuntimeError,
    Warning,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one attachment may hold.

    `size`, `unpacked`, `markup` (one part of XML), `decoded` (a picture's pixels and what its
    decoder needs beside them) are bytes; `pixels`, `kept_pixels` (a larger photograph is made
    smaller), `frames`, `pages`, `members` are counts. All are decided before anything is decoded.
    """

    size: int = 25 * 1024 * 1024
    pixels: int = 250_000_000
    kept_pixels: int = 28_000_000
    decoded: int = 225_000_000
    frames: int = 300
    pages: int = 1_000
    members: int = 4_000
    unpacked: int = 100 * 1024 * 1024
    markup: int = 10 * 1024 * 1024
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Inspected:
    """An accepted file.

    `original` is what was sent, `clean` what may be shown to whoever handles the case. `scrubbed` says that it differs
    from what was sent, so the original must be kept sealed. `residue` says that the format can
    hold data about the sender that could not be taken out (a voice, a drawing of an old format);
    `remarks` what the copy lacks. Both are told to the writer and to the handler.
    `width` and `height` are pixels, of pictures only.
    """

    kind: Kind
    mime: str
    extension: str
    name: str
    original: bytes = field(repr=False)
    clean: bytes = field(repr=False)
    scrubbed: bool
    residue: bool = False
    remarks: tuple[Remark, ...] = ()
    width: int | None = None
    height: int | None = None


class FileRefused(Exception):
    """The file is not taken. `code` is stable; `details` are numbers and type names only."""

    def __init__(self, code: Code, details: Mapping[str, str | int] | None = None) -> None:
        self.code: Code = code
        self.details: Mapping[str, str | int] = MappingProxyType(dict(details or {}))
        super().__init__(f"{code} {dict(self.details)}" if details else code)
