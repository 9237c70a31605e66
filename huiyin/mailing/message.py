"""An RFC 5322 message: who sent it, what it says, what is attached, whether a person wrote it. Pure."""

import hashlib
import re
import struct
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

import tnefparse

from huiyin.kernel.given import plain
from huiyin.mailing import senders
from huiyin.mailing.charsets import decode
from huiyin.mailing.pages import read_page
from huiyin.mailing.senders import LOOP, header
from huiyin.mailing.structure import Leaf, TooManyParts, head_and_body, leaves

__all__ = ["LOOP", "Attachment", "Mail", "TooManyParts", "parse", "text_of_html"]

INNER = 5  # messages in messages
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
MESSAGES = {"message/rfc822", "message/global", "message/news"}
STUB = 200  # characters by which the page says more than the text beside it, which then is a stub
REFERENCES = 2_000  # characters that go back


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """A message, read. `answerable`: a reply may go to `address`; `automatic`: no letter at all,
    but an automatic reply, a bounce, or something that we sent ourselves.

    `sender` is the address in From. `untaken` names what could not be taken out of it; `whole` is
    False where something was left out, or a character could not be read. `received` is when our own
    mail server took it, None where it does not say.
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
    sender: str = ""
    untaken: tuple[str, ...] = ()
    whole: bool = True
    received: datetime | None = None
    head: Message = field(default_factory=Message, repr=False)

    @property
    def chinese(self) -> bool:
        """Whether the letter is written in Chinese: the language of the receipt."""
        return bool(re.search(r"[\u3400-\u9fff]", self.subject + self.text)) or not self.text


@dataclass
class _Said:
    """Words of one part, and of which alternative they are one way to say it."""

    text: str
    page: bool
    alternative: tuple[tuple[int, int], ...]


@dataclass
class _Content:
    said: list[_Said] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    untaken: list[str] = field(default_factory=list)
    whole: bool = True


def text_of_html(source: str) -> str:
    """Return the text of an HTML body; nothing in it is fetched or run."""
    return read_page(source).text


def _flowed(text: str, leaf: Leaf) -> str:
    """Join lines that a program broke (RFC 3676)."""
    if str(leaf.head.get_param("format", "")).lower() != "flowed":
        return text
    together = str(leaf.head.get_param("delsp", "")).lower() == "yes"
    return re.sub(r"(?<!^--) \r?\n(?!>|-- \r?$)", "" if together else " ", text, flags=re.MULTILINE)


def _take(leaf: Leaf, content: _Content, depth: int) -> None:
    kind, data = leaf.type, leaf.data
    if kind in MESSAGES or (leaf.name.lower().endswith(".eml") and kind.endswith("octet-stream")):
        _take_message(data, leaf, content, depth)
    elif kind in TNEF or leaf.name.lower() == "winmail.dat":
        _take_tnef(data, leaf, content)
    elif kind in {"text/plain", "text/html"} and not leaf.attached:
        text, whole = decode(data, leaf.charset)
        content.whole &= whole
        if kind == "text/html":
            page = read_page(text)
            content.whole &= not page.cut
            content.attachments += [Attachment(*picture) for picture in page.pictures]
            text = page.text
        else:
            text = _flowed(text, leaf)
        content.said.append(_Said(plain(text), kind == "text/html", leaf.alternative))
    elif kind in {"message/partial", "message/external-body"} or kind.startswith("multipart/"):
        content.untaken.append(leaf.name or kind)
    elif data or leaf.name:
        content.attachments.append(Attachment(leaf.name or f"file.{_ending(kind)}", data))


def _ending(kind: str) -> str:
    return re.sub(r"[^a-z0-9]", "", kind.partition("/")[2].rpartition(".")[2])[:10] or "bin"


def _take_message(data: bytes, leaf: Leaf, content: _Content, depth: int) -> None:
    """Take a message inside the message: its words after ours, its files beside ours."""
    if depth >= INNER:
        raise TooManyParts
    head, body = head_and_body(data.lstrip(b"\r\n"))
    within = _Content()
    for each in leaves(head, body):
        _take(each, within, depth + 1)
    lines = [f"—— {leaf.name or 'message'} ——"]
    lines += [f"{n}: {value}" for n in ("From", "Date", "Subject") if (value := header(head, n))]
    content.inner.append("\n".join((*lines, "", _chosen(within.said))).strip())
    content.inner += within.inner
    content.attachments += within.attachments
    content.untaken += within.untaken
    content.whole &= within.whole


def _take_tnef(data: bytes, leaf: Leaf, content: _Content) -> None:
    name = leaf.name or "winmail.dat"
    try:
        read = tnefparse.TNEF(data)
        files = [(each.long_filename() or each.name, each.data) for each in read.attachments]
        text = read.body or read.htmlbody or ""
    except (ValueError, LookupError, TypeError, AttributeError, struct.error, OverflowError, AssertionError):  # fmt: skip
        content.untaken.append(name)
        content.whole = False
        return
    for number, (each, inside) in enumerate(files, 1):
        shown = decode(each, "")[0] if isinstance(each, bytes) else str(each or "")
        content.attachments.append(
            Attachment(shown.strip("\0 ") or f"file-{number}.bin", bytes(inside))
        )
    if text:
        page = bool(read.htmlbody and not read.body)
        words = decode(text, "")[0] if isinstance(text, bytes) else str(text)
        content.inner.append(plain(text_of_html(words) if page else words))
    if not files and not text:
        content.untaken.append(name)
        content.whole = False


def _chosen(said: list[_Said]) -> str:
    """Return the words; of each alternative those of one part, the text before the page."""
    left = said
    for group in sorted(
        {group for each in said for group, _number in each.alternative}, reverse=True
    ):
        left = _without_others(left, group)
    return "\n\n".join(each.text for each in left if each.text).strip()


def _without_others(said: list[_Said], group: int) -> list[_Said]:
    ways: dict[int, list[_Said]] = {}
    for each in said:
        for number in (number for of, number in each.alternative if of == group):
            ways.setdefault(number, []).append(each)

    def length(number: int) -> int:
        return sum(len("".join(each.text.split())) for each in ways[number])

    texts = [number for number in ways if length(number) and not any(e.page for e in ways[number])]
    best = max(ways, key=length, default=None)
    if texts and best is not None and length(best) <= 2 * length(texts[0]) + STUB:
        best = texts[0]
    return [e for e in said if all(of != group or number == best for of, number in e.alternative)]


def parse(raw: bytes) -> Mail:
    """Read a message; whatever is malformed in it is left out. Raises TooManyParts, nothing else."""
    head, body = head_and_body(re.sub(rb"\A(?:\r?\n)+", b"", raw))
    content = _Content()
    for leaf in leaves(head, body):
        _take(leaf, content, 0)
    sender = next(iter(senders.addresses(head, "From")), ("", ""))
    replies = senders.addresses(head, "Reply-To") or [sender]
    name, address = next((each for each in replies if each[1] == sender[1]), replies[0])
    subject = header(head, "Subject")
    text = "\n\n".join(filter(None, (_chosen(content.said), *content.inner)))
    automatic = senders.is_automatic(head)
    message_id = header(head, "Message-ID")
    same = "\n".join((message_id, address, subject, text))
    return Mail(
        address=address,
        name=sender[0] or name,
        subject=subject,
        text=text,
        message_id=message_id,
        references=header(head, "References")[-REFERENCES:].partition(" ")[2]
        if len(header(head, "References")) > REFERENCES
        else header(head, "References"),
        answerable=bool(address) and not automatic and not senders.is_machine(head, address),
        automatic=automatic,
        seed=hashlib.blake2b(
            same.encode("utf-8", "replace"), digest_size=32, person=b"huiyin mail seed"
        ).digest(),
        attachments=tuple(content.attachments),
        sender=sender[1],
        untaken=tuple(content.untaken),
        whole=content.whole and not content.untaken and "\ufffd" not in text,
        received=senders.received_at(head),
        head=head,
    )
