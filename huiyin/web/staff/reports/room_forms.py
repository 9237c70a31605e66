"""The small forms of an incident's room."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.units.models import Post
from huiyin.parts.reports.actions.ending import Change
from huiyin.parts.reports.messages import MESSAGES
from huiyin.web.fields import MomentField
from huiyin.web.staff.reports.forms import LOCAL, TextForm

CHANGES = (1, 2, 3)


def _lines(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "class": "short"})
    return forms.CharField(label=label, max_length=4_000, widget=widget, **more)


def _moment(label: Any, **more: Any) -> MomentField:
    return MomentField(
        label=label,
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "w-20"}, format=LOCAL),
        input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        error_messages={"invalid": MESSAGES["moment"]},
        **more,
    )


def _post(label: Any, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, **more)


def local(moment: datetime) -> datetime:
    """Return a moment as a field shows it: local, to the minute."""
    return timezone.localtime(moment).replace(second=0, microsecond=0)


class RoomForm(TextForm):
    """A form of a room; `posts` are those who may be given what it sets."""

    def __init__(self, data: Any = None, *, posts: Iterable[Post] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [("", "—"), *((str(one.pk), one.full_name) for one in posts)]
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = choices
        self.order_fields([*(name for name in self.fields if name != "sure"), "sure"])


class LineForm(RoomForm):
    """A line of the log, or what came of a task."""

    text = _lines(_("In a few sentences"))


class DecisionForm(RoomForm):
    """What is decided, and why."""

    text = _lines(_("What is decided"), rows=2)
    why = _lines(_("Why"), rows=2)


class TaskForm(RoomForm):
    """What a post is to do, and by when."""

    text = forms.CharField(label=_("What is to be done"), max_length=300)
    post = _post(_("Which post owes it"))
    due = _moment(_("By when"))


class HandForm(RoomForm):
    """To whom a task goes beyond the stand-down, until when, and why."""

    post = _post(_("Which post owes it from now on"))
    due = _moment(_("By when"))
    why = _lines(_("Why"), rows=2)


class LeadForm(RoomForm):
    """Which post leads from now on, and why."""

    post = _post(_("Which post leads from now on"))
    why = _lines(_("Why"), rows=2)


class StandDownForm(RoomForm):
    """Why it is over, and who reviews it by when."""

    why = _lines(_("Why the incident is over"))
    post = _post(_("Which post writes the review"))
    due = _moment(_("Review by when"))


class ReviewForm(RoomForm):
    """What went well, what did not, and up to three changes, each with owner and time."""

    well = _lines(_("What went well"))
    ill = _lines(_("What did not go well (write “nothing” if nothing did)"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        posts = kwargs.get("posts", ())
        choices = [("", "—"), *((str(one.pk), one.full_name) for one in posts)]
        for n in CHANGES:
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("Change %(n)s: what is done otherwise") % {"n": n},
                max_length=300,
                required=False,
            )
            self.fields[f"post_{n}"] = _post(
                _("Change %(n)s: which post owes it") % {"n": n}, choices=choices, required=False
            )
            self.fields[f"due_{n}"] = _moment(_("Change %(n)s: by when") % {"n": n}, required=False)
        self.order_fields([*(name for name in self.fields if name != "sure"), "sure"])

    def changes(self) -> list[Change]:
        """Return the changes of which anything was written."""
        given = self.cleaned_data
        rows = [(given[f"text_{n}"], given[f"post_{n}"], given[f"due_{n}"]) for n in CHANGES]
        return [Change(*row) for row in rows if any(row)]
