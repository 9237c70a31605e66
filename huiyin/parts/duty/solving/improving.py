"""Make one stage after the other as good as it gets, without making an earlier one worse.

A stage is first given whole to CP-SAT, for a moment, if the problem is small; that settles it.
Otherwise parts of the problem (a few people, everybody else staying) are solved again and again,
two at once where there are two workers, each part as large as can be solved to its optimum in about
a second (large neighbourhood search, Shaw 1998), while behind them the simplex method looks for a
lower bound. When parts find nothing more, the whole is given to CP-SAT for the time that is left.

Every step ends by CP-SAT's own deterministic time, and parts are drawn from the seed: what is
found by the n-th step doesn't depend on the clock, only how many steps there are.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from math import ceil
from random import Random

from ortools.sat.python import cp_model

from huiyin.parts.duty.solving.model import Model
from huiyin.parts.duty.solving.parts import Days, Waived, covered, modelled, part
from huiyin.parts.duty.solving.problem import Problem, Roster
from huiyin.parts.duty.solving.relaxing import Relaxation
from huiyin.parts.duty.solving.stages import Stage
from huiyin.parts.duty.solving.watch import Watch

MOMENT = 1.0  # deterministic seconds that the whole is given at first
STEP = 0.6  # the same for a part
LAST = 0.97  # of the time left, what the last stage takes; who leads is chosen in the rest
FIRST_PART = 4
LEAST_PART = 3
GROW, SHRINK = 0.2, 0.5  # people more or fewer in the next part, after an optimum or none
EARLY = 0.75  # of a stage's time still left, when a lower bound is asked for at the latest
TIRED = 5  # the same, before a lower bound is asked for
STALE = 60  # steps of parts without a find, before the whole is tried again
SMALL = 6_000  # places in a roster that the whole of is tried at first


class Search:
    """The best roster so far (`days`), and what is known of each stage."""

    def __init__(
        self, problem: Problem, waived: Waived, stages: Sequence[Stage], watch: Watch, *,
        workers: int, seed: int, days: Days,
    ) -> None:  # fmt: skip
        self.problem = problem
        self.waived = waived
        self.stages = stages
        self.watch = watch
        self.workers = workers
        self.dice = Random(seed)  # noqa: S311
        self.seed = seed
        self.days = dict(days)
        self.bounds: dict[str, int | None] = {}

    def run(self) -> None:
        """Every stage in its order; one that isn't the last takes two thirds of the time left."""
        searches: list[StageSearch] = []
        with ThreadPoolExecutor(1) as pool:
            for number in range(len(self.stages)):
                last = number == len(self.stages) - 1
                until = self.watch.seconds + self.watch.left * (LAST if last else 2 / 3)
                searches.append(StageSearch(self, number, until, pool))
                searches[-1].run()
            for search in searches:
                search.end()

    def costs(self, days: Days | None = None, upto: int | None = None) -> dict[str, int]:
        """What a roster (the best one) costs, by stage."""
        roster = Roster(self.days if days is None else days)
        return {stage.name: stage.cost(self.problem, roster) for stage in self.stages[:upto]}


def places(problem: Problem) -> int:
    """How large a problem is: people by days by shifts."""
    return len(problem.people) * problem.days * len(problem.shifts)


