"""A calendar of duty, read again by another reader: identifiers, changes, alarms, cancellations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.duty.ical import Entry, calendar

AT = datetime(2026, 3, 28, 19, tzinfo=UTC)
ENTRY = Entry(
    uid="shift-7-3@example.org",
    sequence=2,
    starts=AT,
    ends=AT + timedelta(hours=11),
    changed=datetime(2026, 3, 10, 8, tzinfo=UTC),
    summary="接待窗口 夜班 · 带班",
    organiser='机械厂 "一号"; 东区',
    description="带班：林\n值班：梅",
    place="一号楼; 大厅, 东侧",
    alarms=True,
)


def read(*entries: Entry) -> icalendar.Calendar:
    found = icalendar.Calendar.from_ical(calendar("值班", entries, "Europe/Berlin"))
    assert isinstance(found, icalendar.Calendar)
    return found


def test_what_is_written_is_read_again() -> None:
    whole = read(ENTRY)
    assert (whole["method"], whole["version"], whole["x-wr-calname"]) == ("PUBLISH", "2.0", "值班")
    (event,) = whole.walk("VEVENT")
    assert (event["uid"], event["sequence"], event["status"]) == (ENTRY.uid, 2, "CONFIRMED")
    assert (event["summary"], event["location"]) == (ENTRY.summary, ENTRY.place)
    assert event["description"] == ENTRY.description
    assert event["organizer"] == "mailto:duty@huiyin.invalid"
    assert event["organizer"].params["CN"].replace("'", '"') == ENTRY.organiser
    assert event.decoded("dtstart") == ENTRY.starts
    assert event.decoded("dtend") == ENTRY.ends
    assert event.decoded("last-modified") == event.decoded("dtstamp") == ENTRY.changed


def test_it_reminds_twelve_hours_and_one_hour_before() -> None:
    alarms = read(ENTRY).walk("VALARM")
    assert [one.decoded("trigger") for one in alarms] == [timedelta(hours=-12), timedelta(hours=-1)]
    assert all(one["description"] == ENTRY.summary for one in alarms)
    assert not read(replace(ENTRY, alarms=False)).walk("VALARM")


def test_what_was_cancelled_stays_cancelled_and_reminds_nobody() -> None:
    whole = read(replace(ENTRY, cancelled=True))
    (event,) = whole.walk("VEVENT")
    assert (event["status"], event["transp"]) == ("CANCELLED", "TRANSPARENT")
    assert not whole.walk("VALARM")


def test_the_same_duty_is_the_same_bytes() -> None:
    assert calendar("值班", [ENTRY], "UTC") == calendar("值班", [ENTRY], "UTC")


def test_no_line_is_longer_than_75_bytes_and_none_ends_otherwise() -> None:
    lines = calendar("值班" * 60, [replace(ENTRY, summary="值" * 200)], "UTC").split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_no_words_of_a_person_break_out_of_their_field(words: str) -> None:
    text = words.strip() or "x"
    whole = read(
        replace(
            ENTRY, summary=text, organiser=text, description=f"{text}\nEND:VEVENT\nBEGIN:VEVENT"
        )
    )
    (event,) = whole.walk("VEVENT")
    assert event["summary"] == text
