"""The receipt that goes back to whoever wrote: the code, and what to do with it."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.kernel.units.queries import organisation
from huiyin.mailing.filing import Received
from huiyin.mailing.message import LOOP, Mail


def _frame(mail: Mail, sender: str, now: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.address
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message[LOOP] = "receipt"
    if mail.message_id:
        message["In-Reply-To"] = mail.message_id
        message["References"] = f"{mail.references} {mail.message_id}".strip()
    return message


def receipt(
    mail: Mail, received: Received, *, sender: str, site: str, now: datetime
) -> EmailMessage:
    """Return the receipt in the letter's language. Nothing of the letter is quoted in it.

    What joined a letter is receipted without a code: who sent it has the code.
    """
    with override("zh-hans" if mail.chinese else "en"):
        mine = organisation()
        if received.filed is None:
            lines = [_("Your message was added to your letter, whose receipt code you quoted.")]
        else:
            lines = [
                _("%(organisation)s has received your letter.") % {"organisation": mine},
                _("Your receipt code is:"),
                f"    {received.filed.code}",
                _(
                    "Keep it. With it, and only with it, you can follow your letter, read the answer and ask for a review."
                ),
            ]
        if site:
            lines.append(_("Follow your letter here: %(address)s") % {"address": f"{site}/letter/"})
        if received.filed is not None:
            lines.append(
                _("Do not forward this message: whoever has the code can read your letter.")
            )
        lines += [
            _("The attachment %(name)s was not taken: %(why)s") % {"name": name, "why": why}
            for name, why in received.refused
        ]
        lines.append(
            _("You are free to turn elsewhere at any time: %(places)s")
            % {"places": mine.outside_text}
        )
        message = _frame(mail, sender, now)
        message["Subject"] = _("Receipt for your letter")
    message.set_content("\n\n".join(lines) + "\n")
    return message


def refusal(mail: Mail, *, sender: str, now: datetime) -> EmailMessage:
    """Return the message that says that a message without any words can't be filed."""
    with override("zh-hans" if mail.chinese else "en"):
        message = _frame(mail, sender, now)
        message["Subject"] = _("Your message was not filed")
        said = _("Your message has no text. Please write what it is about and send it again.")
    message.set_content(said + "\n")
    return message
