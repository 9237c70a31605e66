"""The fair classes of shifts: each shift has one, and duty is shared evenly within each.

A shift belongs to the local day on which it begins, and to the first of these that fits it:

- festival: a day of a major festival. In China the days of Spring Festival with its eve and of
  National Day that the law sets (全国年节及纪念日放假办法); elsewhere Christmas Day, the day after it,
  and New Year's Day. Names are those of the library `holidays`.
- holiday: any other public holiday that the law sets, on whatever day of the week.
- weekend: a day that is no working day, by the organisation's calendar: moved rest days and days
  that it declared free count, a Saturday that is worked does not.
- night: at least three hours lie between 22:00 and 06:00 by the clock on the wall (the measure of a
  night worker in article 2(4)(a) of Directive 2003/88/EC, with China's hours of night work).
- weekday: any other.
"""

from datetime import date

from huiyin.kernel.clock.calendars import Calendar

WEEKDAY, NIGHT, WEEKEND, HOLIDAY, FESTIVAL = "weekday", "night", "weekend", "holiday", "festival"
CLASSES = (WEEKDAY, NIGHT, WEEKEND, HOLIDAY, FESTIVAL)

MAJOR = {
    "CN": ("Chinese New Year", "National Day"),
}
MAJOR_ELSEWHERE = ("Christmas Day", "Second Day of Christmas", "Boxing Day", "New Year's Day")
# The end of the night before and the night after; what reaches further is a night by the second.
NIGHTS = ((0, 6 * 60), (22 * 60, 30 * 60))
NIGHT_LEAST = 3 * 60


def is_night(starts: int, minutes: int) -> bool:
    """Whether hours from `starts` minutes after midnight, `minutes` long, are a night shift."""
    ends = starts + minutes
    dark = sum(max(0, min(ends, end) - max(starts, begin)) for begin, end in NIGHTS)
    return dark >= NIGHT_LEAST


def of_day(day: date, calendar: Calendar) -> str:
    """Return festival, holiday, weekend or weekday."""
    if name := calendar.holiday(day):
        major = MAJOR.get(str(calendar.country), MAJOR_ELSEWHERE)
        return FESTIVAL if name.startswith(major) else HOLIDAY
    return WEEKDAY if calendar.is_working(day) else WEEKEND


def of_shift(day: date, starts: int, minutes: int, calendar: Calendar) -> str:
    """Return the class of a shift that begins on the local day."""
    klass = of_day(day, calendar)
    return NIGHT if klass == WEEKDAY and is_night(starts, minutes) else klass
