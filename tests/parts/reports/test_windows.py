"""A window is made once at the top, unfolds over every unit, opens and closes, and only tightens."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.actions import daily, window_units, windows
from huiyin.parts.reports.models import Mark, Window, WindowVersion
from huiyin.parts.reports.tightening import Settings
from huiyin.wiring import DEADLINE_HANDLERS
from tests.parts.reports.conftest import Desks
from tests.support.windows import ALL, FIRST, LAST, make

DAY = timedelta(days=1)


def kinds(window: Window) -> list[str]:
    """Return what happened to the window; that units were told of it is another thing."""
    found = Entry.objects.filter(subject=window.ref, kind__startswith="window.").order_by("pk")
    return list(found.exclude(kind="window.told").values_list("kind", flat=True))


def test_a_window_gives_every_unit_below_its_row_its_usual_group_and_a_notice(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    cast = desks.cast
    units = {row.unit_id for row in window.rows.all()}
    assert units == {cast.group.pk, cast.works.pk, cast.canteen.pk, cast.transport.pk}
    group = window.rows.get(unit=cast.works).group
    assert dict(group.values_list("duty", "post__code")) == {
        "overall": cast.works_head.post.code,
        "charge": cast.works_deputy.post.code,
        "duty": desks.works_leader.post.code,
        "letters": cast.works_clerk.post.code,
    }
    told = Notice.objects.filter(kind="window.made", subject=window.ref)
    assert {one.post.unit_id for one in told} == units
    assert kinds(window) == ["window.made"]


def test_each_unit_owes_the_roster_days_before_and_the_rest_by_the_first_day(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    owed = Deadline.objects.filter(subject=window.ref, post__isnull=False)
    assert owed.count() == 3 * 4
    due = {one.kind: f"{one.due_at:%F %R}" for one in owed}
    assert due == {
        "window.roster": "2026-03-06 16:00",
        "window.line": "2026-03-09 16:00",
        "window.exercise": "2026-03-09 16:00",
    }


@pytest.mark.parametrize("name", ["works_clerk", "owner", "group_reviewer"])
def test_only_head_deputy_or_secretary_make_one(desks: Desks, name: str) -> None:
    with pytest.raises(NotYours):
        make(getattr(desks.cast, name), desks.now)
    assert not Window.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": "  "}, "title", "missing"),
        ({"title": "王强 13912345678"}, "title", "mobile"),
        ({"first": date(2026, 3, 2)}, "first_day", "past"),
        ({"last": date(2026, 3, 9)}, "last_day", "order"),
        ({"last": date(2026, 9, 9)}, "last_day", "too_far"),
        ({"settings": Settings()}, "cover", "nothing_asked"),
        ({"settings": Settings(daily_by=24 * 60)}, "daily_by", "moment"),
        ({"settings": Settings(cover=True, roster_days=-1)}, "roster_days", "number"),
        ({"settings": Settings(limits={"accept": 16})}, "limits", "not_shorter"),
        ({"settings": Settings(limits={"accept": 0})}, "limits", "number"),
        ({"settings": Settings(limits={"ask_review": 1})}, "limits", "not_shorter"),
        ({"settings": Settings(limits={"no_such": 1})}, "limits", "not_shorter"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_the_field(
    desks: Desks, changes: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(BadInput) as error:
        make(desks.cast.group_head, desks.now, **changes)
    assert (error.value.field, error.value.code) == (field, code)
    assert not Window.objects.exists()


def test_it_opens_and_closes_by_the_clock_and_a_second_sweep_changes_nothing(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    start = datetime.fromisoformat("2026-03-09T16:00:00+00:00")
    sweep(start - timedelta(seconds=1), DEADLINE_HANDLERS)
    window.refresh_from_db()
    assert window.opened_at is None
    for _ in range(2):
        sweep(start, DEADLINE_HANDLERS)
    window.refresh_from_db()
    assert (window.opened_at, window.closed_at) == (start, None)
    end = datetime.fromisoformat("2026-03-16T16:00:00+00:00")
    for _ in range(2):
        sweep(end, DEADLINE_HANDLERS)
    window.refresh_from_db()
    assert window.closed_at == end
    assert kinds(window) == ["window.made", "window.opened", "window.closed"]
    assert not Deadline.objects.filter(subject=window.ref, state="open").exists()


def test_it_can_be_opened_and_closed_before_its_days_by_its_own_unit_only(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    for foreign in (desks.cast.works_head, desks.cast.transport_head):
        with pytest.raises(ReportNotFound):
            windows.open_window(foreign, window.number, now=desks.now)
        with pytest.raises(ReportNotFound):
            windows.close_window(foreign, window.number, now=desks.now)
    with pytest.raises(NotYours):
        windows.close_window(desks.cast.clerk, window.number, now=desks.now)
    opened = windows.open_window(desks.cast.group_deputy, window.number, now=desks.now)
    assert opened.opened_at == desks.now
    later = desks.now + DAY
    assert windows.close_window(desks.cast.group_head, window.number, now=later).closed_at == later
    assert windows.open_window(desks.cast.group_head, window.number, now=later).closed_at == later
    sweep(later + 30 * DAY, DEADLINE_HANDLERS)
    assert kinds(window) == ["window.made", "window.opened", "window.closed"]


def test_a_window_made_on_its_first_day_is_open_at_once(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now, first=date(2026, 3, 3))
    assert window.opened_at == desks.now


@pytest.mark.parametrize(
    ("settings", "last", "field", "code"),
    [
        (Settings(**ALL.kept() | {"cover": False}), LAST, "cover", "looser"),
        (Settings(**ALL.kept() | {"checklists": False}), LAST, "checklists", "looser"),
        (Settings(**ALL.kept() | {"line_test": False}), LAST, "line_test", "looser"),
        (Settings(**ALL.kept() | {"exercise": False}), LAST, "exercise", "looser"),
        (Settings(**ALL.kept() | {"roster_days": 2}), LAST, "roster_days", "looser"),
        (Settings(**ALL.kept() | {"daily_by": 15 * 60 + 1}), LAST, "daily_by", "looser"),
        (Settings(**ALL.kept() | {"daily_by": None}), LAST, "daily_by", "looser"),
        (Settings(**ALL.kept() | {"limits": {"accept": 5}}), LAST, "limits", "looser"),
        (Settings(**ALL.kept() | {"limits": {"accept": 6, "conclude": 30}}), LAST, "limits",
         "looser"),
        (ALL, LAST + DAY, "last_day", "later"),
        (ALL, FIRST - DAY, "last_day", "past"),
    ],
)  # fmt: skip
def test_a_change_never_asks_for_less_and_never_lasts_longer(
    desks: Desks, settings: Settings, last: date, field: str, code: str
) -> None:
    window = make(desks.cast.group_head, desks.now)
    with pytest.raises(BadInput) as error:
        windows.tighten_window(desks.cast.group_head, window.number, settings, last, now=desks.now)
    assert (error.value.field, error.value.code) == (field, code)
    assert window.versions.count() == 1


def test_a_tightened_window_keeps_every_version_and_brings_forward_what_is_owed(
    desks: Desks,
) -> None:
    window = make(desks.cast.group_head, desks.now, Settings(cover=True, roster_days=1))
    tighter = Settings(cover=True, roster_days=4, line_test=True)
    windows.tighten_window(desks.cast.group_head, window.number, tighter, LAST - DAY, now=desks.now)
    versions = list(window.versions.all())
    assert [(one.number, one.last_day) for one in versions] == [(1, LAST), (2, LAST - DAY)]
    assert [one.settings["roster_days"] for one in versions] == [1, 4]
    owed = Deadline.objects.filter(subject=window.ref, state="open", post__isnull=False)
    assert {(one.kind, f"{one.due_at:%F}") for one in owed} == {
        ("window.roster", "2026-03-05"), ("window.line", "2026-03-09"),
    }  # fmt: skip
    assert Notice.objects.filter(kind="window.changed").count() == 4
    sweep(datetime.fromisoformat("2026-03-15T16:00:00+00:00"), DEADLINE_HANDLERS)
    assert Window.objects.get().closed_at is not None
    same = windows.make_window(desks.cast.group_head, "又一次", FIRST, LAST, tighter, now=desks.now)
    windows.tighten_window(desks.cast.group_head, same.number, tighter, LAST, now=desks.now)
    assert same.versions.count() == 1, "nothing changed, so there is no new version"


def test_the_database_itself_refuses_to_change_a_version(desks: Desks) -> None:
    make(desks.cast.group_head, desks.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        WindowVersion.objects.update(settings={})
    with pytest.raises(DatabaseError), transaction.atomic():
        WindowVersion.objects.all()._raw_delete("default")


def test_the_daily_report_of_an_open_window_is_owed_every_day_by_the_earliest_time(
    desks: Desks,
) -> None:
    saturday = datetime.fromisoformat("2026-03-14T00:30:00+00:00")
    daily.require(desks.cast.works_head, 14 * 60, every_day=False, now=desks.now)
    make(desks.cast.group_head, desks.now, Settings(daily_by=15 * 60))
    assert daily.owing(date(2026, 3, 3), desks.now) == {desks.cast.canteen.pk: 14 * 60}
    assert daily.owing(date(2026, 3, 14), saturday) == {
        desks.cast.works.pk: 15 * 60,
        desks.cast.canteen.pk: 15 * 60,
        desks.cast.transport.pk: 15 * 60,
    }, "a Saturday: only the window's holds"
    assert daily.owing(date(2026, 3, 13), saturday)[desks.cast.canteen.pk] == 14 * 60
    sweep(datetime.fromisoformat("2026-03-16T16:00:00+00:00"), DEADLINE_HANDLERS)
    assert set(daily.owing(date(2026, 3, 17), saturday + 4 * DAY)) == {desks.cast.canteen.pk}


def owed_today(day: str = "2026-03-03") -> dict[str, str]:
    """Return until when each unit owes the day's report, in UTC, while it does."""
    owed = Deadline.objects.filter(subject=f"daily:{day}", kind="report.daily", state="open")
    return {
        code: f"{due:%R}" for code, due in owed.values_list("post__unit__code", "due_at") if code
    }


