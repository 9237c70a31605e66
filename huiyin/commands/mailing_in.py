"""`huiyin mail-in`: a message on standard input, or a Maildir, becomes letters."""

import argparse
import mailbox
import os
import sys
from email.message import EmailMessage
from pathlib import Path

from django.core import mail as outgoing
from django.db import DatabaseError
from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.clock.timekeeping import ClockNotTrusted, require
from huiyin.kernel.files.store import StorageFull
from huiyin.kernel.given import BadInput

LARGEST = 40 * 1024 * 1024
TRY_AGAIN = os.EX_TEMPFAIL  # a mail server keeps the message and tries again
TOO_LARGE = os.EX_DATAERR


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
    box = mailbox.Maildir(args.maildir, create=False)
    worst = 0
    for key in sorted(box.keys()):
        message = box.get_message(key)
        if message.get_subdir() != "new":
            continue
        status = _one(box.get_bytes(key), args)
        if status == TRY_AGAIN:
            worst = status
            continue
        message.set_subdir("cur")
        message.add_flag("S" if status == 0 else "F")
        box[key] = message
    return worst


def _one(raw: bytes, args: argparse.Namespace) -> int:
    from huiyin.mailing import filing, message, reply

    if len(raw) > LARGEST:
        print(f"huiyin: a message is over {LARGEST >> 20} MB", file=sys.stderr)
        return TOO_LARGE
    now = timezone.now()
    mail = message.parse(raw)
    if mail.automatic:
        print("huiyin: an automatic reply or a bounce was not filed", file=sys.stderr)
        return 0
    try:
        require(now)
        received = filing.receive(mail, now=now)
    except BadInput as error:
        print(f"huiyin: not filed: {error}", file=sys.stderr)
        if mail.answerable:
            _give(reply.refusal(mail, sender=args.sender, now=now), args)
        return 0
    except (DatabaseError, StorageFull, OSError, ClockNotTrusted) as error:
        print(f"huiyin: try again later: {error}", file=sys.stderr)
        return TRY_AGAIN
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
