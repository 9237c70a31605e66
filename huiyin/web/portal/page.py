"""Everything that the writer's page of a letter shows, gathered in one place."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.models import Unit, in_language
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault.queries import Opening, is_sealed, openings
from huiyin.parts.cases import queries, rules, sealing
from huiyin.parts.cases.letters import KINDS as OFFICIAL
from huiyin.parts.cases.models import Case, Remedy
from huiyin.parts.cases.queries import Told
from huiyin.web.portal import attachments, words

ANSWERS = ("answered", "review_decided", "declined")


@dataclass(frozen=True)
class Event:
    """One step of the story as the writer reads it."""

    heading: str
    told: Told
    mine: bool
    said: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def official(self) -> int | None:
        """The number under which an official letter of it is made; None where there is none."""
        return self.told.step.number if self.told.step.kind in OFFICIAL else None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.told.step.at


@dataclass(frozen=True)
class Promised:
    """A remedy with its text opened and its deadline."""

    remedy: Remedy
    text: str
    deadline: Deadline | None
    may_judge: bool


def ground(key: str) -> list[tuple[str, str]]:
    """Return the legal ground of a refusal, its article, and where to turn instead."""
    found = policy().pack.grounds.get(key)
    if found is None:
        return [(_("Ground"), key)]
    article, stop = words.text_of(found.article), in_language("。", ".")
    cited = in_language(f"（{article}）", f" ({article})") if found.source == "law" else ""
    return [
        (_("Ground"), words.text_of(found.text) + cited + stop),
        (_("Where to turn instead"), words.text_of(found.turn_to) + stop),
    ]


def _said(told: Told) -> list[tuple[str, str]]:
    body, kind = told.body, told.step.kind
    if kind in {"answered", "review_decided"} and "facts" in body:
        return [
            (_("What was found"), body["facts"]),
            (_("Ground"), body["ground"]),
            (_("Decision"), body["decision"]),
        ]
    said = ground(told.step.facts["ground"]) if kind == "declined" else []
    if body.get("text"):
        said.append(("", str(body["text"])))
    return said


def _notes(told: Told) -> list[str]:
    facts = told.step.facts
    notes = []
    if told.step.kind == "extended" and "due" in facts:
        notes.append(_("The answer is now owed by %(day)s.") % {"day": last_day(str(facts["due"]))})
    if told.step.kind == "review_decided":
        notes.append(outcome_in_words(str(facts.get("outcome", ""))))
    if told.step.kind == "hearing_set" and "on" in facts:
        notes.append(_("On %(when)s") % {"when": when(str(facts["on"]))})
    return notes


def outcome_in_words(outcome: str) -> str:
    """Return the outcome of a review in words."""
    return {
        "upheld": _("The answer stands."),
        "changed": _("The answer is changed."),
        "returned": _("The letter is to be handled anew; a new answer is owed."),
    }.get(outcome, "")


def last_day(iso: str) -> str:
    """Return the last day before an ISO time that ends it, as the page shows days."""
    at = timezone.localtime(datetime.fromisoformat(iso) - timedelta.resolution)
    return formats.date_format(at, "DATE_FORMAT")


def when(iso: str) -> str:
    """Return an ISO time as the page shows times."""
    at = timezone.localtime(datetime.fromisoformat(iso))
    return formats.date_format(at, "DATETIME_FORMAT")


def story(case: Case, told: list[Told]) -> list[Event]:
    """Return the letter's story for its writer."""
    wanted = {one.step.facts["unit_id"] for one in told if "unit_id" in one.step.facts}
    units = {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in=wanted)} if wanted else {}
    return [
        Event(
            words.happened(one.step, units.get(one.step.facts.get("unit_id"), "")),
            one,
            one.step.by == "writer",
            _said(one),
            _notes(one),
        )
        for one in told
    ]


def promises(case: Case, due: list[Deadline], now: datetime) -> list[Promised]:
    """Return what was promised, with the date of each and whether the writer may judge it now."""
    running = {one.of: one for one in due if one.kind == "case.remedy"}
    found = []
    for remedy in case.remedies.order_by("number"):
        text = (
            sealing.unseal(case, f"remedy {remedy.number}", bytes(remedy.text)).decode()
            if case.text_key is not None
            else sealing.ERASED
        )
        deadline = running.get(str(remedy.number))
        over = deadline is None or deadline.due_at <= now
        may = remedy.state in {Remedy.State.DONE, Remedy.State.CONFIRMED} or (
            remedy.state == Remedy.State.PROMISED and over
        )
        found.append(Promised(remedy, text, deadline, may and case.stage != Case.Stage.WITHDRAWN))
    return found


def opened(case: Case) -> list[Opening]:
    """Return who opened the writer's identity, and why."""
    return openings(case.ref, sealing.text_key(case)) if case.text_key is not None else []


def context(case: Case, now: datetime) -> dict[str, Any]:
    """Return what the template of the letter's page needs."""
    told = queries.story(case, for_writer=True)
    due = queries.deadlines(case)
    sentence, tone = words.status(case)
    events = story(case, told)
    return {
        "case": case,
        "title": sealing.title(case),
        "sentence": sentence,
        "tone": tone,
        "owed": words.owed(due),
        "past": words.past(due),
        "story": events,
        "answers": [one for one in events if one.told.step.kind in ANSWERS],
        "files": attachments.listed(case.ref, sealing.text_key(case)) if case.text_key else [],
        "promises": promises(case, due, now),
        "openings": opened(case),
        "lies_with_nobody": queries.lies_with_nobody(case, now),
        "outside": organisation().outside_text,
        "sealed": is_sealed(case.ref),
        "moves": queries.moves(case, {rules.Who.WRITER}),
        "rated": case.ratings.filter(level=case.level).exists(),
        "review_level": rules.review_level(case.stage, case.level),
        "now": now,
        "section": "letter",
    }