def test_a_window_that_opens_during_a_day_brings_forward_what_is_owed_that_day(
    desks: Desks,
) -> None:
    daily.require(desks.cast.clerk, 17 * 60, every_day=True, now=desks.now)
    daily.open_day(desks.now)
    assert owed_today() == {"HX-W": "09:00", "HX-W-C": "09:00", "HX-T": "09:00"}
    desks.daily(desks.cast.driver)
    window = make(desks.cast.group_head, desks.now, Settings(daily_by=15 * 60))
    assert owed_today() == {"HX-W": "09:00", "HX-W-C": "09:00"}, "it has not opened yet"
    windows.open_window(desks.cast.group_head, window.number, now=desks.now)
    assert owed_today() == {"HX-W": "07:00", "HX-W-C": "07:00"}, "15:00 in Shanghai"
    met = Deadline.objects.get(kind="report.daily", state="met")
    assert f"{met.due_at:%R}" == "09:00", "what was sent stays as it is"
    moved = Entry.objects.filter(kind="clock.moved", subject="daily:2026-03-03")
    assert moved.count() == 2
    windows.tighten_window(
        desks.cast.group_head, window.number, Settings(daily_by=14 * 60), LAST, now=desks.now
    )
    assert owed_today() == {"HX-W": "06:00", "HX-W-C": "06:00"}
    assert daily.open_day(desks.now) == 0
    past = datetime.fromisoformat("2026-03-03T06:00:00+00:00")
    sweep(past, DEADLINE_HANDLERS)
    marked = Mark.objects.filter(kind="daily_missing").values_list("unit__code", flat=True)
    assert sorted(marked) == ["HX-W", "HX-W-C"], "silence is looked for at the earlier time"
    rungs = Notice.objects.filter(subject="daily:2026-03-03", post=desks.works_leader.post)
    assert rungs.exists(), "and whoever owes it is told then"


