"""Reports, each version of them, on which desks they lie, and the silence that was noticed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault.fields import SealedBytesField, SealedJSONField, SealedTextField
from huiyin.parts.reports.models.incidents import Incident


class Report(models.Model):
    """What a unit tells every unit above it, about events and needs, never about a person.

    `number` stands for it in addresses and the ledger; `day` is the local day of a daily report,
    `event_at` the time of what an urgent report is about. A report without `sent_at` is a draft.
    `follows` is the first report of the same matter. `counted` are the ledger's own numbers at the
    time of sending, by name; `wrapped_key` the key of its pictures, under the organisation's.
    """

    class Kind(models.TextChoices):
        EARLY = "early", _("Early warning")
        DAILY = "daily", _("Daily report")
        URGENT = "urgent", _("Urgent report")
        FOLLOW_UP = "followup", _("Follow-up")
        FINAL = "final", _("Final report")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports")
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    day = models.DateField(null=True, blank=True)
    event_at = models.DateTimeField(null=True, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text=_("When the next report comes"))
    draft = SealedJSONField(default=dict, blank=True)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    danger = models.BooleanField(default=False)
    counted = models.JSONField(default=dict, blank=True)
    wrapped_key = models.BinaryField(null=True)
    key_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "day"], name="one_daily_report", condition=Q(kind="daily")
            )
        ]
        indexes = [models.Index(fields=["unit", "sent_at"], name="report_of_unit")]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> str:
        """The report as the subject of deadlines, notices and entries."""
        return f"report:{self.number}"


class Version(models.Model):
    """What was sent, as it was sent; correcting is a further version. Never changed.

    `fields` maps the names of the kind's template to what was written.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fields = SealedJSONField()
    salt_key = SealedBytesField()
    entry_digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.report} ({self.number})"


class Arrival(models.Model):
    """A report on the desk of one unit above: there since it was sent, read, acted on.

    `read_version` is the newest version that was there when it was acknowledged.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="arrivals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="arrivals")
    distance = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_version = models.PositiveSmallIntegerField(default=0)
    acted_at = models.DateTimeField(null=True, blank=True)
    action = SealedTextField(blank=True)
    salt_key = SealedBytesField(default=new_salt_key)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "unit"], name="one_arrival_a_unit")
        ]
        indexes = [
            models.Index(
                fields=["unit", "arrived_at"],
                name="arrival_open",
                condition=Q(acknowledged_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} → {self.unit}"


class Mark(models.Model):
    """Something that does not fit, with its evidence; the unit may reply; a wrong one is
    withdrawn and stays visible as withdrawn."""

    class Kind(models.TextChoices):
        DAILY_MISSING = "daily_missing", _("The daily report is missing")
        DAILY_LATE = "daily_late", _("The daily report came late")
        URGENT_LATE = "urgent_late", _("The urgent report came late")
        NEXT_MISSING = "next_missing", _("The promised follow-up is missing")
        NUMBERS = "numbers", _("Numbers contradict the records")
        DANGER = "danger", _("A danger to life without an urgent report")
        CHANGED = "changed", _("Changed after it was read")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    subject = models.CharField(max_length=64)
    day = models.DateField(null=True, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="marks")
    evidence = SealedJSONField(default=dict)
    made_at = models.DateTimeField()
    reply = SealedTextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = SealedTextField(blank=True)
    salt_key = SealedBytesField(default=new_salt_key)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "subject"], name="one_mark_each")
        ]
        indexes = [models.Index(fields=["unit", "made_at"], name="mark_of_unit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit}"


class DayCount(models.Model):
    """How many entries of a kind the ledger holds for a unit and a local day, kept up to
    date by the worker: what daily reports are drafted from and held against."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    day = models.DateField()
    what = models.CharField(max_length=24)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day", "what"], name="one_count")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} {self.what} {self.count}"


class DailyRule(models.Model):
    """From a unit's word: every unit below it owes a daily report, by a time of the day.

    `daily_by` is minutes after midnight; of several rules above a unit the earliest holds. Without
    `every_day` it is owed on working days only.
    """

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    daily_by = models.PositiveSmallIntegerField(default=17 * 60)
    every_day = models.BooleanField(default=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.unit} {self.daily_by}"

    @property
    def ref(self) -> str:
        """The rule as the subject of its entries."""
        return f"dailyrule:{self.unit.code}"


class Progress(models.Model):
    """How far the ledger has been counted (one row), by the places of its entries."""

    counted = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.counted} entries"
