"""Why a date is the date that it is, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Language = Literal["zh", "en"]

EVENTS: Mapping[str, tuple[str, str]] = {
    "receipt": ("收到", "receipt"),
    "acknowledgement": ("告知收到", "acknowledgement of receipt"),
    "acceptance": ("受理", "acceptance"),
    "forwarding": ("收到转送", "the forwarding"),
    "objection": ("提出异议", "the objection"),
    "answer": ("收到书面答复", "receipt of the answer"),
    "review_answer": ("收到复查意见", "receipt of the review's answer"),
    "request": ("收到请求", "receipt of the request"),
    "limit_end": ("原期限届满", "the end of the limit"),
    "remedy": ("报告整改完成", "the report that the remedy is done"),
    "question": ("征询意见", "the question"),
    "promise": ("承诺", "the promise"),
}
_UNITS: Mapping[str, tuple[str, str, str]] = {
    "days": ("日", "day", "days"),
    "working_days": ("个工作日", "working day", "working days"),
    "months": ("个月", "month", "months"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """What led to a date; dates are ISO strings, so that it is JSON as it stands.

    `days` 0 means that the last day was promised, not counted; with `until`, a local time of that
    day, the end was set by what `because` says. `pauses` are (first, last) dates,
    `paused` the days that they added. `unknown_years` are those whose holidays are not published.
    """

    rule: str
    days: int
    unit: str
    counts_from: str
    started: str
    last_day: str
    source: str
    article_zh: str = ""
    article_en: str = ""
    rolled_from: str = ""
    shortened_from: int = 0
    shortened_unit: str = ""
    extended: int = 0
    extended_unit: str = "days"
    extended_article_zh: str = ""
    extended_article_en: str = ""
    paused: int = 0
    pauses: tuple[tuple[str, str], ...] = ()
    unknown_years: tuple[int, ...] = field(default=())
    until: str = ""
    because_zh: str = ""
    because_en: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        plain = dict(vars(self))
        plain["pauses"] = [list(pause) for pause in self.pauses]
        plain["unknown_years"] = list(self.unknown_years)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Explanation":
        """Return what `to_dict` gave; TypeError if a key is missing or foreign."""
        values = dict(plain)
        values["pauses"] = tuple((first, last) for first, last in values.get("pauses", ()))
        values["unknown_years"] = tuple(values.get("unknown_years", ()))
        return cls(**values)

    def text(self, language: Language) -> str:
        """Return the sentence for the page."""
        if language == "zh":
            return _chinese(self)
        if language == "en":
            return _english(self)
        raise ValueError(f"no explanation in {language!r}")


def _zh_date(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _en_date(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _zh_span(count: int, unit: str) -> str:
    return f"{count}{_UNITS[unit][0]}"


def _en_span(count: int, unit: str) -> str:
    return f"{count} {_UNITS[unit][1 if count == 1 else 2]}"


def _chinese(why: Explanation) -> str:
    if why.until:
        return f"{why.because_zh}，{_zh_date(why.last_day)}{why.until}止"
    if why.days == 0:
        return f"{_zh_date(why.started)}承诺，{_zh_date(why.last_day)}止"
    ground = why.article_zh if why.source == "law" else "本单位规定"
    parts = [
        f"自{_zh_date(why.started)}{EVENTS[why.counts_from][0]}之日起"
        f"{_zh_span(why.days, why.unit)}（{ground}）"
    ]
    if why.shortened_from:
        was = _zh_span(why.shortened_from, why.shortened_unit)
        parts.append(f"本单位已由{was}调整为{_zh_span(why.days, why.unit)}")
    if why.pauses:
        spans = "、".join(f"{_zh_date(a)}至{_zh_date(b)}" for a, b in why.pauses)
        unit = "个工作日" if why.unit == "working_days" else "日"
        parts.append(f"{spans}中止计算，顺延{why.paused}{unit}")
    if why.extended:
        article = f"（{why.extended_article_zh}）" if why.extended_article_zh else ""
        parts.append(f"经批准延长{_zh_span(why.extended, why.extended_unit)}{article}")
    if why.rolled_from:
        parts.append(f"{_zh_date(why.rolled_from)}为休息日，顺延至下一工作日")
    parts.append(f"{_zh_date(why.last_day)}止")
    text = "，".join(parts)
    if why.unknown_years:
        years = "、".join(f"{year}年" for year in why.unknown_years)
        text += f"（{years}放假安排尚未公布，暂按较短的期限计算）"
    return text


def _english(why: Explanation) -> str:
    if why.until:
        return f"{why.because_en}; ends on {_en_date(why.last_day)} at {why.until}"
    if why.days == 0:
        return f"promised on {_en_date(why.started)}; ends on {_en_date(why.last_day)}"
    ground = why.article_en if why.source == "law" else "a rule of the organisation's own"
    parts = [
        f"{_en_span(why.days, why.unit)} from {EVENTS[why.counts_from][1]} on "
        f"{_en_date(why.started)}, {ground}"
    ]
    if why.shortened_from:
        was = _en_span(why.shortened_from, why.shortened_unit)
        parts.append(f"changed by the organisation from {was} to {_en_span(why.days, why.unit)}")
    if why.pauses:
        spans = " and ".join(f"from {_en_date(a)} to {_en_date(b)}" for a, b in why.pauses)
        unit = why.unit if why.unit == "working_days" else "days"
        parts.append(f"paused {spans}, which adds {_en_span(why.paused, unit)}")
    if why.extended:
        article = f", {why.extended_article_en}" if why.extended_article_en else ""
        parts.append(f"extended by {_en_span(why.extended, why.extended_unit)}{article}")
    if why.rolled_from:
        parts.append(f"{_en_date(why.rolled_from)} is a holiday; rolled to the next working day")
    parts.append(f"ends on {_en_date(why.last_day)}")
    text = "; ".join(parts)
    if why.unknown_years:
        years = ", ".join(str(year) for year in why.unknown_years)
        text += f" (the holidays of {years} are not published yet; the shorter reading is used)"
    return text