@pytest.mark.parametrize(
    ("settings", "at", "due"),
    [
        (Settings(daily_by=18 * 60), "01:14", "09:00"),  # later: nothing is put off
        (Settings(cover=True), "01:14", "09:00"),  # asks for none
        (Settings(daily_by=15 * 60), "07:00", "09:00"),  # past already that day
        (Settings(daily_by=15 * 60), "06:30", "07:31"),  # an hour is left at least
        (Settings(daily_by=15 * 60), "06:00", "07:01"),
        (Settings(daily_by=15 * 60), "05:30", "07:00"),
        (Settings(daily_by=16 * 60 + 59), "07:59", "09:00"),  # an hour is not left
    ],
)
def test_it_is_brought_forward_with_an_hour_left_and_never_put_off(
    desks: Desks, settings: Settings, at: str, due: str
) -> None:
    daily.require(desks.cast.works_head, 17 * 60, every_day=True, now=desks.now)
    daily.open_day(desks.now)
    now = datetime.fromisoformat(f"2026-03-03T{at}:00+00:00")
    make(desks.cast.group_head, now, settings, first=date(2026, 3, 3))
    assert owed_today() == {"HX-W-C": due}


def test_a_window_brings_nothing_forward_beyond_its_own_units(desks: Desks) -> None:
    daily.require(desks.cast.clerk, 17 * 60, every_day=True, now=desks.now)
    daily.open_day(desks.now)
    first = date(2026, 3, 3)
    make(desks.cast.works_head, desks.now, Settings(daily_by=15 * 60), first=first)
    assert owed_today() == {"HX-W": "09:00", "HX-W-C": "07:00", "HX-T": "09:00"}


