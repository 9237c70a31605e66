"""What the letters' part keeps. Whatever a person wrote is sealed under the letter's text key."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.models import Post, Unit, in_language


class Category(models.Model):
    """What letters are about, as a tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Claim(models.Model):
    """What a unit declares that it answers for: any of category, place and subject matter."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="claims")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    matter = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=False) | ~Q(place="") | ~Q(matter=""),
                name="claim_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.category or ''} {self.place} {self.matter}"


class Case(models.Model):
    """One grievance, from filing to closing.

    `unit` and `owner` are where it is now; `conflict_unit` is the top of the subtree that may not
    touch it, `complained_post` a single post that may not. `next_due_at` repeats the earliest open
    deadline of a post, so that lists need no join. `public_name` is what its promises stand under in
    the public log; empty where it complains of somebody: then nothing of it is shown there.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        COUNTER = "counter", _("At the counter")
        TELEPHONE = "telephone", _("By telephone")
        POST = "post", _("By post")
        EMAIL = "email", _("E-mail")
        IMPORT = "import", _("Imported")
        API = "api", _("Programming interface")

    class Naming(models.TextChoices):
        ANONYMOUS = "anonymous", _("Anonymous")
        NAMED = "named", _("Named")
        JOINT = "joint", _("Joint letter")

    class Stage(models.TextChoices):
        RECEIVED = "received", _("Received")
        FORWARDED = "forwarded", _("Forwarded to a unit")
        DISPUTED = "disputed", _("Who answers is being decided")
        ACCEPTED = "accepted", _("Being handled")
        DECLINED = "declined", _("Not accepted")
        ANSWERED = "answered", _("Answered")
        REVIEWING = "reviewing", _("Under review")
        REVIEWED = "reviewed", _("Review decided")
        FINAL_REVIEWING = "final_reviewing", _("Under final review")
        FINAL_REVIEWED = "final_reviewed", _("Final review decided")
        ASKED = "asked", _("Asking whether it is solved")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn by the writer")

    locator = models.CharField(max_length=12, unique=True)
    public_name = models.CharField(max_length=40, blank=True)
    secret_hash = models.BinaryField(max_length=64)
    phrase_hash = models.CharField(max_length=200, blank=True)
    code_shared = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    naming = models.CharField(max_length=10, choices=Naming.choices)
    language = models.CharField(max_length=8, default="zh-hans")
    category = models.ForeignKey(Category, models.PROTECT, null=True)
    place_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    complained_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    complained_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    conflict_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    danger = models.BooleanField(default=False)
    text_key = models.BinaryField(null=True)
    key_version = models.PositiveSmallIntegerField(default=1)
    title = models.BinaryField()
    stage = models.CharField(max_length=16, choices=Stage.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases")
    owner = models.ForeignKey(Post, models.PROTECT, related_name="cases")
    next_due_at = models.DateTimeField(null=True)
    steps_count = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=16, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "next_due_at"], name="case_unit_due"),
            models.Index(fields=["unit", "-id"], name="case_unit_newest"),
            models.Index(fields=["owner", "next_due_at"], name="case_owner_due"),
            models.Index(
                fields=["next_due_at", "id"],
                name="case_due",
                condition=Q(next_due_at__isnull=False),
            ),
            models.Index(fields=["stage", "-id"], name="case_stage_newest"),
            models.Index(
                fields=["closed_at"],
                name="case_to_erase",
                condition=Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.locator

    @property
    def ref(self) -> str:
        """How deadlines, entries, files and notices name this letter."""
        return f"case:{self.locator}"


class Step(models.Model):
    """One thing that happened to a letter; the case page is the list of these."""

    class By(models.TextChoices):
        WRITER = "writer", _("The writer")
        POST = "post", _("A post")
        CLOCK = "clock", _("The clock")

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=6, choices=By.choices)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    shown = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="steps_in_order")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number} {self.kind}"


