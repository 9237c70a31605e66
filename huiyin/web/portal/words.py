"""A letter's state in plain words, for whoever wrote it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huiyin.kernel.clock.explanation import EVENTS
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.pack import Rule, Text
from huiyin.parts.cases.models import Case, Step

Stage = Case.Stage

STATUS: dict[str, tuple[str | Promise, str]] = {
    Stage.RECEIVED: (
        gettext_lazy("Your letter has arrived. It is being passed on to the unit that answers."),
        "accent",
    ),
    Stage.FORWARDED: (
        gettext_lazy(
            "Your letter is with %(unit)s. That unit decides whether it accepts the letter, and tells you."
        ),
        "accent",
    ),
    Stage.DISPUTED: (
        gettext_lazy(
            "Two units differ on who answers. The unit above them decides; you need do nothing."
        ),
        "accent",
    ),
    Stage.ACCEPTED: (
        gettext_lazy("%(owner)s handles your letter and owes you a written answer."),
        "accent",
    ),
    Stage.DECLINED: (
        gettext_lazy(
            "Your letter was not accepted here. Below are the ground, where to turn instead, and how to ask for a review."
        ),
        "warn",
    ),
    Stage.ANSWERED: (
        gettext_lazy(
            "There is an answer to your letter. Please read it; then you can say whether it is solved, or ask for a review."
        ),
        "good",
    ),
    Stage.REVIEWING: (
        gettext_lazy("A post that never touched your letter is reviewing the answer."),
        "accent",
    ),
    Stage.REVIEWED: (
        gettext_lazy(
            "The review is decided. If it does not satisfy you, you can ask for the final review."
        ),
        "good",
    ),
    Stage.FINAL_REVIEWING: (
        gettext_lazy("The final review is under way, by a post that never touched your letter."),
        "accent",
    ),
    Stage.FINAL_REVIEWED: (
        gettext_lazy(
            "The final review is decided. It is this organisation’s last word; all outside ways remain open to you."
        ),
        "good",
    ),
    Stage.ASKED: (
        gettext_lazy(
            "Is it solved? Please tell us. If you say nothing, the letter is closed after the date below."
        ),
        "warn",
    ),
    Stage.CLOSED: (
        gettext_lazy(
            "Your letter is closed. If something promised is not done, you can open it again."
        ),
        "good",
    ),
    Stage.WITHDRAWN: (gettext_lazy("You withdrew this letter. Nobody works on it any more."), ""),
}

OWED: dict[str, str | Promise] = {
    "case.forward": gettext_lazy("Pass the letter on, or decide whether it is accepted"),
    "case.accept": gettext_lazy("Decide whether the letter is accepted, and tell you"),
    "case.dispute": gettext_lazy("Decide which unit answers"),
    "case.conclude": gettext_lazy("Give you a written answer"),
    "case.review": gettext_lazy("Decide the review"),
    "case.final_review": gettext_lazy("Decide the final review"),
    "case.hearing": gettext_lazy("Keep the record of the hearing"),
    "case.remedy": gettext_lazy("Keep promise %(of)s"),
    "case.ask_review": gettext_lazy("You can ask for a review"),
    "case.ask_final_review": gettext_lazy("You can ask for the final review"),
    "case.close_question": gettext_lazy("You are asked whether it is solved"),
    "case.remedy_check": gettext_lazy("You are asked whether promise %(of)s was kept"),
}

HAPPENED: dict[str, tuple[str | Promise, str | Promise]] = {
    # kind: (done by the writer or the clock, done by a post)
    "filed": (
        gettext_lazy("You sent your letter"),
        gettext_lazy("Your letter was taken down by %(post)s"),
    ),
    "forwarded": ("", gettext_lazy("%(post)s passed your letter on to %(unit)s")),
    "settled": ("", gettext_lazy("%(post)s decided that %(unit)s answers")),
    "accepted": ("", gettext_lazy("%(post)s accepted your letter")),
    "declined": ("", gettext_lazy("%(post)s did not accept your letter")),
    "message_in": (gettext_lazy("You wrote"), ""),
    "message_out": ("", gettext_lazy("%(post)s wrote to you")),
    "transferred": (
        gettext_lazy("Your letter went to a post independent of those that you complain of"),
        gettext_lazy("%(post)s named another post to answer you"),
    ),
    "joined": ("", gettext_lazy("%(unit)s now helps with your letter")),
    "hearing_set": ("", gettext_lazy("%(post)s set a hearing or mediation")),
    "hearing_held": ("", gettext_lazy("The hearing or mediation was held")),
    "extended": ("", gettext_lazy("%(post)s extended the time for the answer")),
    "answered": ("", gettext_lazy("%(post)s answered your letter")),
    "remedy_done": ("", gettext_lazy("%(post)s reports promise %(number)s as kept")),
    "remedy_confirmed": (gettext_lazy("You said that promise %(number)s was kept"), ""),
    "remedy_disputed": (gettext_lazy("You said that promise %(number)s was not kept"), ""),
    "rated": (gettext_lazy("You rated: handling %(handling)s, outcome %(outcome)s"), ""),
    "review_asked": (gettext_lazy("You asked for a review"), ""),
    "review_decided": ("", gettext_lazy("%(post)s decided the review")),
    "final_review_asked": (gettext_lazy("You asked for the final review"), ""),
    "final_review_decided": ("", gettext_lazy("%(post)s decided the final review")),
    "asked": (gettext_lazy("You were asked whether it is solved"), ""),
    "content": (gettext_lazy("You said that it is solved"), ""),
    "reopened": (
        gettext_lazy("Your letter was opened again"),
        gettext_lazy("Your letter was opened again"),
    ),
    "closed": (gettext_lazy("The letter was closed"), gettext_lazy("The letter was closed")),
    "withdrawn": (gettext_lazy("You withdrew the letter"), ""),
    "erased": (gettext_lazy("All that was personal in the letter was destroyed"), ""),
    "recovered": (gettext_lazy("You were given a new receipt code"), ""),
    "file_added": (gettext_lazy("You added a file"), gettext_lazy("%(post)s added a file")),
    "excused": ("", gettext_lazy("%(post)s explained why a date was not kept")),
}


def status(case: Case) -> tuple[str, str]:
    """Return where the letter is, in a sentence, and the tone of its tag."""
    sentence, tone = STATUS[case.stage]
    return str(sentence) % {"unit": case.unit, "owner": case.owner.full_name}, tone


@dataclass(frozen=True)
class Owed:
    """Something owed on the letter; `mine` when the next word is the writer's."""

    what: str
    deadline: Deadline
    mine: bool


