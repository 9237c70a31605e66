"""The outbox: what a post must be told. A notice never names a complainant."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.units.models import Post
from huiyin.kernel.vault.fields import SealedTextField


class Notice(models.Model):
    """One notice to one post; `next_at` is the time of the next sending, null when done.

    It is claimed (`claimed_at`) before it is sent: one that is found claimed may have gone already.
    `refused_by` are the ids of the channels that have not taken it yet, after a first attempt.
    A notice `in_turn` is urgent: it goes over one channel after the other until somebody answers,
    and `tried` are the ids of those that had their turn.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    refused_by = models.JSONField(default=list)
    in_turn = models.BooleanField(default=False)
    tried = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="notice_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["post", "-id"], name="notice_of_post"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Channel(models.Model):
    """Where a post's notices go besides its page: an Apprise address (mailto://, wecombot://, …).

    An urgent notice takes them in the order of `place`; `failing_since` is when the channel stopped
    taking what it was sent, null while it takes it.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="channels")
    address = SealedTextField(max_length=400)
    place = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return str(self.address).split(":", 1)[0]


class Attempt(models.Model):
    """One sending of a notice over one channel, named by its scheme: taken or not.

    Kept for every failure, and for each turn of an urgent notice.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attempts_made")
    scheme = models.CharField(max_length=40)
    at = models.DateTimeField()
    taken = models.BooleanField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.scheme} {'took' if self.taken else 'refused'} {self.notice_id}"


class DamagedRow(models.Model):
    """A row that could not be read or worked on: it is skipped, tried again, and shown to staff.

    `seen_at` is when it failed last; `error` is the kind of error, never what the row holds.
    """

    table = models.CharField(max_length=64)
    row = models.BigIntegerField()
    error = models.CharField(max_length=80)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="each_row_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
