"""An RFC 5322 message: who sent it, what it says, what is attached, whether a person wrote it. Pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html.parser import HTMLParser

LOOP = "X-Huiyin"  # a header of every message that we send
BULK = {"bulk", "junk", "list", "auto_reply"}
MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)([+-].*)?@", re.IGNORECASE
)
ADDRESS = re.compile(r"^[^\s@<>]{1,200}@[^\s@<>]{1,90}$")
BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"}


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """A message, read. `answerable`: a reply may go to `address`; `automatic`: no letter at all,
    but an automatic reply, a bounce, or something that we sent ourselves.
    """

    address: str
    name: str
    subject: str
    text: str
    message_id: str
    references: str
    answerable: bool
    automatic: bool
    seed: bytes = field(repr=False)
    attachments: tuple[Attachment, ...] = ()

    @property
    def chinese(self) -> bool:
        """Whether the letter is written in Chinese: the language of the receipt."""
        return bool(re.search(r"[\u3400-\u9fff]", self.subject + self.text)) or not self.text


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in {"script", "style", "title"}
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in {"script", "style", "title"} and self._skipped > 0

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(re.sub(r"\s+", " ", data))


def text_of_html(source: str) -> str:
    """Return the text of an HTML body; nothing in it is fetched or run."""
    reader = _Text()
    reader.feed(source)
    reader.close()
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reader.parts)).strip()


def _content(part: MIMEPart) -> str:
    try:
        found = part.get_content()
    except (LookupError, UnicodeError, ValueError):  # an unknown or wrong character set
        raw = part.get_payload(decode=True)
        found = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return found if isinstance(found, str) else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message.get(name, ""))
    except (HeaderParseError, ValueError, IndexError, AttributeError):
        # The standard library's parser fails on some malformed headers: the raw one is taken.
        value = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "")
    clean = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(clean.encode("utf-8", "replace").decode().split())


def _body(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = _content(body)
    if body.get_content_type() == "text/html":
        text = text_of_html(text)
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").strip()


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    for part in message.iter_attachments():
        name = part.get_filename() or ""
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) else inner
            yield Attachment(name or "message.txt", str(first).encode("utf-8", "replace"))
            continue
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes):
            yield Attachment(name or f"file.{part.get_content_subtype()}", raw)


def parse(raw: bytes) -> Mail:
    """Read a message; whatever is malformed in it is left out, never raised."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # what the policy makes
    name, address = parseaddr(_header(message, "Reply-To") or _header(message, "From"))
    subject, text = _header(message, "Subject"), _body(message)
    submitted = _header(message, "Auto-Submitted").split(";")[0].lower() or "no"
    bounced = _header(message, "Return-Path") == "<>"
    ours = message.get(LOOP) is not None
    lists = any(message.get(h) is not None for h in ("List-Id", "List-Unsubscribe"))
    machine = (
        _header(message, "Precedence").lower() in BULK
        or message.get("X-Auto-Response-Suppress") is not None
        or lists
        or bool(MACHINES.match(address))
    )
    good = bool(ADDRESS.match(address))
    automatic = ours or bounced or submitted.startswith("auto-replied")
    same = "\n".join((_header(message, "Message-ID"), address, subject, text))
    return Mail(
        address=address if good else "",
        name=name,
        subject=subject,
        text=text,
        message_id=_header(message, "Message-ID"),
        references=_header(message, "References"),
        answerable=good and not automatic and not machine and submitted == "no",
        automatic=automatic,
        seed=hashlib.blake2b(
            same.encode("utf-8", "replace"), digest_size=32, person=b"huiyin mail seed"
        ).digest(),
        attachments=tuple(_attachments(message)),
    )