def _owed(one: Deadline) -> Owed:
    return Owed(str(OWED[one.kind]) % {"of": one.of}, one, one.post_id is None)


def owed(deadlines: list[Deadline]) -> list[Owed]:
    """Return what is owed now, soonest first; what is between units alone is left out."""
    return [_owed(one) for one in deadlines if one.state == one.State.OPEN and one.kind in OWED]


def past(deadlines: list[Deadline]) -> list[Owed]:
    """Return what was owed before and how it ended."""
    ended = {Deadline.State.MET, Deadline.State.EXCUSED}
    return [_owed(one) for one in deadlines if one.state in ended and one.kind in OWED]


def told(owing: list[Owed], now: datetime) -> list[tuple[str, ...]]:
    """Return all that a page says of what is owed, as plain words."""
    return [
        (
            one.what,
            one.deadline.post.full_name if one.deadline.post else "",
            str(last_day(one.deadline)),
            *chip(one.deadline, now),
            one.deadline.why,
        )
        for one in owing
    ]


def last_day(deadline: Deadline) -> date:
    """Return the last day on which it is in time."""
    if day := deadline.explanation.get("last_day"):
        return date.fromisoformat(day)
    return timezone.localdate(deadline.due_at) if deadline.due_at else date.max


def chip(deadline: Deadline, now: datetime) -> tuple[str, str]:
    """Return the words of the chip beside a date, and its tone."""
    if deadline.state == Deadline.State.MET:
        return (_("Done late"), "warn") if deadline.was_late else (_("Done in time"), "good")
    if deadline.state == Deadline.State.EXCUSED:
        return _("Excused"), "warn"
    if deadline.state == Deadline.State.VOID:
        return _("No longer owed"), ""
    if deadline.paused_at is not None:
        return _("Paused"), ""
    days = (last_day(deadline) - timezone.localdate(now)).days
    if deadline.pace and abs(deadline.due_at - now) < timedelta(hours=20):
        return _minutes(deadline, now)
    if deadline.due_at <= now:
        over = max(-days, 1)
        return ngettext("%(n)d day late", "%(n)d days late", over) % {"n": over}, "danger"
    if days <= 0:
        return _("Today"), "warn"
    left = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    return left, "warn" if days <= 3 else "accent"


