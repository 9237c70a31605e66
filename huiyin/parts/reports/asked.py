"""Who is asked, and when, to acknowledge a report: at each level, rung by rung of its ladder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huiyin.kernel.clock.ladder import RUNGS, pace, steps
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import Ladder
from huiyin.parts.reports.models import Arrival, Report

ACKNOWLEDGE = "report.acknowledge"
SHOWN = len(RUNGS)  # the rungs once; that the last is asked again goes without saying


@dataclass(frozen=True)
class Rung:
    """A post that is told `at` a moment that the level has not answered; `told` when it was."""

    at: datetime
    post: Post
    told: bool


@dataclass(frozen=True)
class Level:
    """A unit above: its arrival, by when it is to be acknowledged, whom the ladder asks."""

    arrival: Arrival
    due: datetime | None
    rungs: list[Rung]

    @property
    def next(self) -> Rung | None:
        """The rung that is told next, None when nobody further is or it was acknowledged."""
        return next((one for one in self.rungs if not one.told), None)


def _rungs(deadline: Deadline, taken: Mapping[int, Post | None], ladder: Ladder) -> list[Rung]:
    if deadline.post is None:
        return []
    warned = tuple(datetime.fromisoformat(one) for one in deadline.warn_at)
    plan = steps(deadline.started_at, deadline.due_at, warned, every=pace(deadline.pace))
    found, last = [Rung(deadline.started_at, deadline.post, told=True)], deadline.post
    for step in [one for one in plan if one.kind == "escalate"][:SHOWN]:
        told = step.number in taken
        post = taken[step.number] if told else ladder.post(deadline.post, step.rung)
        if post is not None and post.pk != last.pk:  # the owner, told again, needs no line
            found.append(Rung(step.at, post, told))
            last = post
    return found


def levels(report: Report, now: datetime) -> list[Level]:
    """Return every level above, nearest first, with whom its ladder asked and asks next.

    Acknowledged levels keep whom it took until then. Reads a fixed number of rows a level.
    """
    arrivals = report.arrivals.select_related("unit", "post__unit", "acknowledged_by__unit")
    owed = {
        one.of: one
        for one in Deadline.objects.filter(subject=report.ref, kind=ACKNOWLEDGE)
        .select_related("post__unit")
        .order_by("pk")
    }
    taken: dict[int, dict[int, Post | None]] = {}
    for step in Step.objects.filter(deadline__in=owed.values()).select_related("post__unit"):
        taken.setdefault(step.deadline_id, {})[step.number] = step.post
    ladder, found = Ladder(now), []
    for arrival in arrivals.order_by("distance"):
        deadline = owed.get(str(arrival.unit_id))
        if deadline is None:
            found.append(Level(arrival, None, []))
            continue
        rungs = _rungs(deadline, taken.get(deadline.pk, {}), ladder)
        if deadline.state != Deadline.State.OPEN:
            rungs = [one for one in rungs if one.told]
        found.append(Level(arrival, deadline.due_at, rungs))
    return found
