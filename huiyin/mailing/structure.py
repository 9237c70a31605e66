"""A message's parts, split in bounded steps: each level reads its bytes once. Pure.

The standard library splits a message by one generator inside the other, line by line; a message of
thousands of levels exhausts it. Here a level is split by one expression, and headers alone are read
by the library.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from itertools import count, islice

from huiyin.mailing.charsets import decode

DEEPEST = 30  # levels of parts in parts
MOST = 400  # leaves of one message
HEADERS = 256 * 1024  # bytes of the headers of one part
FIELD = 8_000  # characters of one header field that are read
PARAMETERS = 4_000  # characters of a Content-Type or Content-Disposition
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|From ")
_END = re.compile(rb"\r?\n[ \t]*\r?\n")


@dataclass
class Leaf:
    """A part without parts: its headers and its bytes as they were sent."""

    head: Message
    raw: bytes
    alternative: tuple[
        tuple[int, int], ...
    ] = ()  # (alternative, which of its parts), outermost first

    @property
    def type(self) -> str:
        """The media type, lower case."""
        return self.head.get_content_type()

    @property
    def data(self) -> bytes:
        """The content without its transfer encoding; as it stands where that is broken."""
        self.head.set_payload(self.raw.decode("ascii", "surrogateescape"))
        try:
            found = self.head.get_payload(decode=True)
        except (ValueError, LookupError, AssertionError):
            return self.raw
        finally:
            self.head.set_payload("")
        return found if isinstance(found, bytes) else self.raw

    @property
    def charset(self) -> str:
        """The character set that the part claims."""
        try:
            return self.head.get_content_charset("") or ""
        except (ValueError, LookupError, TypeError):
            return ""

    @property
    def attached(self) -> bool:
        """Whether the part is meant as a file."""
        disposition = self.head.get_content_disposition()
        return disposition == "attachment" or (bool(self.name) and self.type != "text/html")

    @property
    def name(self) -> str:
        """The file name, in whatever way it was written."""
        for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
            try:
                value = self.head.get_param(parameter, None, header)
                if value:
                    return _file_name(value)
            except (ValueError, LookupError, TypeError, UnicodeError):
                continue
        return ""


def _file_name(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, tuple):  # RFC 2231: the bytes stand in it as Latin-1
        try:
            text = decode(value[2].encode("latin-1"), value[0] or "")[0]
        except UnicodeEncodeError:
            text = value[2]
        text = words_of(text)
    else:
        text = words_of(value)
    return " ".join("".join(char if char >= " " else " " for char in text).split())[:300]


def words_of(value: str) -> str:
    """Return a header's text: encoded words of RFC 2047 joined before they are read, so that one cut
    inside a character is whole again; bare bytes are read by what they are."""
    value = re.sub(r"\r?\n[ \t]+", " ", str(value)[:FIELD])
    value = re.sub(r"\?=(?==\?)", "?= ", value)
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value
    found = []
    for part, charset in parts:
        if isinstance(part, str):
            found.append(part)
        elif charset is None:  # what stands beside encoded words, as the library escapes it
            found.append(part.decode("raw-unicode-escape", "replace"))
        else:
            found.append(decode(part, charset)[0])
    return "".join(found)


def head_and_body(raw: bytes) -> tuple[Message, bytes]:
    """Return the headers of a message or part, and what follows them.

    Bare bytes in headers are read line by line, by what they are.
    """
    if not _FIELD.match(raw):
        return Message(policy=compat32), re.sub(rb"^\r?\n", b"", raw, count=1)
    end = _END.search(raw, 0, HEADERS)
    stop = end.start() if end else min(len(raw), HEADERS)
    lines = [decode(line)[0] for line in raw[:stop].split(b"\n")]
    head = HeaderParser(policy=compat32).parsestr("\n".join(lines) + "\n\n")
    for name in ("content-type", "content-disposition"):
        if name in head and len(str(head[name])) > PARAMETERS:
            head.replace_header(name, str(head[name])[:PARAMETERS])
    return head, raw[end.end() :] if end else raw[stop:]


class TooManyParts(ValueError):
    """The message has more parts, or parts in parts, than are read."""


def leaves(head: Message, body: bytes) -> list[Leaf]:
    """Return the leaves of a message in their order; raise TooManyParts."""
    found: list[Leaf] = []
    _split(head, body, 0, (), found, count())
    return found


def _split(
    head: Message,
    body: bytes,
    depth: int,
    inside: tuple[tuple[int, int], ...],
    found: list[Leaf],
    groups: Iterator[int],
) -> None:
    if depth > DEEPEST or len(found) >= MOST:
        raise TooManyParts
    parts = _parts(head, body) if head.get_content_maintype() == "multipart" else []
    if not parts:
        found.append(Leaf(head, body, inside))
        return
    group = next(groups) if head.get_content_subtype() == "alternative" else None
    for number, part in enumerate(parts):
        chosen = inside if group is None else (*inside, (group, number))
        _split(*head_and_body(part), depth + 1, chosen, found, groups)


def _parts(head: Message, body: bytes) -> list[bytes]:
    """Return the parts between a multipart's delimiters; none where it has no delimiter."""
    try:
        boundary = head.get_boundary()
    except (ValueError, LookupError, TypeError):
        boundary = None
    if not boundary or len(boundary) > 500:
        return []
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    delimiter = re.compile(rb"^--" + mark + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    marks = list(islice(delimiter.finditer(body), MOST + 2))
    if len(marks) > MOST + 1:
        raise TooManyParts
    parts = []
    for at, one in enumerate(marks):
        if one[1]:
            break
        end = marks[at + 1].start() if at + 1 < len(marks) else len(body)
        part = body[one.end() + 1 : max(one.end() + 1, end)]
        parts.append(re.sub(rb"\r?\n\Z", b"", part))
    return parts