def _minutes(deadline: Deadline, now: datetime) -> tuple[str, str]:
    """Return the words for what is owed to the minute: a day would say too little."""
    late = deadline.due_at <= now
    minutes = max(1, round(abs(deadline.due_at - now) / timedelta(minutes=1)))
    if minutes < 120:
        n = minutes
        text = _("%(n)d min late") if late else _("%(n)d min left")
    else:
        n = minutes // 60
        text = _("%(n)d h late") if late else _("%(n)d h left")
    return text % {"n": n}, "danger" if late else "warn"


def span(rule: Rule) -> str:
    """Return the length of a time limit in words."""
    match rule.unit:
        case "working_days":
            return ngettext("%(n)d working day", "%(n)d working days", rule.days) % {"n": rule.days}
        case "months":
            return ngettext("%(n)d month", "%(n)d months", rule.days) % {"n": rule.days}
    return ngettext("%(n)d day", "%(n)d days", rule.days) % {"n": rule.days}


def text_of(text: Text) -> str:
    """Return a text of the policy pack in the reader's language."""
    return text.zh if (get_language() or "zh").startswith("zh") else text.en


def article(rule: Rule) -> str:
    """Return the article that a time limit comes from, or that it is the organisation's own."""
    return text_of(rule.article) if rule.source == "law" else _("a rule of this organisation")


def within(rule: Rule) -> str:
    """Return a time limit in words: how long, from when, by which article."""
    return _("within %(span)s of %(event)s (%(article)s)") % {
        "span": span(rule),
        "event": text_of(Text(*EVENTS[rule.counts_from])),
        "article": article(rule),
    }


def happened(step: Step, unit: str = "") -> str:
    """Return the heading of one step of the story; `unit` names the unit that it speaks of."""
    kind = f"final_{step.kind}" if step.facts.get("level") == 2 else step.kind
    by_writer, by_post = HAPPENED.get(kind) or HAPPENED.get(step.kind, ("", ""))
    sentence = by_post if step.post_id and by_post else by_writer or by_post
    return str(sentence) % {
        "post": step.post.full_name if step.post else "",
        "unit": unit,
        "number": step.facts.get("number", ""),
        "handling": step.facts.get("handling", ""),
        "outcome": step.facts.get("outcome", ""),
    }


HEADINGS: dict[str, str | Promise] = {
    "matter": gettext_lazy("What happened"),
    "place": gettext_lazy("Where, and whom it is about"),
    "naming": gettext_lazy("About you"),
    "contact": gettext_lazy("About you"),
    "send": gettext_lazy("Attach files, check, send"),
}


def progress(step: str) -> list[dict[str, object]]:
    """Return the steps of writing a letter as the page numbers them; contact is part of "you"."""
    names = [
        ("matter", _("What happened")),
        ("place", _("Where and whom")),
        ("naming", _("About you")),
        ("send", _("Check and send")),
    ]
    at = [key for key, _name in names].index("naming" if step == "contact" else step)
    return [
        {"name": name, "current": number == at, "done": number < at}
        for number, (_key, name) in enumerate(names)
    ]


def journey() -> list[tuple[str, str]]:
    """Return what happens with a letter, each with the rule that says by when."""
    return [
        ("forward", _("Your letter is passed to the unit that answers")),
        (
            "accept",
            _(
                "You are told whether it is accepted; if not, on which ground and where to turn instead"
            ),
        ),
        ("conclude", _("One named post gives you a written answer")),
        ("ask_review", _("You can ask a unit above for a review")),
        ("review", _("The review is decided by somebody who never touched your letter")),
        ("final_review", _("If you ask once more, the final review is decided")),
    ]
