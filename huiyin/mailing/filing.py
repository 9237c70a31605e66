"""Filing a message as a letter: the sender goes to the sealed identity and to no other place."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.kernel.files import actions as files
from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.files.queries import files_of
from huiyin.mailing.message import Attachment, Mail
from huiyin.parts.cases.actions.filing import (
    Filed,
    Submission,
    attach_to_draft,
    code_of,
    draft_of,
    file_case,
)
from huiyin.parts.cases.models import Case

TITLE, TEXT = 120, 20_000
WHOLE = "来信全文.txt"


@dataclass(frozen=True)
class Received:
    """The letter that a message became, and the attachments that were not taken, with reasons."""

    filed: Filed
    refused: tuple[tuple[str, FileRefused], ...] = ()


def _title(mail: Mail) -> str:
    title = mail.subject or " ".join(mail.text.split())[:30]
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _keep(
    mail: Mail, files_given: list[Attachment], now: datetime
) -> list[tuple[str, FileRefused]]:
    subject, _key = draft_of(mail.seed)
    for left in files_of(subject):  # of an attempt that was interrupted
        files.remove(left, now=now)
    refused: list[tuple[str, FileRefused]] = []
    for one in files_given:
        try:
            attach_to_draft(mail.seed, one.data, one.name, now=now)
        except FileRefused as error:
            refused.append((one.name, error))
    return refused


def receive(mail: Mail, *, now: datetime) -> Received:
    """File the message; the same message once more is the same letter.

    Raise BadInput when it says nothing; StorageFull, DatabaseError with nothing filed.
    """
    text = mail.text if len(mail.text) >= 5 else f"{mail.subject}\n{mail.text}".strip()
    given = list(mail.attachments)
    if len(text) > TEXT:
        given.insert(0, Attachment(WHOLE, text.encode()))
        text = text[: TEXT - 1] + "…"
    refused: list[tuple[str, FileRefused]] = []
    if given and not Case.objects.filter(locator=code_of(mail.seed).locator).exists():
        refused = _keep(mail, given, now)
    identity = {"name": mail.name or mail.address, "email": mail.address} if mail.address else {}
    submission = Submission(
        title=_title(mail),
        text=text,
        naming=Case.Naming.NAMED if identity else Case.Naming.ANONYMOUS,
        identity=identity,
        has_files=bool(given),
        language="zh-hans" if mail.chinese else "en",
        seed=mail.seed,
    )
    return Received(
        file_case(submission, channel=Case.Channel.EMAIL, now=now, code_shared=True), tuple(refused)
    )
