"""The time of an entry lies shortly before its place in the log; whatever does not is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.record.promises import SLACK
from huiyin.parts.record.timing import Seen, Timing

NOW = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
SUNDAY = FRIDAY + timedelta(days=2)
SECOND = timedelta(seconds=1)


@dataclass
class Row:
    """What is kept of a minute's rounds."""

    first: int
    size: int
    since: datetime
    until: datetime


def judged(
    times: Sequence[datetime], rows: Sequence[Row], seen: Sequence[Seen] = (), imported: str = ""
) -> list[tuple[str, int | None]]:
    """Return what is found in a log of entries with these times."""
    found: list[tuple[str, int | None]] = []
    timing = Timing(
        iter(rows),
        seen,
        lambda what, entry, detail, subject: found.append((what, entry)),
        lambda subject: subject == imported,
        now=NOW,
    )
    for number, at in enumerate(times):
        timing.entry(number, f"case:{number}", at)
    timing.end(len(times))
    return found


def test_entries_placed_within_a_second_or_two_are_as_they_should_be() -> None:
    rows = [Row(0, 2, FRIDAY, FRIDAY), Row(2, 3, SUNDAY, SUNDAY)]
    assert judged([FRIDAY - SECOND, FRIDAY - 2 * SECOND, SUNDAY - SECOND], rows) == []


def test_an_entry_of_sunday_that_says_friday_is_named_though_nothing_came_between() -> None:
    rows = [Row(0, 1, FRIDAY, FRIDAY), Row(1, 2, SUNDAY, SUNDAY)]
    assert judged([FRIDAY, FRIDAY + timedelta(hours=1)], rows) == [("held", 1)]


def test_a_log_that_stood_still_is_named_once_for_all_entries_that_waited() -> None:
    rows = [Row(0, 1, FRIDAY, FRIDAY), Row(1, 4, SUNDAY, SUNDAY)]
    times = [FRIDAY, *(FRIDAY + timedelta(hours=n) for n in (1, 2, 3))]
    assert judged(times, rows) == [("held", 1)]


def test_what_was_there_when_the_log_began_is_held_against_its_order_alone() -> None:
    assert judged([FRIDAY, FRIDAY + SECOND], [Row(0, 2, SUNDAY, SUNDAY)]) == []
    assert judged([SUNDAY, FRIDAY], [Row(0, 2, SUNDAY, SUNDAY)]) == [("backdated", 1)]


def test_an_entry_earlier_than_one_before_it_is_backdated_beyond_the_slack() -> None:
    rows = [Row(0, 2, FRIDAY, FRIDAY)]
    assert judged([FRIDAY, FRIDAY - SLACK], rows) == []
    assert judged([FRIDAY, FRIDAY - SLACK - SECOND], rows) == [("backdated", 1)]


def test_an_entry_that_says_later_than_it_was_placed_is_of_the_future() -> None:
    rows = [Row(0, 1, FRIDAY, FRIDAY)]
    assert judged([FRIDAY + SLACK + SECOND], rows) == [("future", 0)]


def test_an_import_may_tell_of_earlier_days() -> None:
    rows = [Row(0, 1, SUNDAY, SUNDAY), Row(1, 2, SUNDAY, SUNDAY)]
    assert judged([SUNDAY, FRIDAY], rows, imported="case:1") == []


def test_a_witness_that_saw_the_log_without_the_entry_shows_rows_that_were_made_up() -> None:
    rows = [Row(0, 1, FRIDAY, FRIDAY), Row(1, 2, FRIDAY + SECOND, FRIDAY + SECOND)]
    times = [FRIDAY, FRIDAY + SECOND]
    assert judged(times, rows) == []
    assert judged(times, rows, [Seen(1, SUNDAY, "union.example")]) == [("backdated", 1)]


def test_a_witness_that_saw_the_entry_shows_a_time_after_that() -> None:
    rows = [Row(0, 1, SUNDAY, SUNDAY)]
    assert judged([SUNDAY], rows, [Seen(1, FRIDAY, "union.example")]) == [("future", 0)]


def test_rows_that_are_gone_overlap_or_run_backwards_are_named() -> None:
    whole = [Row(n, n + 1, FRIDAY + n * SECOND, FRIDAY + n * SECOND) for n in range(4)]
    times = [one.since for one in whole]
    assert judged(times, whole) == []
    assert judged(times, whole[1:]) == [("missing", 0)]
    assert judged(times, [*whole[:1], *whole[2:]]) == [("missing", 1)]
    assert judged(times, whole[:2]) == [("missing", 2)]
    assert judged(times, []) == [("missing", 0)]
    back = [*whole[:2], Row(2, 4, FRIDAY - SECOND, FRIDAY)]
    assert ("altered", 2) in judged(times, back)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4000)), min_size=1, max_size=20))
def test_whatever_is_placed_soon_after_its_time_is_never_named(
    rounds: list[tuple[int, int]],
) -> None:
    rows: list[Row] = []
    times: list[datetime] = []
    at = FRIDAY
    for count, pause in rounds:
        at += timedelta(seconds=pause)
        rows.append(Row(len(times), len(times) + count, at, at))
        times += [at - n * SECOND for n in range(count)]
    assert judged(times, rows) == []


@given(
    st.lists(st.integers(600, 4000), min_size=2, max_size=20),
    st.data(),
)
def test_whatever_is_moved_beyond_the_slack_is_named(
    pauses: list[int], data: st.DataObject
) -> None:
    rows: list[Row] = []
    times: list[datetime] = []
    at = FRIDAY
    for pause in pauses:
        at += timedelta(seconds=pause)
        rows.append(Row(len(times), len(times) + 1, at, at))
        times.append(at - SECOND)
    place = data.draw(st.integers(1, len(times) - 1))
    off = data.draw(st.integers(302, 10_000)) * data.draw(st.sampled_from([1, -1]))
    times[place] += timedelta(seconds=off)
    assert judged(times, rows)
