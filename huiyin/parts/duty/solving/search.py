"""A good roster for many people and many days, with a bound: column generation, dive, then parts.

1. Everybody's cheapest roster beside the others', in turn: a first roster within seconds.
2. Column generation over all people and days where that is not too large: a bound, and columns.
3. A dive into the columns: a roster near the bound.
4. Annealing with exact moves, cooling as the time goes by.
5. Parts of the roster are made anew by columns for as long as there is time, on every thread.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from huiyin.parts.duty.solving.anneal import Rules, anneal
from huiyin.parts.duty.solving.columns import generate, settle
from huiyin.parts.duty.solving.dive import Dive
from huiyin.parts.duty.solving.exempt import alone, without
from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.master import Pool
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import NEVER, OFF, Floats, Ints
from huiyin.parts.duty.solving.pieces import Piece
from huiyin.parts.duty.solving.polish import Best, polish
from huiyin.parts.duty.solving.problem import Exceeded, Outcome, Problem, Progress

#: The band of long pieces, and whether shifts that may be stood only so often are tried.
QUICK_WAYS: tuple[tuple[int | None, bool], ...] = (
    (3, False),
    (3, True),
    (8, True),
    (16, True),
    (32, True),
)
LONG = 100
SWEEPS = 4
COLUMNS_SHARE = 0.35
DIVE_SHARE = 0.75
ANNEAL_SHARE, ANNEAL_SHARE_OF_LONG = 0.3, 0.7
FEW = 700
ANNEAL_SHARE_OF_FEW = 0.2
HOT, COOLEST_START, COLD = 30.0, 6.0, 1.5  # where too few costs 100
STEPS_A_SECOND = 2000
PENALTIES = 12
ENOUGH_STEPS = 400.0
STRAY = 8.0  # seconds of annealing elsewhere
STALE, STALE_SHARE = 15.0, 0.04  # seconds, or that part of the time where it is more


class Search:
    """One search; `stop` is asked often, `said` is told of progress."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        *,
        workers: int = 2,
        seed: int = 1,
        stop: Callable[[], bool] = lambda: False,
        said: Callable[[Progress], None] | None = None,
    ) -> None:
        self.problem = problem
        self.began = time.monotonic()
        self.ends = self.began + seconds
        self.seconds = seconds
        self.workers = workers
        self.seed = seed
        self.stop = stop
        self.said = said
        self.grid = Grid(problem)
        self.best: Best | None = None
        self.exceptions: list[Exceeded] = []

    def left(self) -> float:
        """Seconds left; 0 once the search is stopped or the roster is proven."""
        if self.stop() or (self.best is not None and self.best.proven()):
            return 0.0
        return max(0.0, self.ends - time.monotonic())

    def run(self) -> Outcome:
        """Search until the time is over, somebody stops it, or the roster is proven."""
        with ThreadPoolExecutor(self.workers) as pool:
            self._first()
            if self.best is not None:
                if self.grid.days > LONG:
                    self._anneal_together(pool)
                list(pool.map(self._work, range(self.workers)))
        return self._outcome()

    def _work(self, worker: int) -> None:
        if self.grid.days <= LONG:
            if worker == 0 and self.left() > 0:
                self._columns()
            self._anneal(worker)
        self._parts(worker)

    def _annealing(self) -> float:
        """The share of the time after which annealing is over."""
        if self.grid.days > LONG:
            return ANNEAL_SHARE_OF_LONG
        few = len(self.grid.rows) * self.grid.days <= FEW
        return ANNEAL_SHARE_OF_FEW if few else ANNEAL_SHARE

    def _heat(self) -> float:
        """How hot annealing is now: from hot to COLD, evenly in logarithms.

        It starts the cooler the fewer steps there will be for each day of each person.
        """
        gone = (time.monotonic() - self.began) / (self._annealing() * self.seconds)
        steps_a_day = (
            STEPS_A_SECOND * self.workers * self.seconds / (len(self.grid.rows) * self.grid.days)
        )
        hot = max(COOLEST_START, min(HOT, HOT * (steps_a_day / ENOUGH_STEPS) ** 0.5))
        return float(self.grid.scale * hot * (COLD / hot) ** min(1.0, gone))

    def _anneal(self, worker: int) -> None:
        """A chain of its own for each thread; the best plan of all is kept."""
        assert self.best is not None
        grid, best = self.grid, self.best
        rules, plan = Rules.of(grid), best.plan.copy()
        left, steps, number = self._until(self._annealing()), 50, 0
        while left() > 0:
            number += 1
            began = time.monotonic()
            seed = (self.seed * 1000 + worker) * 100_000 + number
            cost, found, _ = anneal(grid, rules, plan, steps, self._heat(), seed)
            self._offer(found, cost, f"annealing {self._heat():.1f}")
            steps = _paced(steps, time.monotonic() - began, 0.5)

    def _anneal_together(self, workers: ThreadPoolExecutor) -> None:
        """One chain for all threads: each takes people and days that no other has meanwhile."""
        assert self.best is not None
        grid, best = self.grid, self.best
        rules, plan = Rules.of(grid), best.plan.copy()
        random = np.random.default_rng(self.seed)
        left, steps, number = self._until(self._annealing()), 50, 0
        while left() > 0:
            number += 1
            began = time.monotonic()
            groups = np.array_split(random.permutation(len(plan)), self.workers)
            turn = int(random.integers(0, grid.days // self.workers // 2 + 1))
            cuts = np.linspace(0, grid.days, self.workers + 1).astype(int)
            cuts[1:-1] += turn - grid.days // self.workers // 4
            order = random.permutation(self.workers)

            def chain(
                worker: int, groups: list[Ints] = groups, cuts: Ints = cuts,
                order: Ints = order, number: int = number, steps: int = steps,
            ) -> tuple[Ints, tuple[int, int], Ints]:  # fmt: skip
                between = int(cuts[order[worker]]), int(cuts[order[worker] + 1])
                mine = plan.copy()
                seed = (self.seed * 1000 + worker) * 100_000 + number
                anneal(grid, rules, mine, steps, self._heat(), seed, groups[worker], between)
                return groups[worker], between, mine

            for people, (first, last), mine in list(workers.map(chain, range(self.workers))):
                plan[people, first:last] = mine[people, first:last]
            self._offer(plan, grid.cost(plan), f"annealing {self._heat():.1f}")
            steps = _paced(steps, time.monotonic() - began, 1.0)

    def _offer(self, plan: Ints, cost: float, stage: str) -> None:
        """Keep a plan if it is the best so far."""
        assert self.best is not None
        self.best.offer(plan, cost)
        self._tell(stage)

    def _tell(self, stage: str) -> None:
        if self.said is not None and self.best is not None:
            seconds = time.monotonic() - self.began
            self.said(Progress(stage, seconds, self.best.cost, self.best.bound))

    def _first(self) -> None:
        """Everybody in turn, a few times over."""
        grid = self.grid
        plan = np.full((len(grid.rows), grid.days), OFF)
        ways = QUICK_WAYS if grid.days > LONG else ((None, True),)
        random = np.random.default_rng(self.seed)
        counts = np.zeros_like(grid.need)
        complete = False
        for sweep in range(1 if grid.days > LONG else SWEEPS):
            for who in random.permutation(len(plan)):
                if complete and self.left() <= 0:
                    break
                _count(counts, plan[who], -1)
                for band, limits in ways:
                    piece = Piece(grid, int(who), plan[who], 0, grid.days, band)
                    if not limits:
                        piece.open_ = piece.open_ & (piece.limited < 0)
                    cost, row = _held(piece, grid.marginal(counts))
                    if cost < NEVER:
                        break
                if cost >= NEVER:
                    found = self._mend(int(who))
                    if found is None:
                        return
                    grid, row = self.grid, found
                plan[who] = row
                _count(counts, row, 1)
            complete = sweep == 0 or complete
            cost = grid.cost(plan)
            if self.best is None or cost < self.best.cost:
                self.best = Best(grid, plan.copy(), cost)
            self._tell("first")

    def _mend(self, who: int) -> Ints | None:
        """A roster for somebody for whom the quick search has none; their rules may have to give.

        None if there is none even so.
        """
        person = self.problem.people[who]
        roster, exceptions = alone(self.problem, person)
        if roster is None:
            return None
        if exceptions:
            self.exceptions.extend(exceptions)
            people = list(self.problem.people)
            people[who] = without(person, exceptions)
            self.problem = replace(self.problem, people=tuple(people))
            self.grid = Grid(self.problem)
        places = [OFF if s is None else self.grid.place[s] for s in roster.days[person.id]]
        return np.array(places, dtype=np.int64)

    def _columns(self) -> None:
        """Column generation over everything, then the dive."""
        assert self.best is not None
        grid, best = self.grid, self.best
        start = best.plan
        part = Part(grid, start, range(len(start)))
        pool = Pool(len(part.pieces))
        for k, column in enumerate(part.now(start)):
            pool.add(k, column)

        def told(number: int, cost: float, bound: float, new: int) -> None:
            best.bound = max(best.bound, bound + grid.constant)
            self._tell(f"columns {cost + grid.constant:.1f}")

        made = generate(part, pool, self._until(COLUMNS_SHARE), said=told)
        if made is None:
            return
        best.prices = made.prices
        settled = settle(part, made.relaxed.prices, self._until(DIVE_SHARE))
        best.bound = max(best.bound, settled + grid.constant)
        self._tell("settled")
        known = Pool(len(part.pieces))
        known.hold(pool.columns)
        known.trim(part, made.prices, 60)
        best.known = known.columns
        dive = Dive(
            part, pool, made, self._until(DIVE_SHARE),
            told=lambda free, cost: self._tell(f"dive {free} {cost + grid.constant:.1f}"),
        )  # fmt: skip
        plan = dive.run(start)
        self._offer(plan, grid.cost(plan), "dived")

    def _until(self, share: float) -> Callable[[], float]:
        """What is left of a share of the time."""
        until = self.began + share * self.seconds
        return lambda: min(self.left(), until - time.monotonic())

    def _parts(self, worker: int) -> None:
        """Make parts anew until the end; where nothing better comes, begin elsewhere now and then."""
        assert self.best is not None
        best, number = self.best, 0
        strays = worker > 0 or self.workers == 1
        stale = max(STALE, STALE_SHARE * self.seconds)
        while self.left() > 0:
            number += 1
            seed = (self.seed * 1000 + worker) * 1000 + number
            polish(
                best, seed, lambda: 0.0 if strays and best.stale(stale) else self.left(), self._tell
            )
            if self.left() > 0:
                self._elsewhere(best, seed)

    def _elsewhere(self, best: Best, seed: int) -> None:
        """Heat the best plan up a little, cool it down, and make parts of what comes of it."""
        grid, rules = self.grid, Rules.of(self.grid)
        random = np.random.default_rng(seed)
        plan, hot = best.plan.copy(), float(random.uniform(2 * COLD, COOLEST_START * 2))
        began, steps, number = time.monotonic(), 50, 0
        while (gone := (time.monotonic() - began) / STRAY) < 1 and self.left() > 0:
            number += 1
            heat, then = hot * (COLD / hot) ** gone, time.monotonic()
            anneal(grid, rules, plan, steps, grid.scale * heat, seed * 1000 + number)
            steps = _paced(steps, time.monotonic() - then, 0.5)
        own = Best(grid, plan, grid.cost(plan), best.bound, best.prices, best.known)
        polish(
            own, seed, lambda: 0.0 if own.stale(STALE) else self.left(),
            lambda stage: self._offer(own.plan, own.cost, f"elsewhere, {stage}"),
        )  # fmt: skip

    def _outcome(self) -> Outcome:
        best = self.best
        seconds = time.monotonic() - self.began
        if best is None:
            return Outcome(None, False, self.stop(), seconds)
        return Outcome(
            self.grid.roster(best.plan),
            best.proven(),
            self.stop(),
            seconds,
            costs={"cover": best.cost},
            bounds={"cover": best.bound},
            exceptions=tuple(self.exceptions),
        )


def _held(piece: Piece, price: Floats) -> tuple[float, Ints]:
    """A roster at these prices; where counts are used up too soon, dearer shifts help."""
    cost, row = piece.cheapest(price)
    penalty, step = np.zeros(price.shape[1]), float(np.ptp(price)) / 10 + 1
    for _ in range(PENALTIES if cost >= NEVER and piece.limits.size else 0):
        bound, path = piece.cheapest(price, penalty=penalty, limits=False)
        if bound >= NEVER:
            break
        over = piece.excess(path)
        penalty = np.maximum(0.0, penalty + step * np.where(over > 0, 1, 0))
        cost, row = piece.cheapest(price, penalty=penalty)
        if cost < NEVER:
            break
    return cost, row


def _paced(steps: int, seconds: float, wanted: float) -> int:
    """How many steps take about so long."""
    return int(np.clip(steps * wanted / max(seconds, 1e-3), steps / 2, steps * 2)) + 1


def _count(counts: Ints, row: Ints, one: int) -> None:
    at = np.flatnonzero(row >= 0)
    counts[at, row[at]] += one
