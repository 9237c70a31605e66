"""A rule that a roster breaks, in plain words: what the check found, and what the solver could not hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from huiyin.kernel.units.models import in_language
from huiyin.parts.duty.models import DutyPoint, Pattern, Shift
from huiyin.parts.duty.rules import Finding

RULES = {
    "uncovered": lazy("Open, but no shift is set"),
    "too_few": lazy("Too few people"),
    "too_many": lazy("More people than needed"),
    "leaders": lazy("No leader"),
    "deputies": lazy("No deputy"),
    "skill": lazy("A skill is missing"),
    "not_eligible": lazy("May not serve there"),
    "off": lazy("On leave"),
    "fixed": lazy("A fixed assignment is not kept"),
    "forbidden": lazy("A forbidden assignment"),
    "overlap": lazy("Two shifts at once"),
    "rest": lazy("Too little rest"),
    "most_in_row": lazy("Too many days in a row"),
    "most_week_minutes": lazy("Too many hours in a week"),
    "most_minutes": lazy("Too many hours in all"),
    "least_minutes": lazy("Too few hours in all"),
    "most_of": lazy("Too many shifts of this kind"),
    "most_weekends": lazy("Too many weekends"),
    "least_in_row": lazy("Too few days in a row"),
    "least_off_in_row": lazy("Too few days off in a row"),
    "not_before": lazy("One shift may not follow the other"),
}
WHY = {
    "leave": lazy("leave"),
    "dates": lazy("not admitted on that day"),
    "forbidden": lazy("forbidden beforehand"),
    "after": lazy("a shift soon after, in the next roster"),
    "begun": lazy("the shift has begun"),
    "fixed": lazy("fixed beforehand"),
    "stays": lazy("assigned before"),
    "elsewhere": lazy("a shift at another unit"),
}


@dataclass(frozen=True)
class Said:
    """One broken rule for a page: its short name, the sentence, whether it leaves a gap."""

    rule: str
    name: str
    text: str
    grave: bool
    shifts: tuple[int, ...] = ()


GRAVE = frozenset({"uncovered", "too_few", "leaders", "overlap", "off", "not_eligible"})


def day(one: date) -> str:
    """Return a day with its day of the week, short."""
    return str(formats.date_format(one, in_language("n月j日（周D）", "D j M")))


def days(those: Sequence[date]) -> str:
    """Return days, a run of three or more as first to last."""
    if len(those) >= 3 and (those[-1] - those[0]).days == len(those) - 1:
        return _("%(first)s to %(last)s") % {"first": day(those[0]), "last": day(those[-1])}
    return in_language("、", ", ").join(day(one) for one in those)


def hours(minutes: int) -> str:
    """Return minutes as hours, halves and quarters too."""
    whole = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": whole}


def name(user: User) -> str:
    """Return what somebody is called on the pages of duty."""
    return user.get_full_name() or user.username


class Names:
    """The names of people, shifts and points that sentences need, read in three queries."""

    def __init__(self, people: Iterable[int], shifts: Iterable[int] = (), patterns: Iterable[int] = (),
                 points: Iterable[int] = ()) -> None:  # fmt: skip
        self.people = {one.pk: name(one) for one in User.objects.filter(pk__in=set(people))}
        found = Shift.objects.filter(pk__in=set(shifts)).select_related("pattern", "point")
        self.shifts = {one.pk: f"{one.point} {one.pattern}" for one in found}
        wanted = Pattern.objects.filter(pk__in=set(patterns)).select_related("point")
        self.patterns = {one.pk: f"{one.point} {one}" for one in wanted}
        self.points = {one.pk: str(one) for one in DutyPoint.objects.filter(pk__in=set(points))}

    def list(self, people: Iterable[int]) -> str:
        """Return the people's names, in a row."""
        return in_language("、", ", ").join(self.people.get(one, "?") for one in people)


