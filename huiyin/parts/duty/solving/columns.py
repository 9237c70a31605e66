"""Column generation over a part: prices from the linear program, new columns from the prices.

Prices are smoothed towards the best so far (Wentges 1997). Each pricing gives a lower bound of the
part (Lagrange).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from huiyin.parts.duty.solving.master import Pool, Relaxed, relax
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import Floats

STEP = 20.0
CLOSE = 0.3  # costs are whole numbers
EMPTY = 4  # rounds without a new column, where the penalties of limited shifts still move


@dataclass
class Generated:
    """What column generation has come to; in the pool, columns of the last round stand behind those
    that `relaxed.shares` are of."""

    relaxed: Relaxed
    bound: float
    prices: Floats
    finished: bool


def generate(
    part: Part,
    pool: Pool,
    left: Callable[[], float],
    *,
    rounds: int = 1000,
    smooth: float = 0.5,
    start: Floats | None = None,
    below: float = np.inf,
    enough: float = -np.inf,
    said: Callable[[int, float, float, int], None] | None = None,
    workers: Executor | None = None,
    keep: int = 60,
) -> Generated | None:
    """Generate columns for all pieces until none is missing, or for so many rounds.

    `left()` is how many seconds are left; None if they end before there is anything. Ends as soon
    as the bound shows that nothing costs less than `below`, or the program costs `enough`.
    """
    centre, best, result = start, -np.inf, None
    empty = 0
    pieces: Sequence[int] = range(len(part.pieces))
    multipliers = _Multipliers(part)
    for number in range(rounds):
        if left() <= 0:
            break
        if centre is not None and pool.size > 2 * keep * len(part.pieces):
            pool.trim(part, centre, keep)  # before the program: its shares are those of the pool
        relaxed = relax(part, part.need, pieces, pool, left())
        if relaxed is None:
            break
        if relaxed.cost <= enough:
            return Generated(relaxed, best, relaxed.prices, False)
        new, finished = 0, False
        mixed = relaxed.prices
        if centre is not None:
            mixed = smooth * centre + (1 - smooth) * relaxed.prices
        for prices in (mixed, relaxed.prices):
            priced = part.price(prices, workers)
            multipliers.learn(priced.excess)
            if priced.bound > best:
                best, centre = priced.bound, prices
            new = sum(pool.add(k, column) for k, column in enumerate(priced.columns))
            if new or left() <= 0:
                break
        if centre is None:
            centre = prices
        empty = 0 if new else empty + 1
        finished = empty > (EMPTY if part.penalty.any() else 0)
        result = Generated(relaxed, best, centre, finished)
        if said is not None:
            said(number, relaxed.cost, best, new)
        if finished or best > below - 1 + 1e-3 or relaxed.cost - best < CLOSE:
            result.finished = True
            break
    return result


def settle(part: Part, prices: Floats, left: Callable[[], float], rounds: int = 40) -> float:
    """The bound at these prices, with the penalties of each piece as good as they get there."""
    total = float((part.need * prices).sum())
    for k, piece in enumerate(part.pieces):
        best, best_penalty, step = -np.inf, part.penalty[k].copy(), STEP
        for _ in range(rounds if piece.limits.size else 1):
            value, excess = part.bound_of(k, prices)
            if value > best:
                best, best_penalty = value, part.penalty[k].copy()
            over = np.where(piece.limited >= 0, excess, 0)
            over = np.where((part.penalty[k] <= 0) & (over < 0), 0, over)
            if not over.any() or left() <= 0:
                break
            part.penalty[k] = np.maximum(0.0, part.penalty[k] + step * over)
            step *= 0.85
        part.penalty[k] = best_penalty
        total += best
    return total


class _Multipliers:
    """Raises and lowers the penalties of limited shifts by what the paths exceed."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.step = STEP

    def learn(self, excess: Sequence[np.ndarray]) -> None:
        for k, (piece, over) in enumerate(zip(self.part.pieces, excess, strict=True)):
            change = np.where(piece.limited >= 0, over, 0) * self.step
            self.part.penalty[k] = np.maximum(0.0, self.part.penalty[k] + change)
        self.step = max(0.3, self.step * 0.93)
