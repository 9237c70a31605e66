"""What staff pages call things: what is owed, what happened, what can be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.pack import Rule, Text
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.models import Unit, in_language
from huiyin.parts.cases.letters import KINDS as OFFICIAL
from huiyin.parts.cases.messages import NOTICES
from huiyin.parts.cases.models import Case, Review
from huiyin.parts.cases.queries import Told
from huiyin.parts.duty.messages import NOTICES as DUTY_NOTICES
from huiyin.parts.duty.messages import OWED as DUTY_OWED
from huiyin.parts.reports.messages import NOTICES as OF_REPORTS
from huiyin.parts.reports.messages import OWED as REPORTS_OWED
from huiyin.web.staff.duty.about import About, about

OWED = {
    "case.forward": lazy("Forward the letter, or decide on it"),
    "case.accept": lazy("Decide whether it is accepted"),
    "case.object": lazy("Time to object to the forwarding"),
    "case.dispute": lazy("Decide which unit answers"),
    "case.conclude": lazy("Give the written answer"),
    "case.ask_review": lazy("The writer can ask for review"),
    "case.review": lazy("Decide the review"),
    "case.ask_final_review": lazy("The writer can ask for the final review"),
    "case.final_review": lazy("Decide the final review"),
    "case.hearing": lazy("Keep the record of the hearing"),
    "case.remedy": lazy("Do what was promised"),
    "case.remedy_check": lazy("The writer looks at what was done"),
    "case.close_question": lazy("The writer is asked whether it is solved"),
}

RULES = {
    "acknowledge": lazy("Acknowledge receipt"),
    "forward": lazy("Forward to the unit that answers"),
    "accept": lazy("Decide on acceptance and tell the writer"),
    "object": lazy("Object to a forwarding"),
    "dispute": lazy("Decide which unit answers"),
    "conclude": lazy("Give the written answer"),
    "extend": lazy("One extension, at most"),
    "ask_review": lazy("The writer asks for review"),
    "review": lazy("Decide the review"),
    "ask_final_review": lazy("The writer asks for the final review"),
    "final_review": lazy("Decide the final review"),
    "remedy_check": lazy("The writer looks at what was done"),
    "close_question": lazy("The writer says whether it is solved"),
}

CLOSED_WHY = {
    "content": lazy("the writer is content"),
    "no_reply": lazy("asked, and no reply came in time"),
    "withdrawn": lazy("withdrawn by the writer"),
}

TONES = {
    Case.Stage.RECEIVED: "warn",
    Case.Stage.FORWARDED: "warn",
    Case.Stage.DISPUTED: "warn",
    Case.Stage.ACCEPTED: "accent",
    Case.Stage.REVIEWING: "accent",
    Case.Stage.FINAL_REVIEWING: "accent",
    Case.Stage.ANSWERED: "good",
    Case.Stage.REVIEWED: "good",
    Case.Stage.FINAL_REVIEWED: "good",
}


LANGUAGES = {"zh-hans": "简体中文", "en": "English"}

IDENTITY = {
    "name": lazy("Name"),
    "telephone": lazy("Telephone"),
    "email": lazy("E-mail"),
    "address": lazy("Address"),
    "id_number": lazy("Identity number"),
    "other": lazy("Other"),
}


def identity(opened: dict[str, str]) -> list[tuple[str, str]]:
    """Return an opened identity as rows, the writer before the representatives."""
    rows = [(str(title), opened[name]) for name, title in IDENTITY.items() if name in opened]
    for number in range(1, 6):
        for name, title in IDENTITY.items():
            if value := opened.get(f"representative_{number}_{name}"):
                label = _("Representative %(number)s, %(field)s")
                rows.append((label % {"number": number, "field": title}, value))
    return rows


def pick(text: Text) -> str:
    """Return a text of the policy pack in the reader's language."""
    return in_language(text.zh, text.en)


def sentences(*said: str) -> str:
    """Return what is said, each with its full stop, one after the other."""
    return in_language("。", ". ").join(one for one in said if one) + in_language("。", ".")


def article(rule: Rule) -> str:
    """Return where a time limit comes from."""
    return pick(rule.article) if rule.source == "law" else _("a rule of this organisation")


def owed(deadline: Deadline) -> str:
    """Return what is owed, in a few words."""
    name = str(OWED.get(deadline.kind, deadline.kind))
    return f"{name} · {deadline.of}" if deadline.of else name


def tone(case: Case) -> str:
    """Return the tone of the stage's tag."""
    return TONES.get(Case.Stage(case.stage), "")


