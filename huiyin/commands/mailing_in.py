"""`huiyin mail-in`: a message on standard input, or a Maildir, becomes letters."""

import argparse
import mailbox
import os
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.core import mail as outgoing
from django.db import DatabaseError, DataError, IntegrityError, ProgrammingError
from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.clock.timekeeping import ClockNotTrusted, require
from huiyin.kernel.files.store import StorageFull
from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.queries import NoOrganisation, organisation

LARGEST = 40 * 1024 * 1024
TRY_AGAIN = os.EX_TEMPFAIL  # a mail server keeps the message and tries again
UNREADABLE = os.EX_DATAERR
REFUSED_BY_DATABASE = (DataError, IntegrityError, ProgrammingError)  # and so at each attempt


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--maildir", type=Path, help="take every new message of this Maildir")
    parser.add_argument("--from", dest="sender", default="huiyin@localhost", help="who replies")
    parser.add_argument("--site", default="", help="address of the pages, for the receipt")
    parser.add_argument("--send", action="store_true", help="send the receipt, not print it")


def run(args: argparse.Namespace) -> int:
    """File what came in. The status tells a mail server whether to try again."""
    if args.maildir is None:
        return _one(sys.stdin.buffer.read(LARGEST + 1), args)
    if not (args.maildir / "new").is_dir():
        raise Refused(f"{args.maildir} is no Maildir")
    return _mailbox(args)


def _mailbox(args: argparse.Namespace) -> int:
    """Take every new message by itself: none that fails keeps another one waiting."""
    box = mailbox.Maildir(args.maildir, create=False)
    worst = 0
    for key in sorted(box.keys()):
        try:
            path = args.maildir / box._lookup(key)  # type: ignore[attr-defined]
            if path.parent.name != "new":
                continue
            with path.open("rb") as stream:
                raw = stream.read(LARGEST + 1)
            delivered = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (OSError, KeyError) as error:  # another program took it, or may not be read
            print(f"huiyin: a message can't be opened: {error}", file=sys.stderr)
            worst = worst or UNREADABLE
            continue
        status = _one(raw, args, delivered)
        if status == TRY_AGAIN:
            worst = status
            continue
        worst = worst or status
        # Moved as it is: rewriting it could fail on the message that failed before.
        path.rename(args.maildir / "cur" / f"{key}:2,{'S' if status == 0 else 'F'}")
    return worst


def _one(raw: bytes, args: argparse.Namespace, delivered: datetime | None = None) -> int:
    """File one message; whatever it does to us, the status says so and nothing is raised."""
    from huiyin.mailing.message import TooManyParts

    try:
        return _file(raw, args, delivered)
    except REFUSED_BY_DATABASE as error:
        return _parked(type(error).__name__, args)
    except (DatabaseError, StorageFull, OSError, ClockNotTrusted) as error:
        print(f"huiyin: try again later: {error}", file=sys.stderr)
        return TRY_AGAIN
    except TooManyParts:
        return _parked("it has too many parts, or parts in parts", args)
    except Exception as error:  # noqa: BLE001 - one message that breaks us ends no queue
        return _parked(type(error).__name__, args)


def _parked(why: str, args: argparse.Namespace) -> int:
    """Say that a message could not be read: to the operator, and to reception where it is kept."""
    print(f"huiyin: ALARM: a message was not filed and is kept: {why}", file=sys.stderr)
    if args.maildir is None:
        return UNREADABLE  # the mail server tells the sender
    try:
        reception = organisation().reception
        if reception is not None:
            notices.queue(reception.pk, "mail.parked", "mail", timezone.now())
    except (DatabaseError, NoOrganisation) as error:
        print(f"huiyin: reception could not be told: {error}", file=sys.stderr)
    return UNREADABLE


def _file(raw: bytes, args: argparse.Namespace, delivered: datetime | None) -> int:
    from huiyin.mailing import filing, message, reply

    if len(raw) > LARGEST:
        return _parked(f"it is over {LARGEST >> 20} MB", args)
    now = timezone.now()
    mail = message.parse(raw)
    if mail.automatic:
        print("huiyin: an automatic reply or a bounce was not filed", file=sys.stderr)
        return 0
    try:
        require(now)
        received = filing.receive(mail, raw, now=now, delivered=delivered)
    except BadInput as error:
        print(f"huiyin: not filed: {error}", file=sys.stderr)
        if mail.answerable:
            _give(reply.refusal(mail, sender=args.sender, now=now), args)
        return 0
    if mail.answerable:
        sent = reply.receipt(mail, received, sender=args.sender, site=args.site, now=now)
        return _give(sent, args)
    return 0


def _give(message: EmailMessage, args: argparse.Namespace) -> int:
    """Print the message, or send it; a letter that is filed stays so when that fails."""
    if not args.send:
        sys.stdout.buffer.write(message.as_bytes())
        sys.stdout.flush()
        return 0
    extra = {
        name: str(value)
        for name, value in message.items()
        if name.lower() not in {"from", "to", "subject", "content-type", "mime-version"}
        and not name.lower().startswith("content-")
    }
    try:
        outgoing.EmailMessage(
            str(message["Subject"]),
            message.get_content(),
            str(message["From"]),
            [str(message["To"])],
            headers=extra,
        ).send()
    except OSError as error:
        # The same message once more is the same letter, and its receipt is sent then.
        print(f"huiyin: the receipt could not be sent: {error}", file=sys.stderr)
        return TRY_AGAIN
    return 0
