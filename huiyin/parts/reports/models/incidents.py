"""Incidents that reports are about. Their rooms (tasks, log, review) are not built yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.units.models import Post, Unit


class Incident(models.Model):
    """Something that happened and is being dealt with, from its opening to its review."""

    class Kind(models.TextChoices):
        ACCIDENT = "accident", _("Accident")
        FIRE = "fire", _("Fire")
        HEALTH = "health", _("Public health")
        SUPPLY = "supply", _("Building or supply failure")
        HALL = "hall", _("A crowded reception hall")
        THREAT = "threat", _("A threat to safety")
        OTHER = "other", _("Something else")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="incidents")
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=160)
    event_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    danger = models.BooleanField(default=False, help_text=_("Life or health is in danger"))
    leader = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    stood_down_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """The incident as the subject of deadlines, notices and entries."""
        return f"incident:{self.number}"
