"""What frames some days of one person's roster: what comes before, what after, what is left of sums.

Compiled, since annealing asks for thousands of frames a second.
"""

import numpy as np
from numba import njit

from huiyin.parts.duty.solving.paths import Bools, Ints


@njit(cache=True, nogil=True)
def state_before(row: Ints, first: int, rows: Ints, group: Ints) -> int:
    """The state (numbered as in paths.py) on the day before `first` of a person's `row` (days,)."""
    most, least_off = rows[1], rows[3]
    if first == 0:
        return int(least_off - 1)
    day = first - 1
    works = row[day] >= 0
    length = 0
    while day >= 0 and (row[day] >= 0) == works:
        length += 1
        day -= 1
    if not works:
        return int(least_off - 1 if day < 0 else min(length, least_off) - 1)
    return int(least_off + group[row[first - 1]] * most + min(length, most) - 1)


@njit(cache=True, nogil=True)
def acceptable(row: Ints, last: int, rows: Ints, follows: Bools) -> Bools:
    """Which states after day `last` - 1 agree with the row from day `last` on, (states,)."""
    least, most, bound, rest = rows[0], rows[1], rows[2], rows[3]
    groups = follows.shape[0]
    days = row.shape[0]
    accept = np.ones(rest + groups * most, np.bool_)
    if last == days:
        return accept
    works = row[last] >= 0
    day = last
    while day < days and (row[day] >= 0) == works:
        day += 1
    length = day - last
    ends = day == days
    for j in range(1, rest + 1):
        if works:
            accept[j - 1] = j >= rest and (ends or length >= least)
        else:
            accept[j - 1] = ends or j + length >= rest
    for g in range(groups):
        for k in range(1, most + 1):
            whole = k == last  # the row began with the problem
            if works:
                fits = bound == 0 or k + length <= most
                fits = fits and (ends or whole or k + length >= least)
                fits = fits and follows[g, row[last]]
            else:
                fits = (whole or k >= least) and (ends or length >= rest)
            accept[rest + g * most + k - 1] = fits
    return accept


@njit(cache=True, nogil=True)
def units_between(
    least: int, most: int, rows: Ints, largest: int, length: int
) -> tuple[Ints, Ints]:
    """Between what units must lie after each of `length` days, to end within least and most."""
    bottom = np.zeros(length, np.int64)
    top = np.zeros(length, np.int64)
    cycle = rows[1] + rows[3]
    for d in range(length):
        left = length - 1 - d
        if rows[2]:
            left = (left // cycle) * rows[1] + min(left % cycle, rows[1])
        top[d] = min(most, (d + 1) * largest)
        bottom[d] = min(max(0, least - left * largest), top[d])
    return bottom, top


@njit(cache=True, nogil=True)
def outside(
    row: Ints, first: int, last: int, units: Ints, weekend: Ints, limited: Ints, limits: Ints
) -> tuple[int, int, Ints]:
    """Units and weekends stood outside of the days, and what is left of each limited count."""
    total = 0
    weekends = 0
    left = limits.copy()
    days = row.shape[0]
    for d in range(days):
        inside = first <= d < last
        s = row[d]
        if not inside and s >= 0:
            total += units[s]
            if limited[s] >= 0:
                left[limited[s]] -= 1
        if weekend[d] == 1:
            worked = not inside and s >= 0
            if d + 1 < days and weekend[d + 1] == 2 and not (first <= d + 1 < last):
                worked = worked or row[d + 1] >= 0
            if worked:
                weekends += 1
    return total, weekends, left


@njit(cache=True, nogil=True)
def weekends_inside(
    row: Ints, first: int, last: int, weekend: Ints, allowed: int
) -> tuple[Ints, Ints]:
    """The kind of each day (as in paths.py) and how many weekends may be worked up to it."""
    kinds = weekend[first:last].copy()
    if last < row.shape[0] and weekend[last] == 2 and row[last] >= 0:
        kinds[-1] = 0  # counted already, by its Sunday
    most = np.zeros(last - first, np.int64)
    count = 0
    for d in range(last - first):
        if kinds[d] == 1 or (kinds[d] == 2 and d == 0):
            count += 1
        most[d] = min(count, allowed)
    return kinds, most
