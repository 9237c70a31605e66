"""Dates and times as people write them in a cell. Pure."""

import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

FIRST, LAST = 18_000, 73_050  # days since 1899-12-30 that a bare number may mean: 1949 to 2100
SINCE_1900, SINCE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - local days
_SERIAL = re.compile(r"\d{5}(\.\d{1,12})?")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"|(?P<month2>\d{2})(?P<day2>\d{2}))"
    r"[T,\s]*(?:\(?(?:星期|周)[一二三四五六日天]\)?)?\s*"
    r"(?:(?P<part>凌晨|早上|上午|中午|下午|晚上|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d{1,9})?\s*秒?)?\s*(?P<half>AM|PM)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
LATER = {"下午", "晚上", "PM"}


def local_time(
    value: Any, formats: Collection[str], *, since_1904: bool = False
) -> datetime | None:
    """Return the local time in a cell, without a zone (with one where it says so); None for none.

    Tried in this order: a date cell, the formats, the day first written as year, month, day, with
    Chinese or English words for the part of the day, and a day's bare number of a spreadsheet.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _serial(float(value), since_1904) or _of_text(str(int(value)), formats, since_1904)
    return _of_text("" if value is None else str(value), formats, since_1904)


def _of_text(value: str, formats: Collection[str], since_1904: bool) -> datetime | None:
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    for form in formats:
        try:
            return datetime.strptime(text, form).replace(tzinfo=None)  # noqa: DTZ007
        except ValueError:
            continue
    if _SERIAL.fullmatch(text):
        return _serial(float(text), since_1904)
    match = _WRITTEN.fullmatch(text)
    try:
        return _written(match) if match else None
    except (ValueError, OverflowError):
        return None


def _serial(number: float, since_1904: bool) -> datetime | None:
    days = number + 1462 if since_1904 else number
    if not FIRST <= days <= LAST:
        return None
    begins = SINCE_1904 if since_1904 else SINCE_1900
    return begins + timedelta(seconds=round(number * 86_400))


def _written(match: re.Match[str]) -> datetime:
    day = datetime(  # noqa: DTZ001
        int(match["year"]),
        int(match["month"] or match["month2"]),
        int(match["day"] or match["day2"]),
    )
    if match["hour"] is None:
        return day
    hour, part = int(match["hour"]), (match["part"] or match["half"] or "").upper()
    if part in LATER and hour < 12:
        hour += 12
    if part == "中午" and hour < 3:
        hour += 12
    if part in {"AM", "凌晨"} and hour == 12:
        hour = 0
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError("no such time of day")
    at = day + timedelta(hours=hour, minutes=minute, seconds=second)
    return at if match["zone"] is None else at.replace(tzinfo=_zone(match["zone"]))


def _zone(text: str) -> timezone:
    if text.upper() == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
