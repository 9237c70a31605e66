"""Incidents and their rooms: tasks with owner and time, a log that only grows, the review after."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault.fields import SealedBytesField, SealedJSONField, SealedTextField


class Incident(models.Model):
    """Something that happened and is being dealt with, from its opening to its review.

    It bears the number of the urgent report that opened it. `leader` is the post that leads;
    `review_post` owes the review once it is stood down; `review` holds what was written then
    ("well", "ill").
    """

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
    title = SealedTextField(max_length=120)
    place = SealedTextField(max_length=200)
    event_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    danger = models.BooleanField(default=False, help_text=_("Life or health is in danger"))
    leader = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    stood_down_at = models.DateTimeField(null=True, blank=True)
    stood_down_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    stood_down_why = SealedTextField(blank=True)
    review_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    review = SealedJSONField(default=dict, blank=True)
    salt_key = SealedBytesField(default=new_salt_key)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def ref(self) -> str:
        """The incident as the subject of deadlines, notices and entries."""
        return f"incident:{self.number}"


class IncidentTask(models.Model):
    """Something that a post owes by a time: in the room, or promised by the review (`change`).

    `handed_at` is when it was handed on beyond the stand-down, to the post that owes it now.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    change = models.BooleanField(default=False)
    text = SealedTextField(max_length=300)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = SealedTextField(blank=True)
    salt_key = SealedBytesField(default=new_salt_key)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_task_a_number")
        ]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def open(self) -> bool:
        """Whether it holds up the stand-down."""
        return self.done_at is None and self.handed_at is None


class RoomLineStays(TypeError):
    """A line of a room was to be changed or deleted; a correction is a further line."""


class IncidentLine(models.Model):
    """A line of a room's log: what was seen or done, what was decided, to whom a task was handed.

    Never changed: a correction is a further line (`corrects`); the database refuses the rest.
    """

    class Kind(models.TextChoices):
        LOG = "log", _("Log")
        DECISION = "decision", _("Decision")
        HANDED = "handed", _("Task handed on")
        LED = "led", _("Lead handed on")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    text = SealedTextField()
    why = SealedTextField(blank=True)
    task = models.ForeignKey(IncidentTask, models.PROTECT, null=True, blank=True, related_name="+")
    to = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    salt_key = SealedBytesField()
    entry_digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["incident", "at"], name="line_of_incident")]

    def __str__(self) -> str:
        return f"{self.incident} {self.at:%F %R}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new line; raise RoomLineStays for one that is in the log already."""
        if not self._state.adding:
            raise RoomLineStays
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise RoomLineStays."""
        raise RoomLineStays
