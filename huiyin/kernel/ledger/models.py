"""The ledger's tables: what happened, and how far the public log has come."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One entry. `leaf` is its canonical JSON (RFC 8785), `shown` the leaf under which it is published
    where that is another (`leaves.published`), `digest` the RFC 6962 hash of what is published.

    `seq` is its place in the log, given by the sequencer; null while it waits for one. Whoever waits
    for an action waits for these indexes too: places are indexed when they are given, and subjects
    are looked up whole, never by their beginning.
    """

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf = models.BinaryField()
    shown = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32)
    seq = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="entry_waits", condition=Q(seq__isnull=True)),
            models.Index(fields=["subject"], name="entry_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seq"], condition=Q(seq__isnull=False), name="entry_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Log(models.Model):
    """How far the log has come (one row). `edge` holds the roots of the complete subtrees.

    `size` entries have their places; `published` of them are in tiles under a signed checkpoint.
    """

    size = models.BigIntegerField(default=0)
    edge = models.BinaryField(default=b"")
    root = models.BinaryField(max_length=32)
    published = models.BigIntegerField(default=0)
    integrated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.size} entries"


class Round(models.Model):
    """When entries `first` to `size` - 1 got their places: between `since` and `until`.

    Rounds of the sequencer that lie within a minute share a row, so that years of them stay few.
    """

    first = models.BigIntegerField(unique=True)
    size = models.BigIntegerField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.first} to {self.size}"