def test_a_unit_names_its_own_posts_only(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    number, cook = window.number, desks.cast.cook
    row = window_units.name_group(cook, number, {"overall": cook.post.code}, now=desks.now)
    assert row.group.get(duty="overall").post == cook.post
    for named, field, code in (
        ({"duty": desks.works_leader.post.code}, "duty", "unknown"),
        ({"charge": "no-such"}, "charge", "unknown"),
        ({"boss": cook.post.code}, "boss", "unknown"),
        ({"overall": ""}, "overall", "missing"),
    ):
        with pytest.raises(BadInput) as error:
            window_units.name_group(cook, number, named, now=desks.now)
        assert (error.value.field, error.value.code) == (field, code)
    window_units.name_group(cook, number, {"duty": ""}, now=desks.now)
    assert not row.group.filter(duty="duty").exists()
    assert kinds(window) == ["window.made", "window.named", "window.named"]


def test_a_post_outside_the_window_or_one_that_reviews_names_and_confirms_nothing(
    desks: Desks,
) -> None:
    window = make(desks.cast.works_head, desks.now)
    today = date(2026, 3, 3)
    for outside in (desks.cast.transport_head, desks.cast.group_head):
        with pytest.raises(ReportNotFound):
            window_units.confirm(outside, window.number, "line", today, now=desks.now)
    wide = make(desks.cast.group_head, desks.now)
    with pytest.raises(NotYours):
        window_units.name_group(desks.cast.group_reviewer, wide.number, {}, now=desks.now)


def test_a_confirmed_test_of_the_line_is_dated_and_meets_what_the_unit_owes(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    today = date(2026, 3, 3)
    for on, code in ((today + DAY, "future"), (today - 40 * DAY, "too_old")):
        with pytest.raises(BadInput) as error:
            window_units.confirm(desks.cast.cook, window.number, "line", on, now=desks.now)
        assert (error.value.field, error.value.code) == ("on", code)
    with pytest.raises(BadInput):
        window_units.confirm(desks.cast.cook, window.number, "speech", today, now=desks.now)
    for _ in range(2):
        row = window_units.confirm(desks.cast.cook, window.number, "line", today, now=desks.now)
    assert (row.line_tested_on, row.line_tested_by) == (today, desks.cast.cook.post)
    states = Deadline.objects.filter(subject=window.ref, of=str(desks.cast.canteen.pk))
    assert dict(states.values_list("kind", "state")) == {
        "window.roster": "open", "window.line": "met", "window.exercise": "open",
    }  # fmt: skip
    assert kinds(window) == ["window.made", "window.confirmed"]
    windows.close_window(desks.cast.group_head, window.number, now=desks.now)
    with pytest.raises(ReportNotFound):
        window_units.confirm(desks.cast.cook, window.number, "exercise", today, now=desks.now)
