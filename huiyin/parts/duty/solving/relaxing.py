"""A lower bound of a CP-SAT model from its linear relaxation.

What a roster's model is made of (linear rows, exactly one, implications, maxima of Booleans) has a
relaxation that is close to the optimum for costs that are convex in counts, and the simplex method
reaches it sooner than the search does. A constraint of another kind is left out, which can only
make the bound lower.
"""

import math
from collections.abc import Callable

from ortools.linear_solver.python import model_builder
from ortools.sat.python.cp_model import CpModel

FAR = 1 << 60
CLOSE = 1e-6


class Relaxation:
    """The linear relaxation of a model with an objective of whole numbers that is made least."""

    def __init__(self, cp: CpModel, over: Callable[[], bool] = lambda: False) -> None:
        """Take a model over; where that becomes `over`, some of it is left out."""
        proto = cp.proto
        self.lp = model_builder.Model()  # type: ignore[no-untyped-call]
        self.solver = model_builder.Solver("GLOP")
        self.vars = []
        for variable in proto.variables:
            domain = list(variable.domain)
            self.vars.append(self.lp.new_num_var(domain[0], domain[-1], ""))
        for number, constraint in enumerate(proto.constraints):
            if number % 100 == 0 and over():
                break
            enforced = list(constraint.enforcement_literal)
            if constraint.has_linear() and not enforced:
                linear = constraint.linear
                domain = list(linear.domain)
                self._row(list(linear.vars), list(linear.coeffs), domain[0], domain[-1])
            elif constraint.has_exactly_one() and not enforced:
                self._literals(list(constraint.exactly_one.literals), 1, 1)
            elif constraint.has_at_most_one() and not enforced:
                self._literals(list(constraint.at_most_one.literals), 0, 1)
            elif constraint.has_bool_or() and not enforced:
                self._literals(list(constraint.bool_or.literals), 1, FAR)
            elif constraint.has_bool_and() and len(enforced) == 1:
                for then in constraint.bool_and.literals:
                    self._literals([-enforced[0] - 1, then], 1, FAR)
            elif constraint.has_lin_max() and not enforced:
                self._maximum(constraint.lin_max)
        objective = proto.objective
        self.lp.minimize(
            model_builder.LinearExpr.weighted_sum(
                [self.vars[k] for k in objective.vars], list(objective.coeffs)
            )
            + objective.offset
        )

    def bound(self, seconds: float) -> int | None:
        """The least whole number that the cost can have; None if it wasn't found in time."""
        self.solver.set_time_limit_in_seconds(seconds)
        status = self.solver.solve(self.lp)
        if status != model_builder.SolveStatus.OPTIMAL:
            return None
        value = self.solver.objective_value
        return math.ceil(value - CLOSE * max(1.0, abs(value)))

    def stop(self) -> None:
        """End a running `bound` from another thread."""
        self.solver.stop_search()  # type: ignore[no-untyped-call]

    def _row(self, places: list[int], factors: list[int], low: int, high: int) -> None:
        terms = [self.vars[k] for k in places]
        total = model_builder.LinearExpr.weighted_sum(terms, [float(f) for f in factors])
        self.lp.add_linear_constraint(
            total, low if low > -FAR else -math.inf, high if high < FAR else math.inf
        )

    def _literals(self, literals: list[int], low: int, high: int) -> None:
        """Between `low` and `high` of the literals are true; k < 0 is the negation of -k - 1."""
        negated = sum(k < 0 for k in literals)
        self._row(
            [k if k >= 0 else -k - 1 for k in literals],
            [1 if k >= 0 else -1 for k in literals],
            low - negated,
            high if high >= FAR else high - negated,
        )

    def _maximum(self, lin_max: object) -> None:
        """A Boolean is the maximum of Booleans."""
        target = list(lin_max.target.vars)  # type: ignore[attr-defined]
        terms = [list(e.vars) for e in lin_max.exprs]  # type: ignore[attr-defined]
        if len(target) != 1 or any(len(term) != 1 for term in terms):
            return
        for term in terms:
            self._row([target[0], term[0]], [1, -1], 0, FAR)
        self._row([target[0], *(t[0] for t in terms)], [1] + [-1] * len(terms), -FAR, 0)
