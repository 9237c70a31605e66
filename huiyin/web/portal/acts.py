"""What a writer can do with the letter: one row each, read by one view.

A row names the move of rules.MOVES that it makes, its words, its form, and the action it calls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions import identity, reviews, writer
from huiyin.parts.cases.models import Case, Step
from huiyin.web.portal.forms import ContactForm, PortalForm
from huiyin.web.portal.letter_forms import (
    MessageForm,
    PlainForm,
    RatingForm,
    TextForm,
    WithdrawForm,
)

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """One thing that the writer can do."""

    move: str
    heading: Words
    intro: Words
    button: Words
    done: Words
    form: type[PortalForm]
    perform: Callable[[Case, dict[str, Any], datetime], object]
    warning: Words = ""
    grave: bool = False


class Again(Exception):
    """The same words were just received: the form was sent twice."""


def _write(case: Case, given: dict[str, Any], now: datetime) -> object:
    last = case.steps.filter(by=Step.By.WRITER).order_by("-number").first()
    if last is not None and last.kind == "message_in":
        words = given["text"].replace("\r", "").strip()
        if sealing.body(case, last).get("text") == words:
            raise Again
    return writer.write_in(case.locator, given["text"], now=now)


ACTS: dict[str, Act] = {
    "message": Act(
        "write_in",
        _("Write in this letter"),
        _(
            "Add something, or answer a question. It becomes part of the letter and can’t be changed afterwards."
        ),
        _("Send"),
        _("What you wrote is in the letter."),
        MessageForm,
        _write,
    ),
    "rate": Act(
        "rate",
        _("Say how it was"),
        _(
            "Two questions, apart from each other. What you choose closes no way: you can ask for a review after any rating."
        ),
        _("Send the rating"),
        _("Thank you. Your rating is recorded."),
        RatingForm,
        lambda case, given, now: writer.rate(
            case.locator, given["handling"], given["outcome"], now=now
        ),
    ),
    "solved": Act(
        "say_content",
        _("It is solved"),
        _(
            "The letter closes as soon as everything promised is done. If something promised is not done, you can open it again."
        ),
        _("Yes, it is solved"),
        _("Thank you. You said that it is solved."),
        PlainForm,
        lambda case, given, now: writer.say_content(case.locator, now=now),
    ),
    "unsolved": Act(
        "say_not_solved",
        _("It is not solved"),
        _(
            "The letter is opened again and a new answer is owed. If you would rather have somebody else look at it, ask for a review instead."
        ),
        _("It is not solved"),
        _("The letter is open again."),
        TextForm,
        lambda case, given, now: writer.say_not_solved(case.locator, given["text"], now=now),
    ),
    "review": Act(
        "ask_review",
        _("Ask for a review"),
        _(
            "A post in a unit above, which never touched your letter, looks at it anew and answers you in writing. Say what you do not agree with."
        ),
        _("Ask for a review"),
        _("Your request is in. The date by which it is decided stands in the letter."),
        TextForm,
        lambda case, given, now: reviews.ask_review(case.locator, given["text"], now=now),
    ),
    "withdraw": Act(
        "withdraw",
        _("Withdraw the letter"),
        _(
            "Nobody works on the letter any more and nothing is owed on it. That it was sent and withdrawn stays on record."
        ),
        _("Withdraw my letter"),
        _("You have withdrawn the letter."),
        WithdrawForm,
        lambda case, given, now: writer.withdraw(case.locator, given["text"], now=now),
        warning=_(
            "Only you can do this. If anyone asks, urges or pays you to withdraw, you need not; you "
            "may tell an outside body."
        ),
        grave=True,
    ),
    "contact": Act(
        "write_in",
        _("Correct who you are"),
        _(
            "What you write here replaces what was sealed before, and is sealed in turn. An anonymous letter becomes a named one."
        ),
        _("Seal it"),
        _("Your name and contact are sealed."),
        ContactForm,
        lambda case, given, now: identity.replace_identity(case.locator, given, now=now),
    ),
}
