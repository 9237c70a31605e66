"""What is set up once: duty points, their hours and shift patterns, who may serve, the rules.

Days of the week are a bit mask, Monday being 1 and Sunday 64. Dates and times are half-open: `until`
and `ends` are the first day or instant that no longer counts; null is no limit.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.units.models import Unit, in_language
from huiyin.kernel.vault.fields import SealedTextField

EVERY_DAY = 0b1111111
DAY = 24 * 60


class Capacity(models.TextChoices):
    """As what somebody serves on a shift."""

    LEADER = "leader", _("Leader")
    DEPUTY = "deputy", _("Deputy")
    MEMBER = "member", _("Member")


class DutyPoint(models.Model):
    """A desk, a line or a site that must be staffed; `code` stands for it in the ledger."""

    class Kind(models.TextChoices):
        DESK = "desk", _("Desk")
        LINE = "line", _("Telephone line")
        SITE = "site", _("Site")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_points")
    code = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=120, blank=True)
    telephone = SealedTextField(max_length=32, blank=True)
    medical = SealedTextField(
        max_length=80, blank=True, help_text=_("Who helps when somebody on duty feels ill")
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def ref(self) -> str:
        """The point as the subject of deadlines, notices and entries."""
        return f"point:{self.code}"


class _Weekly(models.Model):
    """Something that comes back on days of the week, all year or from `begins` to `until`."""

    weekdays = models.PositiveSmallIntegerField(
        default=EVERY_DAY, validators=[MinValueValidator(1), MaxValueValidator(EVERY_DAY)]
    )
    begins = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    starts = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(DAY - 1)], help_text=_("Minutes after midnight")
    )
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(DAY)]
    )

    class Meta:
        abstract = True


class Opening(_Weekly):
    """When a point is open; hours outside are planned to be empty and are no gap."""

    point = models.ForeignKey(DutyPoint, models.CASCADE, related_name="openings")

    def __str__(self) -> str:
        return f"{self.point_id} {self.starts}+{self.minutes}"


class Pattern(_Weekly):
    """A shift that comes back: who it needs. `skills` maps a skill to how many must have it."""

    point = models.ForeignKey(DutyPoint, models.PROTECT, related_name="patterns")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    leaders = models.PositiveSmallIntegerField(default=1)
    deputies = models.PositiveSmallIntegerField(default=0)
    members = models.PositiveSmallIntegerField(default=1)
    skills = models.JSONField(default=dict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["point", "code"],
                name="one_pattern_code_each",
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Eligible(models.Model):
    """Who may serve at a point, and as what: a leader also as deputy or member, a deputy as member.

    `skills` is a list of words; `telephone` is where they are reached on duty.
    """

    point = models.ForeignKey(DutyPoint, models.CASCADE, related_name="eligible")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=6, choices=Capacity.choices)
    begins = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    skills = models.JSONField(default=list, blank=True)
    telephone = SealedTextField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "user"], name="one_eligibility_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.point}"


class DutyRules(models.Model):
    """What binds every roster of a unit; one that has none follows the nearest unit above."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="duty_rules")
    rest_minutes = models.PositiveSmallIntegerField(default=11 * 60)
    most_in_row = models.PositiveSmallIntegerField(default=5)
    most_week_minutes = models.PositiveSmallIntegerField(default=44 * 60)
    submit_days = models.PositiveSmallIntegerField(
        default=7, help_text=_("Days before its first day by which a roster is owed")
    )
    approve_days = models.PositiveSmallIntegerField(
        default=2, help_text=_("Days in which the parent unit decides on it")
    )
    gap_hours = models.PositiveSmallIntegerField(
        default=72, help_text=_("Hours ahead at which an unfilled shift is alarmed")
    )
    handover_minutes = models.PositiveSmallIntegerField(
        default=30, help_text=_("Minutes after a shift's start by which both have signed")
    )
    sign_in_minutes = models.PositiveSmallIntegerField(
        default=10, help_text=_("Minutes after a shift's start by which its leader has signed in")
    )

    def __str__(self) -> str:
        return str(self.unit)


class Leave(models.Model):
    """When somebody can't serve. Why is never asked for and never kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    entered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="leave_ends_later")
        ]
        indexes = [models.Index(fields=["user", "ends"], name="leave_of")]

    def __str__(self) -> str:
        return f"{self.user} {self.starts:%F}"


class Wish(models.Model):
    """What somebody would like, or like not, on a day; `weight` 1 to 3. No reason is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="+")
    day = models.DateField()
    wanted = models.BooleanField()
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "pattern", "day"], name="one_wish_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


class Bound(models.Model):
    """An assignment that is fixed, or forbidden, before a roster is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="+")
    day = models.DateField()
    fixed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "pattern", "day"], name="one_bound_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


class Served(models.Model):
    """Shifts of a class that somebody stood before the first roster was kept here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    klass = models.CharField(max_length=12)
    shifts = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "klass"], name="one_count_each_class")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.klass} {self.shifts}"