class Involvement(models.Model):
    """A post, and the person in it, that handled the letter in some capacity."""

    class Capacity(models.TextChoices):
        RECEPTION = "reception", _("Reception")
        OWNER = "owner", _("Owner")
        HELPER = "helper", _("Co-handling")
        ARBITER = "arbiter", _("Decides who answers")
        SUPERIOR = "superior", _("Decided as superior")
        REVIEWER = "reviewer", _("Reviewer")

    case = models.ForeignKey(Case, models.CASCADE, related_name="involvements")
    post = models.ForeignKey(Post, models.PROTECT, related_name="involvements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    capacity = models.CharField(max_length=9, choices=Capacity.choices)
    level = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["post", "case"], name="involved_post", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.capacity}"


class Remedy(models.Model):
    """An action promised in an answer, with its own deadline (`of` = number)."""

    class State(models.TextChoices):
        PROMISED = "promised", _("Promised")
        DONE = "done", _("Reported as done")
        CONFIRMED = "confirmed", _("Confirmed")
        DISPUTED = "disputed", _("Not done, says the writer")

    case = models.ForeignKey(Case, models.CASCADE, related_name="remedies")
    number = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    text = models.BinaryField()
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROMISED)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="remedy_number")]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.number}"


class Review(models.Model):
    """A review (level 1) or final review (level 2) by a post that never touched the letter."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("The answer stands")
        CHANGED = "changed", _("The answer is changed")
        RETURNED = "returned", _("To be handled anew")

    case = models.ForeignKey(Case, models.CASCADE, related_name="reviews")
    level = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "level", "round"], name="one_review_a_level")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} level {self.level}"


class Hearing(models.Model):
    """A hearing or mediation; the limit to answer pauses from its setting to its record."""

    class Form(models.TextChoices):
        HEARING = "hearing", _("Hearing")
        MEDIATION = "mediation", _("Mediation")

    case = models.ForeignKey(Case, models.CASCADE, related_name="hearings")
    form = models.CharField(max_length=9, choices=Form.choices)
    at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.form} {self.at:%F}"


class Extension(models.Model):
    """One extension of the limit to answer, asked by the owner, decided above."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reason = models.BinaryField()
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="one_extension", condition=Q(granted=True)
            ),
            models.UniqueConstraint(
                fields=["case"], name="one_extension_asked", condition=Q(decided_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"


class Rating(models.Model):
    """The writer's word on the handling and, apart from it, on the outcome; 1 (poor) to 5."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings")
    level = models.PositiveSmallIntegerField(default=0)
    handling = models.PositiveSmallIntegerField()
    outcome = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "level"], name="one_rating_a_level"),
            models.CheckConstraint(
                condition=Q(handling__range=(1, 5), outcome__range=(1, 5)),
                name="rating_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handling}/{self.outcome}"


class ImportedNumber(models.Model):
    """That a row with this number in somebody's spreadsheet is a letter here, so that none comes
    twice. `digest` is a hash keyed by the organisation's pepper; the number itself is not kept.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    case = models.OneToOneField(Case, models.CASCADE, related_name="imported")

    def __str__(self) -> str:
        return str(self.case_id)


class SearchPending(models.Model):
    """A letter with words that the index does not hold yet: a search reads it itself."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.case_id)


class SearchSegment(models.Model):
    """The index of the letters whose ids begin at `number` times `search.SPAN`.

    `version` grows with each building; `wrapped_key` is the version's own key, under the
    organisation's key for search: it is destroyed with the version.
    """

    number = models.PositiveIntegerField(unique=True)
    version = models.PositiveIntegerField(default=1)
    wrapped_key = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number} ({self.version})"


class SearchBucket(models.Model):
    """Some of a segment's words, sealed; all buckets of a segment are of one size."""

    segment = models.ForeignKey(SearchSegment, models.CASCADE, related_name="buckets")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="one_search_bucket")
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.number}"
