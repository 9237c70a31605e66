"""Who: the tree of units, the posts in them, and who holds a post from when to when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(chinese: str, english: str) -> str:
    """Return the name in the reader's language, the Chinese one where no other was given."""
    return english if english and not (get_language() or "zh").startswith("zh") else chinese


class Unit(models.Model):
    """A group, a subsidiary, a department. `code` is its stable short name in the ledger."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Lineage(models.Model):
    """Each unit with each unit above it (itself at distance 0): the tree, ready for joins."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="lineage")
    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="descent")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "unit"], name="one_line_each")]

    def __str__(self) -> str:
        return f"{self.unit_id} under {self.ancestor_id}"


class Role(models.TextChoices):
    """What a post is for; rights follow from it, never from the person."""

    HEAD = "head", _("Head")
    DEPUTY = "deputy", _("Deputy in charge")
    HANDLER = "handler", _("Case handler")
    CLERK = "clerk", _("Clerk")
    REVIEWER = "reviewer", _("Reviewer")
    DUTY_LEADER = "duty_leader", _("Duty leader")
    SECRETARY = "secretary", _("Secretary")


OVERSEEING = (Role.HEAD, Role.DEPUTY, Role.CLERK)


class Post(models.Model):
    """A responsibility in a unit. `code` stands for it in the ledger."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    code = models.CharField(max_length=40, unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def full_name(self) -> str:
        """The unit and the title, as letters name it."""
        return f"{self.unit} · {self}"


class Tenure(models.Model):
    """Who holds a post, half-open from `starts` to `ends`; a stand-in acts during an absence.

    Who appointed them, for which post and when, is empty where no person did (set-up, import).
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tenures")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    stand_in = models.BooleanField(default=False)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    appointed_for = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    appointed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="tenure_ends_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.post}"


class Invitation(models.Model):
    """The way into a new account: a link, used once, by which its holder chooses the password.

    `digest` is the SHA-256 of the link's token, 32 random bytes: who reads it can't sign in.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitation")
    digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.made_at:%F}"


class Organisation(models.Model):
    """The one organisation that this service belongs to (row 1)."""

    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    country = models.CharField(max_length=2, default="CN", blank=True)
    pack = models.CharField(max_length=40, default="cn-petition-2022")
    language = models.CharField(
        max_length=8,
        default="zh-hans",
        choices=[("zh-hans", "中文"), ("en", "English")],
        help_text=_("The language of notices to its posts"),
    )
    reception = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The post that receives letters which nobody else claims"),
    )
    independent = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The post that takes letters about the top of the organisation"),
    )
    outside = models.TextField(
        blank=True, help_text=_("Where else people may turn: authorities, hotlines, courts")
    )
    outside_en = models.TextField(blank=True)
    keep_identity_days = models.PositiveIntegerField(
        default=730, help_text=_("Days after closing until the sealed identity is destroyed")
    )

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let this process read it anew."""
        from huiyin.kernel.units.queries import forget

        super().save(*args, **kwargs)
        forget()

    @property
    def outside_text(self) -> str:
        """Where else to turn, in the reader's language."""
        return in_language(self.outside, self.outside_en)
