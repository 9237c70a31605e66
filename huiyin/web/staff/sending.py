"""The forms of who answers: category, forwarding, objection, its settling, transfer, helpers."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.cases import suggest
from huiyin.parts.cases.actions import forwarding, handling
from huiyin.parts.cases.models import Category
from huiyin.web.portal.widgets import HintedRadios
from huiyin.web.staff import pick
from huiyin.web.staff.forms import MoveForm, text_field


def categories() -> list[tuple[str, Any]]:
    """Return the open categories, each group under its parent's name."""
    open_ones = list(Category.objects.filter(closed_at__isnull=True).order_by("id"))
    below: dict[int | None, list[Category]] = {}
    for one in open_ones:
        below.setdefault(one.parent_id, []).append(one)
    return [
        (
            (str(top), [(str(one.pk), str(one)) for one in (top, *below[top.pk])])
            if top.pk in below
            else (str(top.pk), str(top))
        )
        for top in below.get(None, [])
    ]


def _whole(given: Any, name: str) -> int | None:
    text = str(given.get(name, ""))
    return int(text) if text.isdigit() and len(text) < 10 else None


class Categorise(MoveForm):
    """What the letter is about."""

    title = _("Confirm the category")
    button = _("Save the category")
    rule = "forward"
    category = forms.ChoiceField(label=_("Category"))

    def offer(self) -> None:
        """Offer the categories, the present one chosen."""
        self.fields["category"].choices = [("", "–"), *categories()]  # type: ignore[attr-defined]
        self.fields["category"].initial = self.case.category_id

    def perform(self, now: datetime) -> object:
        """Call the action."""
        chosen = Category.objects.get(pk=self.cleaned_data["category"])
        return forwarding.categorise(self.acting, self.case.locator, chosen, now=now)


class _ToUnit(MoveForm):
    """A move that names a unit: suggested ones first, others through a search."""

    finds: ClassVar[str] = "unit"
    suggests: ClassVar[bool] = True
    unit = forms.ChoiceField(label=_("Unit"), widget=forms.RadioSelect)
    find = forms.CharField(label=_("Find another unit by name or code"), required=False)

    def offer(self) -> None:
        """Offer the suggested units, each with its reason, then those near or found."""
        hints: dict[str, str] = {}
        offered: dict[int, Unit] = {}
        for one in suggest.suggest(self.case) if self.suggests else []:
            offered[one.unit.pk] = one.unit
            hints[str(one.unit.pk)] = reason(one)
        barred = suggest.barred(self.case)
        near = pick.units(
            str(self.given.get("find", "")),
            self.acting.post.unit_id,
            barred,
            _whole(self.given, "unit"),
        )
        offered |= {one.pk: one for one in near if one.pk not in offered}
        names = pick.paths(offered.values())
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = HintedRadios(hints)
        field.choices = [(str(pk), names[pk]) for pk in offered]

    def chosen(self) -> Unit:
        """Return the unit that was chosen."""
        return Unit.objects.get(pk=self.cleaned_data["unit"])


def reason(one: suggest.Suggested) -> str:
    """Return in a sentence why a unit is suggested."""
    if one.above:
        return now_("Suggested: it stands above the unit that the letter complains of.")
    if not one.claims:
        return now_("Suggested: it happened there.")
    said = [
        "、".join(str(part) for part in (claim.category, claim.place, claim.matter) if part)
        for claim in one.claims[:3]
    ]
    return now_("Suggested: it answers for %(claims)s.") % {"claims": "；".join(said)}


class Forward(_ToUnit):
    """To the unit that answers."""

    title = _("Forward the letter")
    lead = _("To the unit that answers. It decides within the limit whether it accepts the letter.")
    button = _("Forward")
    rule = "forward"
    reason = text_field(_("Why this unit"), _("The writer can read this."), required=False, rows=3)

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return forwarding.forward(
            self.acting,
            self.case.locator,
            self.chosen(),
            now=now,
            reason=self.cleaned_data["reason"],
        )


class Settle(_ToUnit):
    """Who answers, decided by the common parent."""

    title = _("Decide which unit answers")
    lead = _("The units differ. You decide as their common parent; there is no objection to that.")
    button = _("Decide")
    rule = "settle"
    reason = text_field(_("Why this unit"), _("The writer can read this."), rows=4)

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return forwarding.settle(
            self.acting, self.case.locator, self.chosen(), self.cleaned_data["reason"], now=now
        )


class Join(_ToUnit):
    """A unit that helps."""

    title = _("Let another unit help")
    lead = _("The owner stays the one that answers.")
    button = _("Ask it to help")
    rule = "join"
    suggests = False
    reason = text_field(_("What it is to help with"), _("The writer can read this."), rows=4)

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return handling.join(
            self.acting, self.case.locator, self.chosen(), self.cleaned_data["reason"], now=now
        )


class Transfer(MoveForm):
    """Another owner."""

    title = _("Name another owner")
    lead = _("What is owed goes along with the letter; no time is gained.")
    button = _("Transfer")
    rule = "transfer"
    finds = "post"
    post = forms.ChoiceField(label=_("New owner"), widget=forms.RadioSelect)
    find = forms.CharField(label=_("Find a post below your unit"), required=False)
    reason = text_field(_("Why"), _("The writer can read this."), rows=4)

    def offer(self) -> None:
        """Offer the posts of the letter's and the actor's unit, or those searched for."""
        barred = suggest.barred(self.case)
        found = pick.posts(
            str(self.given.get("find", "")),
            {self.case.unit_id, self.acting.post.unit_id},
            self.acting.post.unit_id,
            _whole(self.given, "post"),
        )
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.full_name)
            for one in found
            if one.pk not in {self.case.owner_id, self.case.complained_post_id}
            and one.unit_id not in barred
        ]

    def perform(self, now: datetime) -> object:
        """Call the action."""
        post = Post.objects.select_related("unit").get(pk=self.cleaned_data["post"])
        return handling.transfer(
            self.acting, self.case.locator, post, self.cleaned_data["reason"], now=now
        )


class Object(MoveForm):
    """Not competent."""

    title = _("Say that your unit is not competent")
    lead = _("The common parent of the two units then decides who answers.")
    button = _("Object")
    rule = "object"
    reason = text_field(_("Why your unit is not competent, and who is"))

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return forwarding.object_to(
            self.acting, self.case.locator, self.cleaned_data["reason"], now=now
        )
