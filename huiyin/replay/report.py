"""What a replay has shown: late answers, warnings and escalations, by month."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from huiyin.importing.rows import Letter
from huiyin.kernel.clock import limits
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.clock.policy import policy
from huiyin.parts.cases.models import Case

COLUMNS = ("letters", "answers", "late", "warn", "owner", "deputy", "head", "parent")
RUNGS = COLUMNS[4:]


@dataclass
class Month:
    """Counts of one month: letters received, answers given, of these late, warnings and
    escalations sent (by the rung of the ladder that they reached)."""

    letters: int = 0
    answers: int = 0
    late: int = 0
    warn: int = 0
    owner: int = 0
    deputy: int = 0
    head: int = 0
    parent: int = 0


@dataclass
class Report:
    """Figures of a replay."""

    months: dict[str, Month] = field(default_factory=dict)
    late_by_reading: dict[str, int] = field(default_factory=dict)
    letters_warned: int = 0
    letters_escalated: int = 0

    def total(self, column: str) -> int:
        """Return the sum of a column."""
        return sum(getattr(month, column) for month in self.months.values())

    def figures(self) -> dict[str, object]:
        """Return what the last line of the command says."""
        return {
            "letters": self.total("letters"),
            "answers": self.total("answers"),
            "late": self.total("late"),
            "late_by_reading": self.late_by_reading,
            "warnings": self.total("warn"),
            "escalations": sum(self.total(rung) for rung in RUNGS),
            "escalations_by_rung": {rung: self.total(rung) for rung in RUNGS},
            "letters_warned": self.letters_warned,
            "letters_escalated": self.letters_escalated,
        }


def _month(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m}"


def _without_gaps(names: set[str]) -> list[str]:
    """Return every month from the first to the last of these ("2019-04")."""
    numbers = [int(name[:4]) * 12 + int(name[5:]) - 1 for name in names]
    whole = range(min(numbers, default=0), max(numbers, default=-1) + 1)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in whole]


def gather() -> Report:
    """Read from the replay's database what happened."""
    report = Report()
    zone = ZoneInfo(policy().calendar.zone)
    tally: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
    for received in Case.objects.values_list("received_at", flat=True):
        tally["letters"][_month(received, zone)] += 1
    concluded = Deadline.objects.filter(kind="case.conclude", state=Deadline.State.MET)
    for ended, due in concluded.values_list("ended_at", "due_at"):
        assert ended is not None  # since it is met
        tally["answers"][_month(ended, zone)] += 1
        tally["late"][_month(ended, zone)] += ended >= due
    warned: set[int] = set()
    escalated: set[int] = set()
    for deadline, kind, rung, at in Step.objects.values_list(
        "deadline_id", "kind", "rung", "planned_at"
    ):
        tally["warn" if kind == "warn" else rung][_month(at, zone)] += 1
        (warned if kind == "warn" else escalated).add(deadline)
    names = _without_gaps(set().union(*tally.values()))
    report.months = {n: Month(**{c: tally[c][n] for c in COLUMNS}) for n in names}
    report.letters_warned, report.letters_escalated = len(warned), len(escalated)
    return report


def readings(letters: list[Letter]) -> dict[str, int]:
    """Return how many answers are late by each reading of when the 60 days begin.

    The first counts from the receipt. The others let every step before take all the time that the
    regulation gives: acceptance on the last of its 15 days; forwarding on the last of its own 15
    days before that.
    """
    in_force = policy()
    calendar = in_force.calendar

    def last_moment(rule: str, start: datetime) -> datetime:
        return limits.compute(in_force.rule(rule), start, calendar).due_at - timedelta(seconds=1)

    late = {"from_receipt": 0, "accepted_on_last_day": 0, "forwarded_and_accepted_on_last_day": 0}
    for one in letters:
        if one.answered_at is None:
            continue
        accepted = last_moment("accept", one.received_at)
        forwarded = last_moment("forward", one.received_at)
        starts = (one.received_at, accepted, last_moment("accept", forwarded))
        for name, start in zip(late, starts, strict=True):
            due = limits.compute(in_force.rule("conclude"), start, calendar).due_at
            late[name] += one.answered_at >= due
    return late


def check(report: Report) -> None:
    """Raise RuntimeError where two ways of counting the same thing disagree."""
    limits_ = Deadline.objects.filter(kind="case.conclude")
    missed = limits_.filter(ended_at__gte=F("due_at")).count()
    pairs = {
        "letters and their limits": (report.total("letters"), limits_.count()),
        "late by month and in all": (report.total("late"), missed),
        "late in the database and by the rule": (missed, report.late_by_reading["from_receipt"]),
        "late and escalated": (missed, report.letters_escalated),
    }
    for name, (left, right) in pairs.items():
        if left != right:
            raise RuntimeError(f"{name}: {left} and {right}")