class StageSearch:
    """One stage being made better until a second (`until`) of the watch."""

    def __init__(
        self, search: Search, number: int, until: float, behind: ThreadPoolExecutor
    ) -> None:
        self.search = search
        self.number = number
        self.stage = search.stages[number]
        self.until = until
        self.people = [person.id for person in search.problem.people]
        self.size = float(min(FIRST_PART, len(self.people)))
        self.steps = 0
        self.bound: int | None = None
        self.behind = behind
        self.relaxation: Relaxation | None = None
        self.relaxed: Future[int | None] | None = None
        self.know(None)

    @property
    def cost(self) -> int:
        """What the best roster costs in this stage."""
        return self.stage.cost(self.search.problem, Roster(self.search.days))

    @property
    def left(self) -> float:
        """Seconds that this stage still has."""
        return max(0.0, min(self.search.watch.left, self.until - self.search.watch.seconds))

    @property
    def done(self) -> bool:
        """Whether there is nothing more to do: no time, or nothing better."""
        return self.left <= 0 or (self.bound is not None and self.cost <= self.bound)

    def know(self, bound: int | None) -> None:
        """Take in a lower bound of this stage; tell how far it is."""
        if bound is not None and (self.bound is None or bound > self.bound):
            self.bound = bound
        self.search.bounds[self.stage.name] = self.bound
        self.search.watch.tell(self.stage.name, self.cost, self.bound, Roster(self.search.days))

    def take(self, days: Days) -> bool:
        """Take a roster that is no worse; whether it is better in this stage."""
        old = self.search.costs(upto=self.number + 1)
        new = self.search.costs(days, upto=self.number + 1)
        if tuple(new.values()) > tuple(old.values()):
            return False
        self.search.days = dict(days)
        if new != old:
            self.know(None)
        return new != old

    def run(self) -> None:
        """Make this stage as good as it gets."""
        if places(self.search.problem) <= SMALL:
            self.whole(MOMENT)
        if self.done:
            return
        early = self.left * EARLY
        with ThreadPoolExecutor(self.search.workers) as pool:
            stale = 0
            while not self.done and (stale < STALE or not (self.relaxed and self.relaxed.done())):
                stale = 0 if self.parts(pool) else stale + 1
                if self.relaxed is None and (stale >= TIRED or self.left < early):
                    self.relaxed = self.behind.submit(self.relax)
                if self.relaxed and self.relaxed.done():
                    self.know(self.relaxed.result())
        if not self.done:
            self.whole(None)
        if self.left > 0:
            self.end()

    def relax(self) -> int | None:
        """A lower bound by the linear relaxation of the whole; it may outlast this stage."""
        watch = self.search.watch
        if watch.over:
            return None
        self.relaxation = Relaxation(self.model(self.search.problem).cp, lambda: watch.over)
        with watch.running(self.relaxation.stop):
            return None if watch.over else self.relaxation.bound(watch.left)

    def end(self) -> None:
        """The last stage is over: what the relaxation gave, or an end to it."""
        if self.relaxed is None or self.relaxed.cancel():
            return
        while not self.relaxed.done():
            if self.relaxation is not None:
                self.relaxation.stop()
            wait([self.relaxed], 0.05)
        bound = self.relaxed.result()
        if bound is not None and (self.bound is None or bound > self.bound):
            self.search.bounds[self.stage.name] = bound

    def model(self, problem: Problem) -> Model:
        """A model of a part (or the whole) in which no earlier stage gets worse."""
        days = self.search.days
        here = Roster({person.id: days[person.id] for person in problem.people})
        model = modelled(problem, self.search.waived)
        for stage in self.search.stages[: self.number]:
            model.cp.add(stage.express(model) <= stage.cost(problem, here))
        model.cp.minimize(self.stage.express(model))
        model.hint(here)
        return model

    def whole(self, moment: float | None) -> None:
        """Give the whole to CP-SAT, for so many deterministic seconds or for the time left."""
        model = self.model(self.search.problem)
        solver = self.solver(moment, self.search.workers)
        solver.parameters.interleave_search = moment is not None
        if self.bound is not None:
            model.cp.add(self.stage.express(model) >= self.bound)
        with self.search.watch.running(solver.stop_search):
            status = solver.solve(model.cp, Found(model, self))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.take(model.roster(solver.value).days)
        if status != cp_model.MODEL_INVALID:
            self.know(ceil(solver.best_objective_bound - 1e-6))

    def solver(self, moment: float | None, workers: int) -> cp_model.CpSolver:
        """A solver within the time of this stage."""
        self.steps += 1
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self.search.seed + self.steps
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = self.left
        if moment is not None:
            solver.parameters.max_deterministic_time = moment
        return solver

    def parts(self, pool: ThreadPoolExecutor) -> bool:
        """Solve one or two parts anew; whether something better was found."""
        search = self.search
        open_ = list(self.people)
        search.dice.shuffle(open_)
        size = int(self.size)
        chosen = [(open_[:size], self.solver(STEP, 1))]
        if search.workers > 1 and 2 * size <= len(open_):
            chosen.append((open_[size : 2 * size], self.solver(STEP, 1)))
        asked = [
            pool.submit(self.solve_part, people, solver, other)
            for (people, solver), other in zip(chosen, [p for p, _ in chosen[::-1]], strict=True)
        ]
        found = [future.result() for future in asked]
        for optimal, _ in found:
            self.size += GROW if optimal else -SHRINK
        self.size = min(max(self.size, LEAST_PART), len(self.people))
        together = search.days | found[0][1] | found[-1][1]
        if covered(search.problem, together):
            better = self.take(together)
            if size >= len(open_) and found[0][0]:  # the part was the whole
                self.know(self.cost)
            return better
        return self.take(search.days | found[0][1])

    def solve_part(
        self, people: list[str], solver: cp_model.CpSolver, beside: list[str]
    ) -> tuple[bool, dict[str, tuple[str | None, ...]]]:
        """Solve a part: whether to the optimum, and what its people stand then."""
        others = beside if beside != people else []
        model = self.model(part(self.search.problem, self.search.days, people, others))
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_presolve_iterations = 1
        with self.search.watch.running(solver.stop_search):
            status = solver.solve(model.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False, {}
        return status == cp_model.OPTIMAL, dict(model.roster(solver.value).days)


class Found(cp_model.CpSolverSolutionCallback):
    """Takes each roster that a run over the whole finds, as it comes."""

    def __init__(self, model: Model, stage: StageSearch) -> None:
        super().__init__()
        self.model = model
        self.stage = stage

    def on_solution_callback(self) -> None:
        """Called by CP-SAT with every better roster."""
        self.stage.take(self.model.roster(self.value).days)
        self.stage.know(ceil(self.best_objective_bound - 1e-6))