def _sentence(rule: str, told: Mapping[str, Any]) -> str:
    """Return the sentence of a rule; `told` holds day, days, who, shift, number, skill, hours."""
    sentences = {
        "uncovered": _("%(shift)s is open on %(day)s from %(span)s, and no shift is set for it."),
        "too_few": _("%(shift)s on %(day)s lacks people: %(number)s."),
        "too_many": _("%(shift)s on %(day)s has more people than it needs: %(number)s."),
        "leaders": _("%(shift)s on %(day)s has no leader: %(number)s lacking."),
        "deputies": _("%(shift)s on %(day)s has no deputy: %(number)s lacking."),
        "skill": _("%(shift)s on %(day)s lacks the skill “%(skill)s”."),
        "not_eligible": _("%(who)s may not serve on %(shift)s on %(day)s in that capacity."),
        "off": _("%(who)s is on leave on %(days)s."),
        "fixed": _("%(who)s was fixed to %(shift)s on %(day)s."),
        "forbidden": _("%(who)s can’t stand %(shift)s on %(day)s."),
        "overlap": _("%(who)s has two shifts at once on %(days)s."),
        "rest": _("%(who)s has too little rest between %(days)s."),
        "most_in_row": _("%(who)s stands too many days in a row: %(days)s."),
        "most_week_minutes": _("%(who)s stands too many hours in the week of %(day)s."),
    }
    return sentences.get(rule, _("%(who)s: %(rule)s.")) % {
        **told,
        "rule": str(RULES.get(rule, rule)),
    }


def said(findings: Sequence[Finding]) -> list[Said]:
    """Return what the check found, in sentences."""
    names = Names(
        (user for one in findings for user in one.people),
        (shift for one in findings for shift in one.shifts),
        points=(one.point for one in findings if one.point),
    )
    return [_said(one, names) for one in findings]


def _said(one: Finding, names: Names) -> Said:
    shift = names.shifts.get(one.shifts[0], "") if one.shifts else ""
    told = {
        "day": day(one.days[0]) if one.days else "",
        "days": days(one.days),
        "who": names.list(one.people),
        "shift": shift or names.points.get(one.point or 0, ""),
        "number": one.number,
        "skill": one.skill,
        "span": _clock(one),
    }
    text = _sentence(one.rule, told)
    if one.rule == "rest":
        text += in_language("", " ") + _("Rest: %(hours)s.") % {"hours": hours(one.number or 0)}
    if one.rule == "most_week_minutes":
        text += in_language("", " ") + _("In all: %(hours)s.") % {"hours": hours(one.number or 0)}
    return Said(one.rule, str(RULES[one.rule]), text, one.rule in GRAVE, one.shifts)


def _clock(one: Finding) -> str:
    if one.span is None:
        return ""
    starts, ends = timezone.localtime(one.span.starts), timezone.localtime(one.span.ends)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def solver_said(told: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Return the exceptions or the conflict of a solve (see applying.told), in sentences."""
    names = Names(
        (user for one in told for user in one["people"]),
        patterns=(one["pattern"] for one in told if one["pattern"]),
    )
    found = []
    for one in told:
        on = [date.fromisoformat(text) for text in one["days"]]
        text = _wanted(
            one["rule"],
            {
                "day": day(on[0]) if on else "",
                "days": days(on),
                "who": names.list(one["people"]),
                "shift": names.patterns.get(one["pattern"] or 0, ""),
            },
        )
        why = in_language("、", ", ").join(str(WHY[word]) for word in one["why"])
        found.append(
            Said(
                one["rule"],
                str(RULES.get(one["rule"], one["rule"])),
                f"{text}{in_language('（', ' (')}{why}{in_language('）', ')')}" if why else text,
                one["rule"] in GRAVE,
            )
        )
    return found


def _wanted(rule: str, told: Mapping[str, str]) -> str:
    """Return what a rule asks for: in a conflict each of them is right, but not all together."""
    wants = {
        "too_few": _("%(shift)s on %(day)s needs its people"),
        "too_many": _("%(shift)s on %(day)s takes no more people than it needs"),
        "leaders": _("%(shift)s on %(day)s needs somebody who may lead it"),
        "skill": _("%(shift)s on %(day)s needs somebody with a skill"),
        "off": _("%(who)s is away on %(days)s"),
        "fixed": _("%(who)s is fixed to %(shift)s on %(day)s"),
        "forbidden": _("%(who)s can’t stand %(shift)s on %(day)s"),
        "rest": _("%(who)s needs rest between %(days)s"),
        "most_in_row": _("%(who)s stands no more days in a row than the rules say, %(days)s"),
        "most_week_minutes": _(
            "%(who)s stands no more hours in the week of %(day)s than the rules say"
        ),
    }
    known = wants.get(rule)
    if known is None:
        return _("%(who)s: %(rule)s") % {**told, "rule": str(RULES.get(rule, rule))}
    return known % told
