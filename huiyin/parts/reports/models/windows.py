"""Windows: periods in which units owe more; what each has done of it, and what posts say after."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault.fields import SealedBytesField, SealedTextField


class Window(models.Model):
    """A period from the local day `first_day` to `last_day`, for a unit and all below it.

    `settings` are those of `tightening.Settings`; `number` stands for it in addresses and the
    ledger; `version` counts its changes, each of which asks for more or ends it earlier.
    `counted_at` is when the readiness of its units was last counted.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="windows")
    number = models.CharField(max_length=20, unique=True)
    title = SealedTextField(max_length=120)
    first_day = models.DateField()
    last_day = models.DateField()
    settings = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def ref(self) -> str:
        """The window as the subject of deadlines, notices and entries."""
        return f"window:{self.number}"


class WindowVersion(models.Model):
    """What a window asked for from a time on. Never changed."""

    window = models.ForeignKey(Window, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    last_day = models.DateField()
    settings = models.JSONField(default=dict)
    salt_key = SealedBytesField()
    entry_digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["window", "number"], name="one_window_version")
        ]

    def __str__(self) -> str:
        return f"{self.window} ({self.number})"


class WindowUnit(models.Model):
    """A unit in a window: what it confirmed, and how ready it was when it was last counted.

    `roster`, `leader`, `line`, `exercise`, `daily`, `checks`: 0 in order, 1 not in order, null not
    asked (or not due yet). `late` is how many deadlines of letters the unit has let pass. `below`
    holds, for a unit with others below, the sums over all of them and itself (`readiness.summed`).
    `told` is the version of the window that the unit was told of, and owes what it asks for.
    """

    window = models.ForeignKey(Window, models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    line_tested_on = models.DateField(null=True, blank=True)
    line_tested_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+"
    )
    exercised_on = models.DateField(null=True, blank=True)
    exercised_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    roster = models.PositiveSmallIntegerField(null=True)
    leader = models.PositiveSmallIntegerField(null=True)
    line = models.PositiveSmallIntegerField(null=True)
    exercise = models.PositiveSmallIntegerField(null=True)
    daily = models.PositiveSmallIntegerField(null=True)
    checks = models.PositiveSmallIntegerField(null=True)
    late = models.PositiveIntegerField(default=0)
    below = models.JSONField(null=True)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["window", "unit"], name="one_row_in_a_window")
        ]

    def __str__(self) -> str:
        return f"{self.window_id} {self.unit_id}"


class WindowPost(models.Model):
    """A post of a unit's leading group, with what it answers for."""

    class Duty(models.TextChoices):
        OVERALL = "overall", _("Overall responsibility")
        CHARGE = "charge", _("In charge of the work")
        DUTY = "duty", _("Duty and reports")
        LETTERS = "letters", _("Letters and answers")

    row = models.ForeignKey(WindowUnit, models.CASCADE, related_name="group")
    duty = models.CharField(max_length=8, choices=Duty.choices)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "duty"], name="one_post_a_duty")]

    def __str__(self) -> str:
        return f"{self.duty} {self.post}"


class WindowReply(models.Model):
    """What a post says, after a window, to what of its duties was missed: why, and what follows."""

    window = models.ForeignKey(Window, models.PROTECT, related_name="replies")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    cause = SealedTextField()
    reply = SealedTextField(blank=True)
    at = models.DateTimeField()
    salt_key = SealedBytesField(default=new_salt_key)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["window", "post"], name="one_reply_a_post")]

    def __str__(self) -> str:
        return f"{self.window} {self.post}"
