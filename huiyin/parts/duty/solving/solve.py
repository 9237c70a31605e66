"""The one way in: `solve` a Problem.

All rules are hard at first. A roster that holds them is then made better stage by stage (stages.py,
improving.py): cover, changes, fairness, wishes. When the rules can't all hold, `Outcome.conflict`
names rules, days and people that can't, none of which could be left out of it, and the roster is
the one with the fewest exceptions that was found, each of them in `Outcome.exceptions`
(explaining.py).

With the same problem, seed and workers, a solve that ends because nothing better exists gives the
same roster; one that is ended by the clock depends on how far the machine came.
"""

from collections.abc import Callable

from ortools.sat.python import cp_model

from huiyin.parts.duty.solving.explaining import Exceptions, conflict, fewest
from huiyin.parts.duty.solving.improving import SMALL, Search, places
from huiyin.parts.duty.solving.leading import lead
from huiyin.parts.duty.solving.parts import Days, modelled
from huiyin.parts.duty.solving.problem import Exceeded, Outcome, Problem, Progress, Roster
from huiyin.parts.duty.solving.stages import stages
from huiyin.parts.duty.solving.watch import Watch, follow

FIRST = 0.4  # the part of the time for a first roster that holds all rules
CONFLICT = 0.3  # of what is left then, for naming the conflict


def solve(
    problem: Problem, *, seconds: float, stop: Callable[[], bool],
    progress: Callable[[Progress], None], workers: int = 2, seed: int = 0,
    start: Roster | None = None,
) -> Outcome:  # fmt: skip
    """The best roster of a problem within `seconds`, or until `stop()` is true.

    `stop` and `progress` are called in the caller's thread, ten times and twice a second. `start`
    is a roster to begin from; the published roster (`problem.kept`) is, if there is no other.
    `Outcome.proven` says that every stage is as good as it can be, those before it being so.
    """
    watch = Watch(seconds)
    work = _Work(problem, watch, workers=workers, seed=seed, start=start or problem.kept)
    return follow(work.run, watch, stop, progress)


class _Work:
    """One solve, in the order of what happens."""

    def __init__(
        self, problem: Problem, watch: Watch, *, workers: int, seed: int, start: Roster | None
    ) -> None:
        self.problem = problem
        self.watch = watch
        self.workers = workers
        self.seed = seed
        self.start = start

    def run(self) -> Outcome:
        """First roster, or why there is none; then better ones; then who leads."""
        self.watch.tell("first", None, None)
        possible, days = self.first()
        because: tuple[Exceeded, ...] = ()
        found = Exceptions({}, {}, self.problem, proven=True, bound=0)
        if days is None and not self.watch.over:
            self.watch.tell("exceptions", None, None)
            if possible is False:
                because = conflict(self.problem, self.watch, self.watch.left * CONFLICT)
            least = fewest(
                self.problem, self.watch, seconds=self.watch.left / 2, workers=self.workers,
                seed=self.seed, start=self.start,
            )  # fmt: skip
            if least is not None:
                found, days = least, least.days
        if days is None:
            return Outcome(None, False, self.watch.stopped, self.watch.seconds, conflict=because)
        self.watch.tell("exceptions", found.cost, found.bound, Roster(days))
        search = Search(
            found.problem, found.waived, stages(found.problem), self.watch,
            workers=self.workers, seed=self.seed, days=days,
        )  # fmt: skip
        search.run()
        return self.outcome(search, found, because)

    def first(self) -> tuple[bool | None, Days | None]:
        """Whether a roster can hold all rules (None: not known), and one that does."""
        model = modelled(self.problem, {})
        if self.start is not None:
            model.hint(self.start)
        solver = cp_model.CpSolver()
        small = places(self.problem) <= SMALL
        solver.parameters.num_workers = self.workers if small else max(2, self.workers)
        solver.parameters.interleave_search = small
        solver.parameters.random_seed = self.seed
        solver.parameters.max_time_in_seconds = self.watch.left * FIRST
        with self.watch.running(solver.stop_search):
            status = solver.solve(model.cp)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return True, model.roster(solver.value).days
        if status == cp_model.MODEL_INVALID:
            raise ValueError(f"a problem that no model can be made of: {model.cp.validate()}")
        return (False if status == cp_model.INFEASIBLE else None), None

    def outcome(self, search: Search, found: Exceptions, because: tuple[Exceeded, ...]) -> Outcome:
        """What came out, with leaders chosen."""
        costs: dict[str, float] = dict(search.costs())
        bounds = {name: float(bound) for name, bound in search.bounds.items() if bound is not None}
        best = all(bounds.get(name, -1.0) >= cost for name, cost in costs.items())
        if found.broken or not found.proven:
            costs = {"exceptions": float(found.cost), **costs}
            bounds = {"exceptions": float(found.bound), **bounds}
        leaders, led, fair = lead(found.problem, search.days, self.seed)
        if leaders:
            costs["leading"] = float(led)
            if fair:
                bounds["leading"] = float(led)
        return Outcome(
            roster=Roster(search.days, leaders),
            proven=best and found.proven and (fair or not leaders),
            stopped=self.watch.stopped,
            seconds=self.watch.seconds,
            costs=costs,
            bounds=bounds,
            exceptions=tuple(found.marked()),
            conflict=because,
        )
