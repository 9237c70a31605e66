"""Rosters and their versions, who stands which shift, swaps and absences.

A shift exists once, whatever the version of the roster: what happens on it hangs on the shift, who is
to stand it hangs on the version. Times are UTC and half-open.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault.fields import SealedBytesField, SealedTextField
from huiyin.parts.duty.models.setup import Capacity, DutyPoint, Pattern


class Shift(models.Model):
    """One shift of a point. `day` is the local date on which it starts; `klass` its fair class."""

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="shifts")
    pattern = models.ForeignKey(Pattern, models.PROTECT, related_name="shifts")
    day = models.DateField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    klass = models.CharField(max_length=12)
    leaders = models.PositiveSmallIntegerField()
    deputies = models.PositiveSmallIntegerField()
    members = models.PositiveSmallIntegerField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_ends_later"),
            models.UniqueConstraint(
                fields=["pattern", "day"],
                name="one_shift_a_day",
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["point", "starts"], name="shift_of_point")]

    def __str__(self) -> str:
        return f"{self.point} {self.pattern} {self.day}"

    @property
    def ref(self) -> str:
        """The shift as the subject of deadlines, notices and entries; two may begin at one time."""
        return f"shift:{self.point.code}:{self.starts:%Y%m%dT%H%MZ}:{self.pattern.code}"


class Roster(models.Model):
    """One version of a unit's roster for the local days from `first_day` up to `end_day`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced by a newer version")
        FROZEN = "frozen", _("Closed")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rosters")
    first_day = models.DateField()
    end_day = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    reason = SealedTextField(blank=True, help_text=_("Why it was returned, or changed"))
    salt_key = SealedBytesField(default=new_salt_key)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_day__gt=F("first_day")), name="roster_ends_later"
            ),
            models.UniqueConstraint(
                fields=["unit", "first_day", "version"], name="one_roster_a_version"
            ),
            models.UniqueConstraint(
                fields=["unit", "first_day"],
                name="one_roster_in_force",
                condition=Q(state__in=["published", "frozen"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.first_day} ({self.version})"

    @property
    def ref(self) -> str:
        """The roster, whatever its version, as the subject of deadlines, notices and entries."""
        return f"roster:{self.unit.code}:{self.first_day:%Y%m%d}"


class Assignment(models.Model):
    """Who stands a shift in one version of the roster. `marks` are names of rules that it breaks."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="assignments")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=6, choices=Capacity.choices)
    marks = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "shift", "user"], name="once_on_a_shift")
        ]
        indexes = [models.Index(fields=["user", "roster"], name="assignment_of")]

    def __str__(self) -> str:
        return f"{self.user} {self.shift}"


class SolveRun(models.Model):
    """A solve that was asked for: how far it is, whether to stop it, and what it gave."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Mode(models.TextChoices):
        FILL = "fill", _("Fill what is empty; whoever is on a shift stays")
        ANEW = "anew", _("Make the whole roster anew")
        KEEP = "keep", _("Change as little as possible of the version before")

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="runs")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.FILL)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    seconds = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="the last sign of life")
    ended_at = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster"],
                name="one_solve_at_a_time",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.roster} {self.state}"


class Swap(models.Model):
    """A shift offered to a colleague, or to whoever volunteers (`taker` null), perhaps in return
    for one of theirs. It takes effect as a new version of the roster."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACCEPTED = "accepted", _("Accepted")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="swaps")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="swaps")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    in_return = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    reason = SealedTextField(blank=True)
    result = models.ForeignKey(Roster, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "giver"],
                name="one_open_swap",
                condition=Q(state__in=["asked", "accepted"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver} {self.shift}"


class Absence(models.Model):
    """Somebody can't come, or was relieved on the shift; and who stepped in. Never why."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="absences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=6, choices=Capacity.choices)
    told_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "user"], name="one_absence_each")]

    def __str__(self) -> str:
        return f"{self.user} {self.shift}"


class Feed(models.Model):
    """A calendar address that can be revoked: of a person's own duty, or of a point's.

    Only a hash of its secret is kept.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    point = models.ForeignKey(
        DutyPoint, models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(point__isnull=True), name="feed_of_one"
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.point)
