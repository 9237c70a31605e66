"""A whole choice of columns out of the linear program, by diving: take what it takes most, go on.

After each step columns for those who are still free are generated until the linear program costs
hardly more than before it, so that the last people too find rosters that fit (Strandmark, Qu and
Curtois 2020).
"""

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from huiyin.parts.duty.solving.columns import generate
from huiyin.parts.duty.solving.master import Pool, choose
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import Floats, Ints

SURE = 0.95
SHARE_A_STEP = 0.1
ENOUGH = 8
ROUNDS = 15
NEAR = 0.5


def dive(
    part: Part,
    pool: Pool,
    plan: Ints,
    reached: float,
    prices: Floats,
    left: Callable[[], float],
    workers: Executor | None = None,
    told: Callable[[int, float], None] | None = None,
) -> Ints | None:
    """A plan with all people of `part` anew, out of `pool`; when time runs out whoever is still
    free gets what the last linear program takes most of (None if there was none).

    `reached` is what the linear program costs now, `prices` its prices.
    """
    whole = len(part.pieces)
    while True:
        made = generate(
            part, pool, left, rounds=ROUNDS, start=prices, workers=workers, enough=reached + NEAR
        )
        if made is None:
            return None
        prices = made.prices
        free = len(part.pieces)
        if told is not None:
            told(free, made.relaxed.cost)
        if free <= ENOUGH:
            choice, _ = choose(part, part.need, range(free), pool, min(10.0, left()))
            if choice is not None:
                return part.put(plan, choice)
        shares = [float(share.max()) for share in made.relaxed.shares]
        order = sorted(range(free), key=lambda k: shares[k], reverse=True)
        taken = [k for k in order if shares[k] >= SURE][: max(1, int(SHARE_A_STEP * whole))]
        taken = taken or order[:1]
        if left() <= 0:
            taken = order
        plan = plan.copy()
        gone = 0.0
        for k in taken:
            column = pool.columns[k][int(np.argmax(made.relaxed.shares[k]))]
            plan[part.people[k], part.first : part.last] = column.days
            gone += column.cost
        reached = made.relaxed.cost - gone
        kept = [k for k in range(free) if k not in taken]
        if not kept:
            return plan
        smaller = Part(part.grid, plan, [part.people[k] for k in kept], part.first, part.last)
        smaller.penalty = part.penalty[kept]
        part, pool = smaller, pool.of(kept)
