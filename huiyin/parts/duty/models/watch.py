"""On the shift: who signed in, the log that only grows, the handover, the checklists."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.units.models import Post, in_language
from huiyin.kernel.vault.fields import SealedBytesField, SealedTextField
from huiyin.parts.duty.models.rosters import Shift
from huiyin.parts.duty.models.setup import Capacity, DutyPoint


class SignIn(models.Model):
    """Somebody stands the shift from `at` until `left_at`."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=6, choices=Capacity.choices)
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "user"], name="one_sign_in_each")]

    def __str__(self) -> str:
        return f"{self.user} {self.shift}"


class LineStays(TypeError):
    """A line of the log was to be changed or deleted; a correction is a further line."""


class LogLine(models.Model):
    """A line of a point's log. Never changed: a correction is a further line (`corrects`).

    The database itself refuses to change or delete one, whoever asks (migration 0003).
    """

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="log")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="log")
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = SealedTextField()
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    salt_key = SealedBytesField()
    entry_digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["point", "at"], name="log_of_point")]

    def __str__(self) -> str:
        return f"{self.point} {self.at:%F %R}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new line; raise LineStays for one that is in the log already."""
        if not self._state.adding:
            raise LineStays
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise LineStays."""
        raise LineStays


class Handover(models.Model):
    """From one shift of a point to the next; done when both leaders have signed."""

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="handovers")
    giving = models.OneToOneField(Shift, models.PROTECT, related_name="handed_over")
    taking = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="taken_over")
    opened_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    salt_key = SealedBytesField(default=new_salt_key)

    def __str__(self) -> str:
        return f"{self.giving} → {self.taking}"


class HandoverItem(models.Model):
    """One thing that is handed on. Open ones are carried into the next handover by themselves."""

    class Kind(models.TextChoices):
        CASE = "case", _("Open letter or matter")
        INCIDENT = "incident", _("Running incident")
        KEY = "key", _("Key")
        EQUIPMENT = "equipment", _("Equipment")
        WATCH = "watch", _("To watch")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = SealedTextField(max_length=300)
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.text)


class Checklist(models.Model):
    """What is checked at a point, how often, and which post owes it."""

    class Every(models.TextChoices):
        SHIFT = "shift", _("Each shift")
        DAY = "day", _("Each day")
        WEEK = "week", _("Each week")
        MONTH = "month", _("Each month")

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="checklists")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    every = models.CharField(max_length=5, choices=Every.choices)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    begins = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class CheckItem(models.Model):
    """One line of a checklist: looked at, counted (`least` is the stock needed), or dated."""

    class Kind(models.TextChoices):
        LOOK = "look", _("Looked at")
        COUNT = "count", _("Counted")
        EXPIRY = "expiry", _("Date of expiry")

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    text = models.CharField(max_length=160)
    text_en = models.CharField(max_length=160, blank=True)
    least = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="one_item_a_number")
        ]

    def __str__(self) -> str:
        return in_language(self.text, self.text_en)


class Check(models.Model):
    """A checklist gone through for the period that began at `period`; `failed` if any item did."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="checks")
    period = models.DateTimeField()
    done_at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    failed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checklist", "period"], name="one_check_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.checklist} {self.period:%F}"


class CheckResult(models.Model):
    """What was found at one item; `mended_at` when a failure was put right."""

    check_done = models.ForeignKey(Check, models.CASCADE, related_name="results")
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="+")
    ok = models.BooleanField()
    number = models.PositiveIntegerField(null=True, blank=True)
    expires = models.DateField(null=True, blank=True)
    note = SealedTextField(max_length=200, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.item} {self.ok}"
