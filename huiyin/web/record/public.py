"""The public record as a page: how long the log is, who watches it, promises kept and missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.kernel.ledger import cosigning, publishing, signing
from huiyin.kernel.ledger.models import Log
from huiyin.kernel.ledger.notes import Checkpoint, Note, NoteError, open_checkpoint
from huiyin.kernel.ledger.tiles import TileError
from huiyin.kernel.units.models import Unit
from huiyin.parts.record.figures import Figures, figures
from huiyin.parts.record.suppress import Cell, rolled


@dataclass(frozen=True)
class Figure:
    """One count as it is shown: in words, and as a bar of so many percent where it is a number."""

    text: str
    percent: int | None = None


@dataclass(frozen=True)
class Row:
    """One unit of which something may be shown, and how many units are counted with it."""

    name: str
    others: int
    kept: Figure
    missed: Figure


@dataclass(frozen=True)
class Shown:
    """What may be published: rows, totals ("" where withheld), how many units have no row and why."""

    rows: list[Row]
    kept: str
    missed: str
    within: int
    withheld: int


def _figure(cell: Cell, most: int, names: Mapping[str, str]) -> Figure:
    if cell.shown is not None:
        return Figure(str(cell.shown), round(100 * cell.shown / most))
    if cell.within is not None:
        return Figure(_("in %(unit)s") % {"unit": names[cell.within]})
    return Figure(_("withheld"))


def shown(counted: Figures) -> Shown:
    """Return what may be published, small counts with those of the unit above."""
    units = {unit.code: unit for unit in Unit.objects.select_related("parent")}
    above: dict[str, str | None] = {}
    for code in sorted({*counted.kept, *counted.missed}):
        over: str | None = code
        while over is not None and over not in above:
            parent = units[over].parent if over in units else None
            above[over] = parent.code if parent else None
            over = above[over]
    kept, missed = rolled(counted.kept, above), rolled(counted.missed, above)
    every = [*kept.cells.values(), *missed.cells.values()]
    most = max((one.shown or 0 for one in every), default=0) or 1
    names = {code: str(units.get(code, code)) for code in above}
    rows, within, withheld = [], 0, 0
    for code in sorted(above, key=lambda one: names[one]):
        one, two = kept.cells[code], missed.cells[code]
        if one.shown is None and two.shown is None:
            within += Cell() not in (one, two)
            withheld += Cell() in (one, two)
            continue
        both = [_figure(cell, most, names) for cell in (one, two)]
        rows.append(Row(names[code], max(one.others, two.others), *both))
    total, lost = ("" if one.total is None else str(one.total) for one in (kept, missed))
    return Shown(rows, total, lost, within, withheld)


def _checkpoint() -> tuple[Checkpoint, int] | None:
    """Return the checkpoint that is out and how many besides the log signed it; None before it."""
    note = publishing.current()
    if note is None:
        return None
    found = open_checkpoint(note.decode(), signing.verifier())
    signed = Note.parse(note.decode()).signatures
    return found, sum(one.name != found.origin for one in signed)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the public record."""
    context: dict[str, object] = {"section": "record"}
    at: datetime | None = Log.objects.values_list("integrated_at", flat=True).first()
    try:
        if (signed := _checkpoint()) is not None:
            checkpoint, witnesses = signed
            counted = figures(checkpoint.size)
            context |= {
                "checkpoint": checkpoint,
                "root": checkpoint.root.hex(),
                "at": at,
                "witnesses": witnesses,
                "standing": cosigning.standing(),
                "key": str(signing.verifier()),
                "counted": counted.size,
                "shown": shown(counted),
            }
    except (NoteError, OSError, TileError, signing.LogKeyError, cosigning.WitnessError):
        context["damaged"] = True
    return render(request, "record/public.html", context)
