"""The first page of duty, and how far the units are with their rosters."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING
from huiyin.parts.duty import queries
from huiyin.parts.duty.access import NotYours
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words as words


def rows(found: list[queries.Standing]) -> list[dict[str, object]]:
    """Return units with the word and tone of where their roster stands."""
    return [
        {
            "one": one,
            "name": str(words.STANDING[one.word][0]),
            "tone": words.STANDING[one.word][1],
            "period": words.period(one.roster) if one.roster else "",
        }
        for one in found
    ]


@staff
def overview(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show what the post and its holder have to do with duty now."""
    found = queries.overview(acting, now)
    return page(
        request, "duty/overview", acting, section="duty", found=found,
        rosters=[(one, words.period(one), words.tone(one)) for one in found.rosters],
        decide=[(one, words.period(one)) for one in found.decide],
        units=[one for one in rows(list(found.units)) if one["one"].word != "in"][:5],  # type: ignore[attr-defined]
        owed=words.owed(found.owed),
        oversees=acting.post.role in OVERSEEING and bool(found.units),
    )  # fmt: skip


@staff
def units(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show every unit below with its next roster: late, missing, waiting or in."""
    if acting.post.role not in OVERSEEING:
        raise NotYours
    return page(
        request, "duty/units", acting, section="duty", rows=rows(queries.standing(acting, now))
    )
