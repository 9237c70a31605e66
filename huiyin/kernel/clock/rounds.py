"""Whether a worker works: when one last finished a round, and what failed in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from huiyin.kernel.clock.models import WorkerRound

SILENT = timedelta(minutes=2)  # a worker that has not finished a round for so long needs somebody
NOTED = timedelta(seconds=20)  # how often it is written down that all is well


def finish(now: datetime, failed: Sequence[str] = ()) -> None:
    """Note a round that was finished at `now`, and the tasks that failed in it."""
    names = ", ".join(failed)[:300]
    last = WorkerRound.objects.filter(pk=1).first()
    if last is None or last.failed != names or abs(now - last.at) >= NOTED:
        WorkerRound.objects.update_or_create(pk=1, defaults={"at": now, "failed": names})


def last_round() -> WorkerRound | None:
    """Return the last round, None where no worker ever finished one."""
    return WorkerRound.objects.filter(pk=1).first()


def silent_since(now: datetime) -> datetime | None:
    """Return since when workers have been silent; None when one works, or none ever began."""
    last = last_round()
    return last.at if last is not None and now - last.at > SILENT else None
