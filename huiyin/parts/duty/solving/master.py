"""Which columns to take: the linear program over them, and the same in whole numbers (HiGHS).

The linear program is solved by interior points without crossover: its prices lie in the middle of
all that are right, which column generation wants, and it does not suffer from degeneracy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import Floats, Ints
from huiyin.parts.duty.solving.pieces import Column


class Pool:
    """The columns known for each piece of a part, without repeats."""

    def __init__(self, pieces: int) -> None:
        self.columns: list[list[Column]] = [[] for _ in range(pieces)]
        self._known: set[tuple[int, bytes]] = set()

    def add(self, piece: int, column: Column | None) -> bool:
        """Add a column (None is no column); False if it was there."""
        if column is None:
            return False
        key = _key(piece, column)
        if key in self._known:
            return False
        self._known.add(key)
        self.columns[piece].append(column)
        return True

    @property
    def size(self) -> int:
        """How many columns there are."""
        return sum(len(columns) for columns in self.columns)

    def hold(self, columns: Sequence[Sequence[Column]]) -> None:
        """Hold these columns of the pieces, and no others."""
        self.columns = [list(those) for those in columns]
        self._known = {_key(k, column) for k, those in enumerate(columns) for column in those}

    def trim(self, part: Part, prices: Floats, most: int) -> None:
        """Keep of each piece only the `most` columns that are cheapest at these prices."""
        for k, columns in enumerate(self.columns):
            if len(columns) <= most:
                continue
            columns.sort(key=lambda column: reduced(column, prices))
            for column in columns[most:]:
                self._known.discard(_key(k, column))
            del columns[most:]


def _key(piece: int, column: Column) -> tuple[int, bytes]:
    return piece, column.days.astype(np.int8).tobytes()


def reduced(column: Column, prices: Floats) -> float:
    """What a column costs beside what it is worth at these prices."""
    at = np.flatnonzero(column.days >= 0)
    return column.cost - float(prices[at, column.days[at]].sum())


@dataclass(frozen=True)
class Relaxed:
    """The linear program's cost, prices (days, shifts), and share of each column by piece."""

    cost: float
    prices: Floats
    shares: list[Floats]


def _program(
    part: Part, need: Ints, pieces: Sequence[int], pool: Pool, whole: bool
) -> highspy.HighsLp:
    rows = need.size
    flat = np.arange(rows)
    shifts = need.shape[1]
    index, lengths, costs = [], [], []
    for place, k in enumerate(pieces):
        for column in pool.columns[k]:
            at = np.flatnonzero(column.days >= 0)
            index.append(np.append(at * shifts + column.days[at], rows + place))
            lengths.append(len(at) + 1)
            costs.append(column.cost)
    count = len(costs)
    lp = highspy.HighsLp()
    lp.num_col_ = count + 2 * rows
    lp.num_row_ = rows + len(pieces)
    lp.col_cost_ = np.concatenate([np.array(costs), part.under.ravel(), part.over.ravel()])
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.full(lp.num_col_, highspy.kHighsInf)
    lp.row_lower_ = lp.row_upper_ = np.concatenate([need.ravel(), np.ones(len(pieces))])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    starts = np.concatenate([[0], np.cumsum(np.concatenate([lengths, np.ones(2 * rows)]))])
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([*index, flat, flat]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([np.ones(sum(lengths)), np.ones(rows), -np.ones(rows)])
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count + (
            [highspy.HighsVarType.kContinuous] * (2 * rows)
        )
    return lp


def _highs(seconds: float, threads: int = 1) -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", threads)
    highs.setOptionValue("time_limit", max(0.05, seconds))
    return highs


def relax(
    part: Part, need: Ints, pieces: Sequence[int], pool: Pool, seconds: float, exact: bool = False
) -> Relaxed | None:
    """The linear program over the columns of these pieces; None if time ran out."""
    highs = _highs(seconds)
    highs.setOptionValue("solver", "ipm")
    highs.setOptionValue("run_crossover", "on" if exact else "off")
    highs.setOptionValue("ipm_optimality_tolerance", 1e-4)
    highs.setOptionValue("presolve", "off")
    highs.passModel(_program(part, need, pieces, pool, whole=False))
    highs.run()
    if highs.getModelStatus() not in {
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kUnknown,
    }:
        return None
    solution = highs.getSolution()
    values, shares, at = np.array(solution.col_value), [], 0
    for k in pieces:
        shares.append(values[at : at + len(pool.columns[k])])
        at += len(pool.columns[k])
    prices = np.array(solution.row_dual[: need.size]).reshape(need.shape)
    cost = float(highs.getInfo().objective_function_value)
    return Relaxed(cost, part.clip(prices), shares)


def choose(
    part: Part,
    need: Ints,
    pieces: Sequence[int],
    pool: Pool,
    seconds: float,
    below: float | None = None,
) -> tuple[list[Column] | None, bool]:
    """The best choice of one column for each of these pieces, in whole numbers.

    Only what costs less than `below` is looked for. Returns the choice (None if nothing was found)
    and whether the search was finished.
    """
    highs = _highs(seconds)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.99)
    if below is not None:
        highs.setOptionValue("objective_bound", below)
        highs.setOptionValue("objective_target", -highspy.kHighsInf)
    highs.passModel(_program(part, need, pieces, pool, whole=True))
    highs.run()
    status = highs.getModelStatus()
    finished = status in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible}
    solution = highs.getSolution()
    if not solution.value_valid:
        return None, finished
    values, choice, at = np.array(solution.col_value), [], 0
    for k in pieces:
        size = len(pool.columns[k])
        choice.append(pool.columns[k][int(np.argmax(values[at : at + size]))])
        at += size
    return choice, finished
