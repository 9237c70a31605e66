"""What can be asked of the ledger."""

from datetime import datetime

from huiyin.kernel.ledger.models import Entry


def waiting_since() -> datetime | None:
    """Return the time of the oldest entry that waits for its place in the log, if one does."""
    waiting = Entry.objects.filter(seq__isnull=True).order_by("id")
    return waiting.values_list("at", flat=True).first()
