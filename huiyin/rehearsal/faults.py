"""What is put in, what was noticed, and how the two agree. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# kind: in English, in Chinese
KINDS: Mapping[str, tuple[str, str]] = {
    "silent": ("no daily report that day", "当日未报每日报告"),
    "late": ("daily report after the cut-off", "每日报告超过截止时间"),
    "numbers": ("a number that contradicts the ledger", "数字与账本不符"),
    "changed": ("report changed after it was read", "报告签收后改动"),
    "urgent_late": ("urgent report too late after the event", "紧急报告超时"),
    "unacknowledged": ("a leader does not acknowledge an urgent report", "值班领导未按时签收紧急报告"),
    "next_missing": ("the promised next report does not come", "承诺的续报未到"),
    "fewer": ("fewer people than before, without a reason", "人数减少而未说明原因"),
    "danger": ("a letter with danger to life, no urgent report", "来信涉及生命危险而无紧急报告"),
    "left": ("a letter left lying beyond the window's limit", "来信超过特护期受理期限"),
    "unstood": ("a shift that nobody signed in to", "班次无人签到"),
    "unsigned": ("a handover that is not signed", "交接班未签字"),
    "line": ("the line is not tested before the window", "特护期前未测试通话"),
}  # fmt: skip

Key = tuple[str, str, str, str]


def mark_key(kind: str, unit: int, subject: str, day: object) -> Key:
    """Return what tells a mark apart: its kind, unit, subject and day."""
    return (f"mark {kind}", str(unit), subject, str(day))


def owed_key(kind: str, subject: str, of: str = "") -> Key:
    """Return what tells a deadline apart that climbed the ladder: its kind, subject and `of`."""
    return (f"owed {kind}", "", subject, of)


@dataclass
class Fault:
    """Something put in on purpose: where, when it goes wrong, and until when it is to be noticed.

    It is noticed when each of `needs` was; `also` are further things that follow from it. What is
    known only when it happens (the word of a letter in danger) is added then.
    """

    kind: str
    unit: int
    at: datetime
    by: datetime
    needs: list[Key] = field(default_factory=list)
    also: list[Key] = field(default_factory=list)
    came: datetime | None = None  # when what was late came after all, which the mark is to say

    @property
    def keys(self) -> list[Key]:
        """Everything that may be noticed because of it."""
        return [*self.needs, *self.also]


@dataclass(frozen=True)
class Noticed:
    """One thing that the service noticed: when first, and which posts it told (code, when, rung)."""

    at: datetime
    told: tuple[tuple[str, datetime, str], ...] = ()
    unit: str = ""
    came: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One fault beside what was noticed of it; `why` says what is wrong, "" for nothing."""

    fault: Fault
    at: datetime | None
    told: tuple[tuple[str, datetime, str], ...]
    why: str = ""

    @property
    def after(self) -> timedelta | None:
        """How long it took from going wrong to being noticed."""
        return self.at - self.fault.at if self.at is not None else None


@dataclass(frozen=True)
class Outcome:
    """All faults that could have been noticed by now, and what was noticed and never put in."""

    lines: Sequence[Line]
    invented: Mapping[Key, Noticed]

    @property
    def missing(self) -> list[Line]:
        """The faults that were not noticed, or not in time, or of which nobody was told."""
        return [one for one in self.lines if one.why]

    @property
    def status(self) -> int:
        """The exit status: 0 where everything was noticed and nothing invented."""
        return 1 if self.missing or self.invented else 0


def _line(fault: Fault, found: Mapping[Key, Noticed]) -> Line:
    have = [found[key] for key in fault.needs if key in found]
    told = tuple(
        sorted({one for key in fault.keys if key in found for one in found[key].told}, key=_by_time)
    )
    at = max((one.at for one in have), default=None)
    if not fault.needs or len(have) < len(fault.needs):
        return Line(fault, None, told, "not noticed")
    if not told:
        return Line(fault, at, told, "nobody was told")
    if at is not None and at > fault.by:
        return Line(fault, at, told, f"noticed only after {fault.by:%F %R}")
    if fault.came is not None and fault.came not in {one.came for one in have}:
        return Line(fault, at, told, "the mark does not say when it came")
    return Line(fault, at, told)


def _by_time(told: tuple[str, datetime, str]) -> tuple[datetime, str]:
    return told[1], told[0]


def compare(faults: Iterable[Fault], found: Mapping[Key, Noticed], until: datetime) -> Outcome:
    """Hold what was put in against what was noticed, both up to `until`; keys match exactly.

    A fault that is to be noticed only later is left out, and is no reason for anything invented.
    """
    every = list(faults)
    lines = [_line(one, found) for one in every if one.by <= until]
    claimed = {key for one in every for key in one.keys}
    return Outcome(
        sorted(lines, key=lambda line: (line.fault.at, line.fault.kind, line.fault.unit)),
        {key: one for key, one in found.items() if key not in claimed},
    )
