"""What the vault keeps: sealed identities, and each time that one was opened."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.models import Post


class SealedIdentity(models.Model):
    """Who wrote, sealed. `wrapped_key` opens with the private identity key alone, and is destroyed
    by erasure; `key_version` is that key's. `erase_after` is the last day on which it is kept."""

    subject = models.CharField(max_length=64, unique=True)
    wrapped_key = models.BinaryField(null=True)
    key_version = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    erase_after = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["erase_after"],
                name="identity_to_erase",
                condition=Q(erased_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, wrapped_key__isnull=False)
                | Q(erased_at__isnull=False, wrapped_key__isnull=True),
                name="erased_identity_has_no_key",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class IdentityOpening(models.Model):
    """One opening. The reason may name people, so it is sealed as the letter's text is."""

    identity = models.ForeignKey(SealedIdentity, models.PROTECT, related_name="openings")
    opened_at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.BinaryField()
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.identity} {self.opened_at:%Y-%m-%d}"


class RingKey(models.Model):
    """Which key of the ring this database was written with; the fingerprint tells nothing of it."""

    name = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="each_key_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Home(models.Model):
    """What the file VAR/service-id holds (one row): the folder beside which this database stands."""

    mark = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.mark
