"""Duty as a calendar (RFC 5545, METHOD:PUBLISH): pure, from plain events.

Times are UTC, so a clock change moves nothing. A UID stays the same for one person on one shift
whatever happens; SEQUENCE is the roster's version, so that a calendar takes the newer one; what was
taken away stays with STATUS:CANCELLED, so that it disappears there too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded where a calendar is made, not by every process
    from icalendar import Alarm, Event

ALARMS = (timedelta(hours=12), timedelta(hours=1))  # before the start
# RFC 5546 asks for an organiser of whatever is published; no mail goes there, ever.
ORGANISER = "mailto:duty@huiyin.invalid"
EVERY = timedelta(hours=1)  # how often a calendar may ask again


@dataclass(frozen=True)
class Entry:
    """One shift in a calendar. `changed` is when it last did; `alarms` only for one's own duty.

    `organiser` is the name of whoever makes the roster: a unit.
    """

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    changed: datetime
    summary: str
    organiser: str
    description: str = ""
    place: str = ""
    cancelled: bool = False
    alarms: bool = False


def calendar(name: str, entries: Sequence[Entry], zone: str) -> bytes:
    """Return the calendar as iCalendar text; the same entries give the same bytes."""
    from icalendar import Calendar, vDuration

    found = Calendar()
    found.add("prodid", "-//Huiyin//duty//ZH")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("name", name)
    found.add("x-wr-calname", name)
    found.add("x-wr-timezone", zone)
    found.add("refresh-interval", vDuration(EVERY), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(EVERY))
    for entry in entries:
        found.add_component(_event(entry))
    text: bytes = found.to_ical()
    return text


def _event(entry: Entry) -> "Event":
    from icalendar import Event, vCalAddress

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends)
    event.add("summary", entry.summary)
    event.add("organizer", vCalAddress(ORGANISER), parameters={"CN": entry.organiser})
    if entry.description:
        event.add("description", entry.description)
    if entry.place:
        event.add("location", entry.place)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if entry.alarms and not entry.cancelled:
        for before in ALARMS:
            event.add_component(_alarm(entry.summary, before))
    return event


def _alarm(summary: str, before: timedelta) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -before)
    return alarm
