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
NOWHERE = np.array([1, 0, 1, 0])


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
def _open(labels: Floats, reach: Ints, w_from: int, w_to: int, m_from: int, m_to: int) -> None:
    """Widen the window of sums that a state can have reached; new labels cost NEVER."""
    if reach[0] > reach[1]:
        reach[0], reach[1], reach[2], reach[3] = w_from, w_to, m_from, m_to
        labels[w_from : w_to + 1, m_from : m_to + 1] = NEVER
        return
    new_w, last_w = min(reach[0], w_from), max(reach[1], w_to)
    new_m, last_m = min(reach[2], m_from), max(reach[3], m_to)
    for w in range(new_w, last_w + 1):
        if w < reach[0] or w > reach[1]:
            labels[w, new_m : last_m + 1] = NEVER
        else:
            labels[w, new_m : reach[2]] = NEVER
            labels[w, reach[3] + 1 : last_m + 1] = NEVER
    reach[0], reach[1], reach[2], reach[3] = new_w, last_w, new_m, last_m


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

    # Of each state only the window of sums that can have been reached is looked at: `reach` holds
    # weekends and units from and to (from the day's first), none where the first is above the second.
    cost = np.empty((states, height, width))
    after = np.empty((states, height, width))
    counts = np.empty((max(kinds, 1), states, height, width), np.uint8)
    counts_after = np.empty((max(kinds, 1), states, height, width), np.uint8)
    came_from = np.empty((days, states, height, width), np.int16)
    came_by = np.empty((days, states, height, width), np.int8)
    reach = np.empty((states, 4), np.int64)
    reach_after = np.empty((states, 4), np.int64)
    reach[:] = NOWHERE

    # Before the first day there is one label; its sums are 0.
    cost[start, 0, 0] = 0.0
    counts[:, start, 0, 0] = 0
    reach[start] = 0
    unit_base = 0
    week_base = 0

    for d in range(days):
        new_unit = unit_from[d]
        new_week = weekends_from[d]
        n_units = unit_to[d] - new_unit + 1
        n_weeks = weekends_to[d] - new_week + 1
        reach_after[:] = NOWHERE
        came = came_from[d]
        by = came_by[d]
        for state in range(states):
            if reach[state, 0] > reach[state, 1]:
                continue
            copy = state // base
            inner = state % base
            works = inner >= rest
            k = (inner - rest) % most + 1 if works else inner + 1
            g = (inner - rest) // most if works else -1
            # A day off.
            if idle[d] and (not works or k >= least or k == first + d):
                into = copy * base + (0 if works else min(inner + 1, rest - 1))
                shift_w = week_base - new_week
                shift_m = unit_base - new_unit
                w_from = max(reach[state, 0], -shift_w)
                w_to = min(reach[state, 1], n_weeks - 1 - shift_w)
                m_from = max(reach[state, 2], -shift_m)
                m_to = min(reach[state, 3], n_units - 1 - shift_m)
                if w_from <= w_to and m_from <= m_to:
                    _open(
                        after[into], reach_after[into],
                        w_from + shift_w, w_to + shift_w, m_from + shift_m, m_to + shift_m,
                    )  # fmt: skip
                for w in range(w_from, w_to + 1):
                    for m in range(m_from, m_to + 1):
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
            w_from = max(reach[state, 0], -shift_w)
            w_to = min(reach[state, 1], n_weeks - 1 - shift_w)
            if w_from > w_to:
                continue
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
                shift_m = unit_base - new_unit + units[s]
                m_from = max(reach[state, 2], -shift_m)
                m_to = min(reach[state, 3], n_units - 1 - shift_m)
                if m_from > m_to:
                    continue
                into = copy_into * base + rest + group[s] * most + length - 1
                _open(
                    after[into], reach_after[into],
                    w_from + shift_w, w_to + shift_w, m_from + shift_m, m_to + shift_m,
                )  # fmt: skip
                p = price[d, s]
                for w in range(w_from, w_to + 1):
                    for m in range(m_from, m_to + 1):
                        if kind >= 0 and counts[kind, state, w, m] >= limits[kind]:
                            continue
                        c = cost[state, w, m] + p
                        if c < after[into, w + shift_w, m + shift_m]:
                            after[into, w + shift_w, m + shift_m] = c
                            came[into, w + shift_w, m + shift_m] = state
                            by[into, w + shift_w, m + shift_m] = s
        if kinds > 0:
            for into in range(states):
                for w in range(reach_after[into, 0], reach_after[into, 1] + 1):
                    for m in range(reach_after[into, 2], reach_after[into, 3] + 1):
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
        reach, reach_after = reach_after, reach
        unit_base = new_unit
        week_base = new_week

    best = NEVER
    at_state, at_w, at_m = -1, 0, 0
    for state in range(states):
        if accept[state % base]:
            for w in range(reach[state, 0], reach[state, 1] + 1):
                for m in range(reach[state, 2], reach[state, 3] + 1):
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
