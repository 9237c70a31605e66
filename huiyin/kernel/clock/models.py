"""By when, and then whom: deadlines, the steps taken on them, and what an organisation changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.clock.limits import Explanation
from huiyin.kernel.units.models import Post, Unit


class Deadline(models.Model):
    """A post owes something to someone by a time set by a rule.

    `subject` is what it is about ("case:<locator>"), `of` tells several of one kind apart,
    `due_at` is half-open (late from that instant on), `next_at` is the time of the next step or
    null when nothing more will happen by itself. `pace` are the minutes from its end to the third
    rung, and from each rung to the next (the last one repeats); empty is the house's pace of days.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MET = "met", _("Met")
        EXCUSED = "excused", _("Excused")
        VOID = "void", _("No longer owed")

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    of = models.CharField(max_length=16, default="", blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="deadlines")
    rule = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warn_at = models.JSONField(default=list)
    pace = models.JSONField(default=list)
    explanation = models.JSONField(default=dict)
    calendar = models.CharField(max_length=32, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)
    avoid_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    avoid_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    avoid_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "of"], name="one_open_each", condition=Q(state="open")
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="deadline_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["post", "due_at"], name="deadline_owed", condition=Q(state="open")
            ),
            models.Index(fields=["subject"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} by {self.due_at:%F %R}"

    @property
    def why(self) -> str:
        """The explanation of the date in the reader's language."""
        why = Explanation.from_dict(self.explanation)
        return why.text("zh" if (get_language() or "zh").startswith("zh") else "en")

    @property
    def was_late(self) -> bool:
        """Whether it was met only after its time."""
        return self.ended_at is not None and self.ended_at >= self.due_at


class Step(models.Model):
    """A warning or an escalation that was taken; unique, so that a repetition is harmless.

    A limit that is extended or resumed is planned anew: the same number then has another time.
    """

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    rung = models.CharField(max_length=8)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "number", "planned_at"], name="each_planned_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.deadline_id}"


class CalendarDay(models.Model):
    """A day that the organisation itself declares working or free."""

    day = models.DateField(unique=True)
    working = models.BooleanField()
    note = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.working else 'free'}"


class LimitOverride(models.Model):
    """A limit that the organisation shortened; `days` in the unit of the pack's rule."""

    rule = models.CharField(max_length=32, unique=True)
    days = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.rule} {self.days}"


class UnitLimit(models.Model):
    """A limit that is shorter for a unit and all below it, for what begins from `since` to `until`.

    `subject` is what shortened it, `days` are in the unit of the pack's rule; of several the
    shortest holds. It can end earlier, never later.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=32)
    days = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    subject = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rule} {self.days}"


class ClockReading(models.Model):
    """The time of day beside the seconds that this start of a machine (`boot`) had been running."""

    boot = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    uptime = models.FloatField()

    def __str__(self) -> str:
        return f"{self.at:%F %T}"


class ClockHold(models.Model):
    """The clock was not believed: nothing is swept or erased until a person states the time.

    `confirmed_entry` is the last entry of the record then: what it and those before it are dated
    speaks against no later time.
    """

    class Kind(models.TextChoices):
        AHEAD = "ahead", _("The clock jumped ahead")
        BACK = "back", _("The clock went back")
        UNPROVEN = "unproven", _("After a long time off, nothing vouches for the time")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    expected_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_entry = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.shown_at:%F %T}"


class Standstill(models.Model):
    """Between these times no round was taken: what became due meanwhile was told afterwards."""

    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%F %T} to {self.until:%F %T}"


class WorkerRound(models.Model):
    """When a worker last finished a round (one row), and the names of the tasks that failed in it."""

    at = models.DateTimeField()
    failed = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
