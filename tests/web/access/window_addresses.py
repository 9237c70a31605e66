"""An open window of the group and one that is over, for the table of who may open which page."""

from datetime import timedelta

from django.utils import timezone

from huiyin.parts.reports.models import Window, WindowUnit
from huiyin.parts.reports.tightening import Settings
from tests.cast import Cast

INSIDE = {"clerk", "group_head", "owner", "cook", "transport_head"}
MAKERS = {"group_head", "transport_head"}
POSTED = {"window_open", "window_close"}
SEEN = {
    "window", "window_readiness", "window_wrong", "window_group", "window_confirm",
    "window_review", "window_reply",
}  # fmt: skip
CHANGED = {"window_tighten", "window_open", "window_close"}
TABLE: dict[str, tuple[set[str], int]] = {
    "windows": (INSIDE | {"auditor"}, 403),
    "window_new": (MAKERS, 403),
    **dict.fromkeys(SEEN, (INSIDE, 404)),
    **dict.fromkeys(CHANGED, ({"group_head"}, 404)),
    "window_unit": ({"clerk", "group_head", "cook"}, 404),  # of the canteen
}
REFUSED = {name: tuple(INSIDE - {"group_head"}) for name in CHANGED}
ARGUMENTS: dict[str, list[object]] = {"window_wrong": ["line"], "window_confirm": ["line"]}


def _window(cast: Cast, number: str, *, over: bool) -> Window:
    now = timezone.now()
    window, made = Window.objects.get_or_create(
        number=number,
        defaults={
            "unit": cast.group, "title": "特护期", "first_day": now.date(),
            "last_day": now.date() + timedelta(days=7), "made_at": now,
            "made_by": cast.group_head.post, "opened_at": now, "closed_at": now if over else None,
            "settings": Settings(line_test=True).kept(),
        },
    )  # fmt: skip
    if made:
        WindowUnit.objects.bulk_create(
            WindowUnit(window=window, unit=unit)
            for unit in (cast.group, cast.works, cast.canteen, cast.transport)
        )
    return window


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses take, set up where it is not there yet."""
    now, over = _window(cast, "W1", over=False), _window(cast, "W2", over=True)
    found: dict[str, list[object]] = {
        name: [now.number, *ARGUMENTS.get(name, [])] for name in SEEN | CHANGED
    }
    found |= {name: [over.number] for name in ("window_review", "window_reply")}
    return found | {"window_unit": [now.number, cast.canteen.pk]}