def notices(found: Iterable[Notice]) -> list[dict[str, Any]]:
    """Return notices with their sentence, what they are about, and where that is."""
    known, owed_kinds = NOTICES | DUTY_NOTICES | OF_REPORTS, OWED | DUTY_OWED | REPORTS_OWED
    return [
        {
            "notice": one,
            "text": str(known.get(one.kind, one.kind)),
            "about": about_any(one.subject, str(one.facts.get("deadline") or one.kind)),
            "what": str(owed_kinds.get(str(one.facts.get("deadline")), "")),
        }
        for one in found
    ]


def about_any(subject: str, what: str) -> About:
    kind, _colon, locator = subject.partition(":")
    if kind == "report":
        number = locator.partition("/")[0]
        return About(number, reverse("staff:report", args=[number]))
    if kind == "window":
        return About(_("Window"), reverse("staff:window", args=[locator]))
    if kind == "incident":
        return About(locator, reverse("staff:room", args=[locator]))
    if kind in {"daily", "danger"}:
        return About(_("Reports"), reverse("staff:reports"))
    if kind != "case":
        return about(subject, what)
    return About(locator, reverse("staff:letter", args=[locator]))


@dataclass(frozen=True)
class Chapter:
    """One step of the story as the page shows it."""

    told: Told
    heading: str
    details: list[str]
    paragraphs: list[tuple[str, str]]
    official: bool

    @property
    def css(self) -> str:
        """The class of the list item: the writer's own steps stand out, and so do late ones."""
        return "mine" if self.told.step.by == "writer" else ""


def _heading(told: Told) -> str:
    step = told.step
    kind = KINDS.get(f"case.{step.kind}")
    name = in_language(kind.zh, kind.en) if kind else step.kind
    if step.kind == "review_decided" and step.facts.get("level") == 2:
        return _("The final review was decided")
    if step.kind == "review_asked" and step.facts.get("level") == 2:
        return _("A final review was asked for")
    return name


def _details(told: Told, units: dict[int, Unit]) -> list[str]:
    facts, found = told.step.facts, []
    unit = units.get(int(facts.get("unit_id") or 0))
    if unit is not None:
        found.append(_("To: %(unit)s") % {"unit": unit})
    if told.step.kind == "filed":
        found.append(str(Case.Channel(facts["channel"]).label))
        if told.body.get("sender") == "unverified":
            found.append(
                _("The sender's address is not verified: anybody may have written in that name.")
            )
    if ground := policy().pack.grounds.get(str(facts.get("ground", ""))):
        article = pick(ground.article)
        cited = in_language(f"（{article}）", f" ({article})") if article else ""
        found.append(sentences(pick(ground.text) + cited))
        turn_to = _("Where to turn instead: %(place)s") % {"place": pick(ground.turn_to)}
        found.append(sentences(turn_to))
    if "outcome" in facts and told.step.kind == "review_decided":
        found.append(str(Review.Outcome(facts["outcome"]).label))
    if told.step.kind == "rated":
        found.append(
            _("Handling: %(handling)s of 5. Outcome: %(outcome)s of 5.")
            % {"handling": facts["handling"], "outcome": facts["outcome"]}
        )
    if "days" in facts:
        found.append(_("Days: %(days)s") % {"days": facts["days"]})
    if "number" in facts:
        found.append(_("Promise no. %(number)s") % {"number": facts["number"]})
    if told.step.kind == "excused":
        name = str(facts.get("deadline", "")).partition("#")[0]
        found.append(str(OWED.get(name, name)))
    if told.step.kind == "closed":
        found.append(str(CLOSED_WHY.get(str(facts.get("why")), facts.get("why", ""))))
    return found


def _paragraphs(told: Told) -> list[tuple[str, str]]:
    body = told.body
    if told.step.kind == "filed":
        place = [(_("Where"), str(body["place"]))] if body.get("place") else []
        return [("", str(body.get("text", ""))), *place]
    if "decision" in body:
        names = (("facts", _("Facts found")), ("ground", _("Ground")), ("decision", _("Decision")))
        return [(title, str(body[name])) for name, title in names]
    return [("", str(body["text"]))] if body.get("text") else []


def chapters(story: list[Told], readable: bool) -> list[Chapter]:
    """Return the story for the page; `readable` is false once the letter was erased."""
    wanted = {int(one.step.facts.get("unit_id") or 0) for one in story} - {0}
    units = Unit.objects.in_bulk(list(wanted)) if wanted else {}
    return [
        Chapter(
            one,
            _heading(one),
            _details(one, units),
            _paragraphs(one),
            readable and one.step.kind in OFFICIAL and one.step.shown,
        )
        for one in story
    ]
