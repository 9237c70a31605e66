"""The letter as it stands before sending: what the last step shows, and what is sent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.cases.actions.filing import Submission
from huiyin.parts.cases.models import Case, Category
from huiyin.web.portal.forms import JointForm, PlaceForm
from huiyin.web.portal.wizard import Draft


@dataclass(frozen=True)
class Row:
    """A line of the summary; `step` is where it is changed."""

    key: str
    value: str
    step: str
    letter: bool = False


def rows(draft: Draft) -> list[Row]:
    """Return the whole letter in lines, each with the step that changes it."""
    matter, place, naming = (draft.checked(step) for step in ("matter", "place", "naming"))
    assert isinstance(place, PlaceForm)
    told = matter.cleaned_data
    found = [
        Row(_("What it is about"), told.get("title", ""), "matter"),
        Row(_("What happened"), told.get("text", ""), "matter", letter=True),
        Row(_("Someone is in danger now"), _("Yes") if told.get("danger") else _("No"), "matter"),
        Row(
            _("Where"),
            "\n".join(
                filter(None, (place.chosen("place_unit"), place.cleaned_data.get("place", "")))
            ),
            "place",
            letter=True,
        ),
        Row(_("What kind of matter"), place.chosen("category"), "place"),
        Row(_("Complains of"), place.chosen("complained"), "place"),
        Row(
            _("Whether you give your name"),
            str(Case.Naming(naming.cleaned_data["naming"]).label),
            "naming",
        ),
    ]
    if "contact" in draft.steps:
        contact = draft.checked("contact")
        lines = [
            contact.cleaned_data.get(name, "") for name in ("name", "telephone", "email", "address")
        ]
        found.append(
            Row(_("Sealed contact"), "\n".join(filter(None, lines)), "contact", letter=True)
        )
        if isinstance(contact, JointForm):
            people = [" ".join(filter(None, one.values())) for one in contact.representatives()]
            found.append(Row(_("Representatives"), "\n".join(people), "contact", letter=True))
    chosen = naming.cleaned_data.get("phrase")
    found.append(Row(_("Recovery phrase"), _("Chosen") if chosen else _("None"), "naming"))
    return found


def submission(draft: Draft, language: str) -> Submission:
    """Return what is sent; the forms were found valid before."""
    matter, place, naming = (
        draft.checked(step).cleaned_data for step in ("matter", "place", "naming")
    )
    kind, _colon, pk = place["complained"].partition(":")
    identity: dict[str, str] = {}
    people: list[dict[str, str]] = []
    if naming["naming"] != Case.Naming.ANONYMOUS:
        contact = draft.checked("contact")
        identity = {
            name: contact.cleaned_data[name] for name in ("name", "telephone", "email", "address")
        }
        people = contact.representatives() if isinstance(contact, JointForm) else []
    return Submission(
        title=matter["title"],
        text=matter["text"],
        danger=matter["danger"],
        naming=naming["naming"],
        place=place["place"],
        place_unit=Unit.objects.get(pk=place["place_unit"]) if place["place_unit"] else None,
        category=Category.objects.get(pk=place["category"]) if place["category"] else None,
        complained_unit=Unit.objects.get(pk=pk) if kind == "unit" else None,
        complained_post=Post.objects.get(pk=pk) if kind == "post" else None,
        identity=identity,
        representatives=people,
        phrase=naming["phrase"],
        has_files=True,
        language=language,
        seed=draft.seed_bytes,
    )
