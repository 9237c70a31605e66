"""Windows of the demonstration: one that is over and spoken to, and one in which the group is now."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.demo.organisation import World
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import Role
from huiyin.parts.reports.actions import window_review, window_units, windows
from huiyin.parts.reports.models import Window
from huiyin.parts.reports.tightening import Settings
from huiyin.timeline import Event

PAST, PRESENT = "防汛特护期", "冬季供热保障特护期"
NOW = Settings(
    cover=True, roster_days=3, daily_by=16 * 60, limits={"accept": 7, "conclude": 45},
    checklists=True, line_test=True, exercise=True,
)  # fmt: skip
TESTED = ("ys", "equip", "logistics", "heat", "heat-east", "estate", "mine", "hospital")
EXERCISED = ("ys", "heat", "heat-east")


def events(world: World, now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    """Return what happened in the windows up to now."""
    today = now.astimezone(zone).date()
    head = world.acting(world.post("ys", Role.HEAD))

    def past(at: datetime) -> None:
        first = at.astimezone(zone).date() + timedelta(days=2)
        asks = Settings(line_test=True, limits={"accept": 10})
        windows.make_window(head, PAST, first, first + timedelta(days=6), asks, now=at)

    def present(at: datetime) -> None:
        first = today - timedelta(days=1)
        windows.make_window(head, PRESENT, first, today + timedelta(days=20), NOW, now=at)

    yield now - timedelta(days=40), past
    yield now - timedelta(days=39), lambda at: _confirm(world, PAST, "line", TESTED[:6], at, zone)
    yield now - timedelta(days=30), lambda at: _spoken(world, at)
    yield now - timedelta(days=6), present
    yield now - timedelta(days=4), lambda at: _confirm(world, PRESENT, "line", TESTED, at, zone)
    yield (
        now - timedelta(days=3),
        lambda at: _confirm(world, PRESENT, "exercise", EXERCISED, at, zone),
    )


def _number(title: str) -> str:
    """Return the number of the window of this title, which is sealed."""
    return next(window.number for window in Window.objects.all() if window.title == title)


def _confirm(
    world: World, title: str, what: str, units: tuple[str, ...], now: datetime, zone: ZoneInfo
) -> None:
    number = _number(title)
    on = now.astimezone(zone).date()
    for code in units:
        posts = world.units[code].posts.filter(role__in=window_units.NAMES)
        acting = world.acting(posts.select_related("unit").order_by("pk")[0])
        window_units.confirm(acting, number, what, on, now=now)
        if not window_units.access_row(acting, number).group.filter(duty="overall").exists():
            named = {"overall": acting.post.code}
            window_units.name_group(acting, number, named, now=now)


def _spoken(world: World, now: datetime) -> None:
    """The posts that had not tested their line in time say why; those that owe nothing do not."""
    number = _number(PAST)
    for code in ("mine", "trade"):
        for post in world.units[code].posts.select_related("unit").order_by("pk"):
            try:
                window_review.reply_to_review(
                    world.acting(post), number, "值班电话迁移，线路接通晚于特护期首日。",
                    "今后线路变动前先设临时电话并报备。", now=now,
                )  # fmt: skip
            except BadInput as error:
                if error.code != "nothing_missed":
                    raise
