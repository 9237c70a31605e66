"""The forms of the written answer, of a review's decision, and of what was promised in them."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.given import BadInput
from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import answering, reviews
from huiyin.parts.cases.actions.answering import AnswerText, Promise
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.models import Review
from huiyin.web.fields import DayField
from huiyin.web.staff import pick
from huiyin.web.staff.forms import MoveForm, text_field

ROWS, MOST_ROWS = 2, 10
ROW = ("what", "on", "who")  # the fields of one promise


class Answer(MoveForm):
    """The written answer, with what is promised in it."""

    title = _("Give the written answer")
    lead = _("The writer can then rate it, say whether it is solved, or ask for a review.")
    button = _("Give the answer")
    rule = "answer"
    facts = text_field(_("Facts found"), _("What was looked into, and what came out."), rows=8)
    ground = text_field(_("Ground"), _("Laws, rules and policies, by their articles."), rows=3)
    decision = text_field(_("Decision"), _("What of the request is met, what is not, and why."))

    def offer(self) -> None:
        """Add the rows of remedies."""
        wanted = str(self.given.get("rows", ROWS))
        count = min(int(wanted) if wanted.isdigit() else ROWS, MOST_ROWS)
        if "more" in self.given:
            count = min(count + ROWS, MOST_ROWS)
        self.rows = range(1, count + 1)
        for number in self.rows:
            self.fields[f"what_{number}"] = forms.CharField(
                label=now_("What will be done (%(number)s)") % {"number": number},
                required=False,
                max_length=2000,
            )
            self.fields[f"on_{number}"] = DayField(
                label=now_("By when"),
                required=False,
                widget=forms.DateInput({"type": "date", "class": "w-10"}, "%Y-%m-%d"),
                error_messages={"invalid": now_("Give a day.")},
            )
            self.fields[f"who_{number}"] = forms.ChoiceField(
                label=now_("Which post"), required=False, choices=self._posts()
            )

    def _posts(self) -> list[tuple[str, str]]:
        """Return the posts that may be given a promise: of the owner's unit, and helping ones."""
        if not hasattr(self, "able"):
            near = pick.posts("", {self.case.unit_id}, self.case.unit_id, None)
            self.able = {
                str(one.pk): one
                for one in (*near, *queries.helpers(self.case))
                if one.pk not in {self.case.owner_id, self.case.complained_post_id}
            }
        owner = ("", now_("The owner"))
        return [owner, *((pk, one.full_name) for pk, one in self.able.items())]

    @property
    def promise_rows(self) -> list[tuple[forms.BoundField, ...]]:
        """The rows of remedies, as fields."""
        return [tuple(self[f"{name}_{n}"] for name in ROW) for n in self.rows]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that are not in a row."""
        return [one for one in self.visible_fields() if one.name.partition("_")[0] not in ROW]

    @property
    def more_rows(self) -> bool:
        """Whether another row may be added."""
        return len(self.rows) < MOST_ROWS

    def clean(self) -> dict[str, Any]:
        """A promise has a text and a day, or neither."""
        given = super().clean() or {}
        for number in self.rows:
            what, on = given.get(f"what_{number}"), given.get(f"on_{number}")
            if what and on is None and f"on_{number}" not in self.errors:
                self.add_error(f"on_{number}", str(MESSAGES["missing"]))
            if on and not what:
                self.add_error(f"what_{number}", str(MESSAGES["missing"]))
        return given

    def promises(self) -> list[Promise]:
        """Return the remedies that were filled in."""
        rows = [tuple(self.cleaned_data[f"{name}_{n}"] for name in ROW) for n in self.rows]
        self.filled = [n for n in self.rows if self.cleaned_data[f"what_{n}"]]
        return [
            Promise(what, on, self.able.get(who))
            for what, on, who in rows
            if what and isinstance(on, date)
        ]

    def refuse(self, error: BadInput) -> None:
        """Show what is wrong with a remedy beside its row."""
        name, _mark, number = error.field.partition("_")
        if name == "remedy" and number.isdigit():
            index = int(number) - self.case.remedies.count() - 1
            if 0 <= index < len(self.filled):
                field = "on" if error.code == "in_past" else "what"
                error = BadInput(f"{field}_{self.filled[index]}", error.code)
        super().refuse(error)

    def text(self) -> AnswerText:
        """Return the answer's parts."""
        given = self.cleaned_data
        return AnswerText(given["facts"], given["ground"], given["decision"])

    def perform(self, now: datetime) -> object:
        """Call the action."""
        promises = self.promises()
        return answering.answer(
            self.acting, self.case.locator, self.text(), now=now, promises=promises
        )


class DecideReview(Answer):
    """The review's decision."""

    title = _("Decide the review")
    lead = _("You look at the matter afresh; nobody who handled it before takes part.")
    button = _("Decide")
    rule = "decide_review"
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Review.Outcome.choices, widget=forms.RadioSelect
    )
    field_order = ["outcome"]

    def perform(self, now: datetime) -> object:
        """Call the action."""
        promises = self.promises()
        return reviews.decide_review(
            self.acting,
            self.case.locator,
            self.cleaned_data["outcome"],
            self.text(),
            now=now,
            promises=promises,
        )


class ReportRemedy(MoveForm):
    """Something promised was done."""

    title = _("Report a promise as kept")
    lead = _("The writer is asked to look and may say that it was not done.")
    button = _("Report")
    rule = "report_remedy"
    number = forms.TypedChoiceField(label=_("Which promise"), coerce=int, widget=forms.RadioSelect)
    text = text_field(_("What was done, and when"))

    def offer(self) -> None:
        """Offer the promises that are open."""
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            (one.remedy.number, f"{one.remedy.number}. {one.text}")
            for one in queries.remedies(self.case)
            if one.remedy.state in {"promised", "disputed"}
            and self.acting.post.pk in {one.remedy.post_id, self.case.owner_id}
        ]

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return answering.report_remedy(
            self.acting, self.case.locator, given["number"], given["text"], now=now
        )
