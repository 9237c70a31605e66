"""People who come in person: in turn, by number. No name, and nothing that tells who came."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.units.models import in_language
from huiyin.kernel.vault.fields import SealedTextField
from huiyin.parts.duty.models.setup import DutyPoint


class Need(models.TextChoices):
    """What the desk has ready for somebody who comes."""

    INTERPRETER = "interpreter", _("An interpreter")
    SIGN = "sign", _("Sign language")
    WRITING = "writing", _("Help with writing")
    STEP_FREE = "step_free", _("A way without steps")
    CHILD = "child", _("A place for a child")


PLACES = (Need.STEP_FREE, Need.CHILD)  # what a room has or has not


class Room(models.Model):
    """A room or waiting hall of a desk, and how many people it safely holds.

    `fits` are those of PLACES that it has.
    """

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    holds = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    waiting = models.BooleanField(default=False, help_text=_("People wait here"))
    fits = models.JSONField(default=list, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Visit(models.Model):
    """One turn at a desk: a person, or a group of `people`. `needs` is a list of Need values.

    It is deleted some days after, and holds nothing about who came or what they wrote. `seed` is
    the random value of the form that gave the number, so that a form sent twice gives one.
    """

    class End(models.TextChoices):
        RECEIVED = "received", _("Received at the desk")
        LEFT = "left", _("Was away")

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="turns")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    needs = models.JSONField(default=list, blank=True)
    language = SealedTextField(max_length=40, blank=True)
    came_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=8, choices=End.choices, blank=True)
    seed = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "day", "number"], name="one_number_a_day"),
            models.UniqueConstraint(
                fields=["seed"], name="one_number_a_form", condition=~Q(seed="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["point", "came_at"], name="visit_waiting", condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Meeting(models.Model):
    """A room kept for a group, received through representatives that the group itself chooses.

    `visit` is the turn of a group that is here already.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="meetings")
    visit = models.OneToOneField(
        Visit, models.CASCADE, null=True, blank=True, related_name="meeting"
    )
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    representatives = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], help_text=_("How many the group sends; it says whom")
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="meeting_ends_later")
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts:%F %R}"
