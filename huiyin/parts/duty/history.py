"""Who stood how much of each class before a roster, so that fairness is carried from year to year.

What counts is what a roster in force had somebody stand, with what was entered from before the first
roster (`Served`). It is read for one unit, by whoever plans there, and kept nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Count, Min

from huiyin.kernel.units.models import Unit
from huiyin.parts.duty.access import IN_FORCE
from huiyin.parts.duty.models import Assignment, Capacity, Eligible, Served
from huiyin.parts.duty.solving.problem import LEADS

Counts = Mapping[int, Mapping[str, float]]


def stood(unit: Unit, users: Collection[int], before: date) -> Counts:
    """Return by user and class how many of the unit's shifts they stood before the day."""
    past = Assignment.objects.filter(
        user__in=users,
        roster__unit=unit,
        roster__state__in=IN_FORCE,
        shift__cancelled_at=None,
        shift__day__lt=before,
    )
    found: dict[int, Counter[str]] = {user: Counter() for user in users}
    for user, klass, capacity, number in past.values_list(
        "user", "shift__klass", "capacity"
    ).annotate(number=Count("pk")):
        found[user][klass] += number
        if capacity == Capacity.LEADER:
            found[user][LEADS] += number
    for one in Served.objects.filter(unit=unit, user__in=users):
        found[one.user_id][one.klass] += one.shifts
    return found


def carried(unit: Unit, users: Collection[int], before: date) -> Counts:
    """Return what is carried into a roster: what each stood, and for newcomers what others had.

    Whoever joined on a day is credited what those who were there already had stood on average by
    then, so that nobody is loaded with shifts for years in which they were not here.
    """
    counts = {user: dict(of) for user, of in stood(unit, users, before).items()}
    joined = _joined(unit, users)
    whole = {user: dict(of) for user, of in counts.items()}
    for user, day in sorted(joined.items(), key=lambda pair: pair[1]):
        older = [one for one in users if one != user and joined.get(one, date.min) < day]
        if not older:
            continue
        then = stood(unit, older, day)
        credit = _average([then[one] for one in older])
        whole[user] = {
            klass: counts[user].get(klass, 0.0) + credit.get(klass, 0.0)
            for klass in counts[user].keys() | credit.keys()
        }
    return whole


def _joined(unit: Unit, users: Collection[int]) -> dict[int, date]:
    """Return the day on which each first could serve; absent for who always could."""
    always = set(
        Eligible.objects.filter(point__unit=unit, user__in=users, begins=None).values_list(
            "user", flat=True
        )
    )
    first = (
        Eligible.objects.filter(point__unit=unit, user__in=users)
        .exclude(user__in=always)
        .values_list("user")
        .annotate(first=Min("begins"))
    )
    return dict(first)


def _average(of: Iterable[Mapping[str, float]]) -> dict[str, float]:
    every = list(of)
    total: dict[str, float] = defaultdict(float)
    for one in every:
        for klass, number in one.items():
            total[klass] += number
    return {klass: number / len(every) for klass, number in total.items()}
