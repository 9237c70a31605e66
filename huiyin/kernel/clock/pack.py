"""Policy packs: limits and grounds as data, each with the article that it comes from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from huiyin.kernel.clock.explanation import EVENTS

Unit = Literal["days", "working_days", "months"]
Roll = Literal["none", "next_working_day"]
Source = Literal["law", "house"]

KEYS = (
    "acknowledge", "forward", "accept", "object", "dispute", "conclude", "extend", "ask_review",
    "review", "ask_final_review", "final_review", "remedy_check", "close_question",
)  # fmt: skip
PERSONS_OWN = frozenset({"ask_review", "ask_final_review", "close_question"})
SHORTEST_MONTH = 28


class PackError(ValueError):
    """A policy pack is missing or malformed; the message names the pack and the place."""


class LimitLengthened(ValueError):
    """A change would leave the person worse off than the pack does."""


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Rule:
    """One limit: `days` many `unit`s after the day of the event `counts_from`.

    `warn_days` are days before the end, `pauses` the reasons that stop the count.
    `shortened_from` and `shortened_unit` say what the pack had, if the organisation changed it.
    """

    key: str
    days: int
    unit: Unit
    counts_from: str
    roll: Roll
    article: Text
    source: Source
    warn_days: tuple[int, ...]
    pauses: tuple[str, ...] = ()
    note: Text = Text()
    shortened_from: int = 0
    shortened_unit: str = ""

    def changed(self, days: int, unit: Unit | None = None) -> "Rule":
        """Return the rule with other `days`; raise LimitLengthened if the person loses by it.

        What the organisation owes may only become shorter, the time that the person has for a
        choice only longer. Another unit is allowed where the outcome is certain: working days or
        months may become natural days (a month counts as 28), nothing else.
        """
        unit = unit or self.unit
        if days < 1:
            raise LimitLengthened(f"{self.key}: a limit is at least one day")
        if self.key in PERSONS_OWN:
            if unit != self.unit or days < self.days:
                raise LimitLengthened(f"{self.key}: the person's own time may not be cut")
        elif unit == self.unit:
            if days > self.days:
                raise LimitLengthened(f"{self.key}: {days} {unit} is longer than {self.days}")
        else:
            most = self.days * (SHORTEST_MONTH if self.unit == "months" else 1)
            if unit != "days" or days > most:
                raise LimitLengthened(f"{self.key}: {days} {unit} may be longer than the pack's")
        if (days, unit) == (self.days, self.unit):
            return self
        return replace(
            self, days=days, unit=unit, shortened_from=self.days, shortened_unit=self.unit
        )


@dataclass(frozen=True)
class Ground:
    """A ground on which a letter may be declined, and where the person can turn instead."""

    key: str
    text: Text
    article: Text
    turn_to: Text
    source: Source


@dataclass(frozen=True)
class Group:
    """How many represent a group that comes in person, at most; whom, it chooses itself."""

    representatives: int
    article: Text


@dataclass(frozen=True)
class Pack:
    """A policy pack. `counting` says how days are counted and on what authority."""

    name: str
    title: Text
    citation: Text
    counting: Text
    country: str
    rules: Mapping[str, Rule]
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    group: Group | None = None

    def shortened(self, changes: Mapping[str, int | tuple[int, Unit]]) -> "Pack":
        """Return the pack as the organisation changed it; LimitLengthened, KeyError."""
        rules = dict(self.rules)
        for key, change in changes.items():
            days, unit = change if isinstance(change, tuple) else (change, None)
            rules[key] = rules[key].changed(days, unit)
        return replace(self, rules=rules)


@cache
def load_pack(name: str) -> Pack:
    """Return the pack of that name that is installed; raise PackError."""
    folder = resources.files("huiyin.kernel.clock.packs")
    known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir()
                   if entry.name.endswith(".toml"))  # fmt: skip
    if name not in known:
        raise PackError(f"no policy pack {name!r}; there are {', '.join(known)}")
    return parse_pack(name, folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def parse_pack(name: str, toml: str) -> Pack:
    """Return the pack written in `toml`; raise PackError naming what is wrong and where."""
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{name}: {error}") from error
    tables = _value(name, data, "rules", dict)
    if wrong := set(KEYS) ^ set(tables):
        raise PackError(f"{name}: rules missing or unknown: {', '.join(sorted(wrong))}")
    _only(name, data, {"title", "citation", "counting", "country", "rules", "grounds", "group"})
    grounds = [_ground(f"{name}, ground {n}", row) for n, row in
               enumerate(data.get("grounds", []), 1)]  # fmt: skip
    if len({ground.key for ground in grounds}) != len(grounds):
        raise PackError(f"{name}: two grounds have one key")
    return Pack(
        name=name,
        title=_text(name, data, "title"),
        citation=_text(name, data, "citation"),
        counting=_text(name, data, "counting"),
        country=_value(name, data, "country", str),
        rules={key: _rule(f"{name}, {key}", key, tables[key]) for key in KEYS},
        grounds={ground.key: ground for ground in grounds},
        group=_group(f"{name}, group", data["group"]) if "group" in data else None,
    )


def _group(where: str, row: Any) -> Group:
    _only(where, row, {"representatives", "article"})
    most = _value(where, row, "representatives", int)
    if most < 1:
        raise PackError(f"{where}: at least one represents a group")
    return Group(most, _text(where, row, "article"))


def _rule(where: str, key: str, row: Any) -> Rule:
    allowed = {"days", "unit", "counts_from", "roll", "article", "source", "warn_days", "pauses",
               "note"}  # fmt: skip
    _only(where, row, allowed)
    rule = Rule(
        key=key,
        days=_value(where, row, "days", int),
        unit=cast(Unit, _choice(where, row, "unit", ("days", "working_days", "months"))),
        counts_from=_choice(where, row, "counts_from", tuple(EVENTS)),
        roll=cast(Roll, _choice(where, row, "roll", ("none", "next_working_day"))),
        source=cast(Source, _choice(where, row, "source", ("law", "house"))),
        article=_text(where, row, "article") if "article" in row else Text(),
        warn_days=tuple(_value(where, row, "warn_days", list)),
        pauses=tuple(_value(where, {"pauses": [], **row}, "pauses", list)),
        note=_text(where, row, "note"),
    )
    return _checked(where, rule)


def _checked(where: str, rule: Rule) -> Rule:
    if rule.days < 1:
        raise PackError(f"{where}: days must be at least 1")
    if rule.source == "law" and not rule.article.zh:
        raise PackError(f"{where}: a rule of law cites its article")
    if any(not isinstance(day, int) or day < 0 for day in rule.warn_days):
        raise PackError(f"{where}: warn_days are whole days before the end")
    if any(not isinstance(reason, str) for reason in rule.pauses):
        raise PackError(f"{where}: pauses are reasons in words")
    return rule


def _ground(where: str, row: Any) -> Ground:
    _only(where, row, {"key", "text", "article", "turn_to", "source"})
    source = cast(Source, _choice(where, row, "source", ("law", "house")))
    article = _text(where, row, "article") if "article" in row else Text()
    if source == "law" and not article.zh:
        raise PackError(f"{where}: a ground of law cites its article")
    return Ground(
        key=_value(where, row, "key", str),
        text=_text(where, row, "text"),
        article=article,
        turn_to=_text(where, row, "turn_to"),
        source=source,
    )


def _only(where: str, row: Any, allowed: set[str]) -> None:
    if not isinstance(row, dict):
        raise PackError(f"{where}: a table is needed")
    if foreign := set(row) - allowed:
        raise PackError(f"{where}: unknown {', '.join(sorted(foreign))}")


def _value(where: str, row: Mapping[str, Any], key: str, kind: type) -> Any:
    value = row.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise PackError(f"{where}: {key} must be given as {kind.__name__}")
    return value


def _choice(where: str, row: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    value = row.get(key)
    if value not in choices:
        raise PackError(f"{where}: {key} must be one of {', '.join(choices)}")
    return str(value)


def _text(where: str, row: Mapping[str, Any], key: str) -> Text:
    value = row.get(key)
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise PackError(f"{where}: {key} needs a zh and an en text")
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise PackError(f"{where}: {key} is empty in one language")
    return Text(**value)
