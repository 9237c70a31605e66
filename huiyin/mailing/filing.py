"""Filing a message as a letter: the sender goes to the sealed identity and to no other place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.kernel.files import actions as files
from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.queries import files_of
from huiyin.kernel.given import BadInput, clean, plain
from huiyin.kernel.vault.masking import codes_in
from huiyin.mailing.message import Attachment, Mail
from huiyin.mailing.senders import is_vouched_for
from huiyin.parts.cases import rules
from huiyin.parts.cases.actions import writer
from huiyin.parts.cases.actions._common import need
from huiyin.parts.cases.actions.filing import (
    Filed,
    Submission,
    attach_to_draft,
    code_of,
    draft_of,
    file_case,
    keep_message_in_draft,
)
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import CaseNotFound, case_for_writer, case_of_code, story

TITLE, TEXT, NAME = 120, 20_000, 300
NOTES = 1_500  # characters that what is said of attachments may take of the text
FULL_TEXT_MOST = 300_000  # characters; what is longer stands in the sealed message alone
FULL_TEXT = "来信全文.txt"
OLDEST = timedelta(days=366)  # an older time of arrival is a slip of some clock


@dataclass(frozen=True)
class Received:
    """The letter that a message became, and the attachments that were not taken, with reasons.

    `joined` is the letter that the message was added to, where it quotes the letter's code.
    """

    filed: Filed | None
    refused: tuple[tuple[str, str], ...] = ()
    joined: Case | None = None


def arrival(mail: Mail, delivered: datetime | None, now: datetime) -> datetime:
    """Return when the message came: by our own mail server, else by the file; else now.

    Never later than now; a time of over a year ago is not believed.
    """
    for at in (mail.received, delivered):
        if at is not None and now - OLDEST <= at <= now:
            return at
    return now


def receive(
    mail: Mail, raw: bytes, *, now: datetime, delivered: datetime | None = None
) -> Received:
    """File the message; the same message once more is the same letter.

    One that quotes the receipt code of a letter comes from somebody who holds it: it joins that
    letter as its writer's message. `delivered` is when the mailbox got it. Raise BadInput when it
    says nothing; StorageFull, DatabaseError with nothing filed.
    """
    with override(_language(mail)):
        if not (plain(mail.text) or plain(mail.subject) or mail.attachments or mail.untaken):
            raise BadInput("text", "missing")
        joined = _quoted_letter(mail)
        if joined is not None:
            try:
                return _join(joined, mail, now)
            except rules.NotNow:
                pass  # the letter takes no message any more: this is a letter of its own
        return _file(mail, raw, arrival(mail, delivered, now), now)


def _language(mail: Mail) -> str:
    return "zh-hans" if mail.chinese else "en"


def _quoted_letter(mail: Mail) -> Case | None:
    """Return the letter whose code the message quotes; None where it quotes none, or several."""
    found = set()
    for code in codes_in(f"{mail.subject}\n{mail.text}"[:FULL_TEXT_MOST])[:50]:
        try:
            found.add(case_of_code(str(code)))
        except CaseNotFound:
            continue
    return found.pop() if len(found) == 1 else None


@transaction.atomic
def _join(found: Case, mail: Mail, now: datetime) -> Received:
    """Add the message to the letter, once: words, then attachments."""
    case = case_for_writer(found.locator, lock=True)
    words, whole = _words(mail, mail.text if len(plain(mail.text)) >= 2 else _stand_in())
    kept = need("text", words)
    if any(told.step.kind == "message_in" and told.body.get("text") == kept
           for told in story(case, for_writer=True)):  # fmt: skip
        return Received(None, joined=case)  # the same message once more
    writer.write_in(case.locator, kept, now=now)
    refused = [(name, _("can't be read")) for name in mail.untaken]
    for each in _attached(mail, whole):
        try:
            with transaction.atomic():
                writer.attach(case.locator, each.data, clean(each.name), now=now)
        except FileRefused as error:
            refused.append((each.name, explain(error)))
    if refused:
        note = "\n".join(_not_taken(name, why) for name, why in refused)
        writer.write_in(case.locator, note[:TEXT], now=now)
    return Received(None, tuple(refused), case)


def _title(mail: Mail) -> str:
    title = clean(mail.subject) or " ".join(clean(mail.text[:200]).split())[:30]
    if len(title) < 2:
        title = _("A letter by e-mail")
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _stand_in() -> str:
    return _("(The message has no words; see its attachments.)")


def _not_taken(name: str, why: str) -> str:
    return _("[The attachment %(name)s was not taken: %(why)s]") % {"name": name[:100], "why": why}


def _words(mail: Mail, text: str) -> tuple[str, str]:
    """Return the words for the letter, and all of them where they are too long for it."""
    room = TEXT - NOTES
    if len(text) <= room:
        return text, ""
    whole = clean(text[:FULL_TEXT_MOST])
    return whole[: room - 1] + "…", whole


def _attached(mail: Mail, whole: str) -> list[Attachment]:
    given = list(mail.attachments)
    if whole:
        given.insert(0, Attachment(FULL_TEXT, whole.encode()))
    return given


def _keep(mail: Mail, given: list[Attachment], raw: bytes, now: datetime) -> list[tuple[str, str]]:
    """Keep the attachments, and the message itself where something of it is not in the letter."""
    subject, _key = draft_of(mail.seed)
    for left in files_of(subject):  # of an attempt that was interrupted
        files.remove(left, now=now)
    refused = [(name, _("can't be read")) for name in mail.untaken]
    for each in given:
        try:
            attach_to_draft(mail.seed, each.data, clean(each.name), now=now)
        except FileRefused as error:
            refused.append((each.name, explain(error)))
    lost = not mail.whole or bool(refused) or len(mail.text) > FULL_TEXT_MOST
    if lost and not codes_in(f"{mail.subject}\n{mail.text}"[:FULL_TEXT_MOST]):
        keep_message_in_draft(
            mail.seed,
            raw,
            _("message as it came.txt"),
            _("The message as it came is sealed. It opens with the identity of who wrote it."),
            now=now,
        )
    return refused


def _file(mail: Mail, raw: bytes, at: datetime, now: datetime) -> Received:
    text = mail.text if len(plain(mail.text)) >= 5 else f"{mail.subject}\n{mail.text}".strip()
    if len(plain(text)) < 5:
        text = f"{text}\n{_stand_in()}".strip()
    words, whole = _words(mail, text)
    refused: list[tuple[str, str]] = []
    if not Case.objects.filter(locator=code_of(mail.seed).locator).exists():
        refused = _keep(mail, _attached(mail, whole), raw, now)
    notes = "\n".join(_not_taken(name, why) for name, why in refused)
    if len(notes) > NOTES - 2:
        notes = notes[: NOTES - 3] + "…"
    verified = is_vouched_for(mail.head, mail.sender, settings.HUIYIN_MAIL_SERVER)
    identity = _identity(mail, verified)
    named = bool(identity) and (verified or not settings.HUIYIN_MAIL_SERVER)
    submission = Submission(
        title=_title(mail),
        text=f"{words}\n\n{notes}".strip(),
        naming=Case.Naming.NAMED if named else Case.Naming.ANONYMOUS,
        identity=identity if named else {},
        has_files=True,
        language=_language(mail),
        seed=mail.seed,
        sender="verified" if verified else "unverified",
    )
    filed = file_case(
        submission, channel=Case.Channel.EMAIL, now=now, received_at=at, code_shared=True
    )
    return Received(filed, tuple(refused))


def _identity(mail: Mail, verified: bool) -> dict[str, str]:
    address = mail.sender or mail.address
    if not address:
        return {}
    name = clean(mail.name)[:NAME] or address
    identity = {"name": name, "email": address}
    if mail.address and mail.address != address:
        identity["other"] = mail.address
    if not verified:
        said = _("the sender's address is not verified")
        identity["other"] = "; ".join(filter(None, (identity.get("other", ""), said)))
    return identity
