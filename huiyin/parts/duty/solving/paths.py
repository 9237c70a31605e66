"""The cheapest roster of one person, as a shortest path over days (compiled by Numba).

A label says where a person is after a day: the state (`work(group, length of the row)` or
`off(length of the row)`), the weekends worked and the minutes worked, in units. Of the labels with
the same three only the cheapest is kept, with its count of each shift that may be stood only so
often. Where no such count binds the path is the optimum; where one does it is a good roster that
holds every rule. Without those counts (`limits` of length 0) the cost is a lower bound in any case.

Rows are capped: off rows at the least length, work rows at the most (or the least, if there is no
most). State numbers: `off(j)` is j - 1 for j = 1..o, `work(g, k)` is o + g * K + k - 1; all of them
come once for each value of the counts that are part of the state.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 1e30
OFF = -1


@njit(cache=True, nogil=True)
def thin(price: Floats, open_: Bools, alike: Ints) -> Bools:
    """Of shifts that are alike (same number in `alike`, not -1) only the cheapest of a day stays."""
    days, shifts = price.shape
    kept = open_.copy()
    best = np.full(shifts, -1)
    for d in range(days):
        best[:] = -1
        for s in range(shifts):
            kind = alike[s]
            if kind < 0 or not open_[d, s]:
                continue
            other = best[kind]
            if other < 0:
                best[kind] = s
            elif price[d, s] < price[d, other]:
                kept[d, other] = False
                best[kind] = s
            else:
                kept[d, s] = False
    return kept


@njit(cache=True, nogil=True)
def cheapest(  # noqa: PLR0912, PLR0915
    first: int,
    price: Floats,
    open_: Bools,
    idle: Bools,
    group: Ints,
    follows: Bools,
    units: Ints,
    rows: Ints,
    start: int,
    accept: Bools,
    unit_from: Ints,
    unit_to: Ints,
    weekend: Ints,
    weekends_from: Ints,
    weekends_to: Ints,
    limited: Ints,
    limits: Ints,
    strides: Ints,
) -> tuple[float, Ints]:
    """The cheapest path over `n` days from day `first`, and what it stands (OFF or a shift).

    price, open_: (n, shifts), the cost of a shift and whether it may be stood; idle: (n,), whether
    a day off may be. group: (shifts,); follows: (groups, shifts), whether a shift may come on the
    day after one of a group. units: (shifts,). rows: least in row, most in row (capped, K), whether
    most binds, least off in row (o). start: the state before day `first`. accept: (states,), at the
    end. unit_from/to, weekends_from/to: (n,), between what the sums must lie after each day.
    weekend: (n,), 0 on a weekday, 1 on a weekend's first day, 2 on its second. limited: (shifts,),
    the place of a shift in `limits`, or -1. strides: (limits,), how far apart two values of a count
    are that is part of the state, or 0. The cost is NEVER if there is no path.
    """
    days, shifts = price.shape
    least, most, bound, rest = rows[0], rows[1], rows[2], rows[3]
    groups = follows.shape[0]
    base = rest + groups * most
    states = base
    for kind in range(limits.shape[0]):
        if strides[kind] > 0:
            states *= limits[kind] + 1
    width = 1
    height = 1
    for d in range(days):
        width = max(width, unit_to[d] - unit_from[d] + 1)
        height = max(height, weekends_to[d] - weekends_from[d] + 1)
    kinds = limits.shape[0]

    cost = np.full((states, height, width), NEVER)
    after = np.full((states, height, width), NEVER)
    counts = np.zeros((max(kinds, 1), states, height, width), np.uint8)
    counts_after = np.zeros((max(kinds, 1), states, height, width), np.uint8)
    came_from = np.full((days, states, height, width), -1, np.int16)
    came_by = np.full((days, states, height, width), OFF, np.int8)

    # Before the first day there is one label; its sums are 0.
    cost[start, 0, 0] = 0.0
    unit_base = 0
    week_base = 0

    for d in range(days):
        new_unit = unit_from[d]
        new_week = weekends_from[d]
        n_units = unit_to[d] - new_unit + 1
        n_weeks = weekends_to[d] - new_week + 1
        old_units = 1 if d == 0 else unit_to[d - 1] - unit_base + 1
        old_weeks = 1 if d == 0 else weekends_to[d - 1] - week_base + 1
        after[:, :, :] = NEVER
        came = came_from[d]
        by = came_by[d]
        for state in range(states):
            copy = state // base
            inner = state % base
            works = inner >= rest
            k = (inner - rest) % most + 1 if works else inner + 1
            g = (inner - rest) // most if works else -1
            empty = True
            for w in range(old_weeks):
                for m in range(old_units):
                    if cost[state, w, m] < NEVER:
                        empty = False
                        break
                if not empty:
                    break
            if empty:
                continue
            # A day off.
            if idle[d] and (not works or k >= least or k == first + d):
                into = copy * base + (0 if works else min(inner + 1, rest - 1))
                shift_w = week_base - new_week
                shift_m = unit_base - new_unit
                for w in range(max(0, -shift_w), min(old_weeks, n_weeks - shift_w)):
                    for m in range(max(0, -shift_m), min(old_units, n_units - shift_m)):
                        c = cost[state, w, m]
                        if c < after[into, w + shift_w, m + shift_m]:
                            after[into, w + shift_w, m + shift_m] = c
                            came[into, w + shift_w, m + shift_m] = state
                            by[into, w + shift_w, m + shift_m] = OFF
            # A shift.
            if not works and k < rest:
                continue
            if works and k == most and bound == 1:
                continue
            length = min(k + 1, most) if works else 1
            add_w = 1 if weekend[d] == 1 or (weekend[d] == 2 and not works) else 0
            shift_w = week_base - new_week + add_w
            for s in range(shifts):
                if not open_[d, s] or (works and not follows[g, s]):
                    continue
                kind = limited[s]
                copy_into = copy
                if kind >= 0 and strides[kind] > 0:
                    if copy // strides[kind] % (limits[kind] + 1) == limits[kind]:
                        continue
                    copy_into += strides[kind]
                    kind = -1
                into = copy_into * base + rest + group[s] * most + length - 1
                p = price[d, s]
                shift_m = unit_base - new_unit + units[s]
                if kind < 0:
                    for w in range(max(0, -shift_w), min(old_weeks, n_weeks - shift_w)):
                        for m in range(max(0, -shift_m), min(old_units, n_units - shift_m)):
                            c = cost[state, w, m] + p
                            if c < after[into, w + shift_w, m + shift_m]:
                                after[into, w + shift_w, m + shift_m] = c
                                came[into, w + shift_w, m + shift_m] = state
                                by[into, w + shift_w, m + shift_m] = s
                else:
                    limit = limits[kind]
                    for w in range(max(0, -shift_w), min(old_weeks, n_weeks - shift_w)):
                        for m in range(max(0, -shift_m), min(old_units, n_units - shift_m)):
                            if counts[kind, state, w, m] >= limit:
                                continue
                            c = cost[state, w, m] + p
                            if c < after[into, w + shift_w, m + shift_m]:
                                after[into, w + shift_w, m + shift_m] = c
                                came[into, w + shift_w, m + shift_m] = state
                                by[into, w + shift_w, m + shift_m] = s
        if kinds > 0:
            for into in range(states):
                for w in range(n_weeks):
                    for m in range(n_units):
                        if after[into, w, m] >= NEVER:
                            continue
                        before = came[into, w, m]
                        s = by[into, w, m]
                        was_w = w + new_week - week_base
                        was_m = m + new_unit - unit_base
                        if s >= 0:
                            was_m -= units[s]
                            if weekend[d] == 1 or (weekend[d] == 2 and before % base < rest):
                                was_w -= 1
                        for kind in range(kinds):
                            counts_after[kind, into, w, m] = counts[kind, before, was_w, was_m]
                        if s >= 0 and limited[s] >= 0:
                            counts_after[limited[s], into, w, m] += 1
            counts, counts_after = counts_after, counts
        cost, after = after, cost
        unit_base = new_unit
        week_base = new_week

    best = NEVER
    at_state, at_w, at_m = -1, 0, 0
    for state in range(states):
        if accept[state % base]:
            for w in range(weekends_to[days - 1] - week_base + 1):
                for m in range(unit_to[days - 1] - unit_base + 1):
                    if cost[state, w, m] < best:
                        best = cost[state, w, m]
                        at_state, at_w, at_m = state, w, m
    path = np.full(days, OFF, np.int64)
    if at_state < 0:
        return NEVER, path
    w = at_w + week_base
    m = at_m + unit_base
    state = at_state
    for d in range(days - 1, -1, -1):
        s = came_by[d, state, w - weekends_from[d], m - unit_from[d]]
        before = came_from[d, state, w - weekends_from[d], m - unit_from[d]]
        path[d] = s
        if s >= 0:
            m -= units[s]
            if weekend[d] == 1 or (weekend[d] == 2 and before % base < rest):
                w -= 1
        state = before
    return best, path
