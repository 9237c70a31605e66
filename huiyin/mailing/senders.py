"""Who sent a message, when it came, whether a machine wrote it, whether its sender is vouched for. Pure."""

import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from huiyin.mailing.structure import FIELD, words_of

LOOP = "X-Huiyin"  # a header of every message that we send
BULK = {"bulk", "junk", "list"}
MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)([+-].*)?@", re.IGNORECASE
)
ADDRESS = re.compile(r"^[^\s@<>\"(),;:]{1,200}@[^\s@<>\"(),;:]{1,90}$")
_ANYWHERE = re.compile(r"[^\s@<>\"(),;:]{1,200}@[^\s@<>\"(),;:]{1,90}")
AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(自动(回复|答复)|automatic reply|auto[- ]?reply|out of office)\s*[:：]", re.IGNORECASE
)
REPLIES = (
    "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply", "X-Autoreply-From",
    "X-AutoReply-From",
)  # fmt: skip
EXCHANGE = ("X-Auto-Response-Suppress", "X-MS-Exchange-Inbox-Rules-Loop", "X-MS-Exchange-Generated-Message-Source")  # fmt: skip


def header(head: Message, name: str) -> str:
    """Return a header's text on one line, its first `FIELD` characters, "" where it is absent."""
    value = words_of(str(head.get(name, ""))[: 4 * FIELD])
    kept = "".join(
        char if char >= " " and char not in "\x7f\u2028\u2029" else " " for char in value
    )
    return " ".join(kept.encode("utf-8", "replace").decode().split())


def addresses(head: Message, name: str) -> list[tuple[str, str]]:
    """Return names and addresses of a header; addresses alone where its form is broken.

    The raw text is split before encoded words are read: a comma or bracket inside a name is no sign
    of the header's form.
    """
    raw = re.sub(r"\s+", " ", str(head.get(name, ""))[:FIELD])
    try:
        pairs = getaddresses([raw])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    good = [(" ".join(words_of(said).split()), at) for said, at in pairs if ADDRESS.match(at)]
    if good:
        return good
    return [("", match) for match in _ANYWHERE.findall(raw)]


def is_automatic(head: Message) -> bool:
    """Whether it is an automatic reply, a bounce, a report, or what we sent ourselves."""
    submitted = header(head, "Auto-Submitted").split(";")[0].strip().lower()
    if head.get(LOOP) is not None or header(head, "Return-Path").replace(" ", "") == "<>":
        return True
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    if submitted.startswith("auto-") and any(head.get(name) is not None for name in EXCHANGE):
        return True
    if any(header(head, name).lower() not in {"", "no"} for name in REPLIES):
        return True
    if header(head, "Precedence").lower() in {"auto_reply", "auto-reply"}:
        return True
    if head.get_content_type() == "multipart/report":
        return True
    answers = head.get("In-Reply-To") is not None or head.get("References") is not None
    return answers and bool(AUTOMATIC_SUBJECT.match(header(head, "Subject")))


def is_machine(head: Message, address: str) -> bool:
    """Whether a reply would reach a machine or a list: such a message is filed and not answered."""
    return (
        header(head, "Precedence").lower() in BULK
        or header(head, "Auto-Submitted").split(";")[0].strip().lower() not in {"", "no"}
        or head.get("X-Auto-Response-Suppress") is not None
        or any(head.get(name) is not None for name in ("List-Id", "List-Unsubscribe"))
        or bool(MACHINES.match(address))
    )


def received_at(head: Message) -> datetime | None:
    """Return when our own server took the message: the first Received header, the last hop."""
    date = str(head.get("Received", ""))[:FIELD].rpartition(";")[2].strip()
    if not date:
        return None
    try:
        at = parsedate_to_datetime(re.sub(r"\s+", " ", date)[:100])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def is_vouched_for(head: Message, address: str, server: str) -> bool:
    """Whether the server named `server` found that the address's own domain sent the message.

    RFC 8601; DMARC, or DKIM or SPF of the same domain. What another server says counts for nothing.
    """
    domain = address.rpartition("@")[2].lower()
    for value in (str(each)[:FIELD] for each in head.get_all("Authentication-Results", [])):
        parts = [part.strip() for part in re.sub(r"\([^()]*\)", " ", value).split(";")]
        if not server or not domain or parts[0].split()[:1] != [server]:
            continue
        return any(_passes(" ".join(part.lower().split()), domain) for part in parts[1:])
    return False


def _passes(result: str, domain: str) -> bool:
    method, _equals, rest = result.partition("=")
    if method.strip() not in {"dmarc", "dkim", "spf"} or rest.split()[:1] != ["pass"]:
        return False
    named = {
        "dmarc": r"header\.from",
        "dkim": r"header\.[di]",
        "spf": r"smtp\.(?:mailfrom|mfrom)",
    }[method.strip()]
    found = re.findall(named + r"\s*=\s*\"?(?:[^\s\"@]*@)?([^\s\"@]+)", rest)
    return any(each == domain or (domain.endswith("." + each) and "." in each) for each in found)
