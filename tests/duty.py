"""The duty of the Machine Works: a reception desk round the clock and a line on working days.

Three leaders and three members take turns at the desk (day, night, off); Gu leads the line and may be
a deputy at the desk. The roster runs from Monday 16 March 2026 up to Monday 30 March.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import User

from huiyin.kernel.units.actions import Acting, add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty.actions import publishing, rosters, setup
from huiyin.parts.duty.models import Assignment, DutyPoint, Pattern, Roster, Shift
from tests.cast import Cast, user

FIRST, END = date(2026, 3, 16), date(2026, 3, 30)
WORKING_DAYS = 0b0011111


@dataclass
class Duty:
    """The works' duty by the names that tests use. People are actors for a post that they hold."""

    planner: Acting  # duty leader of the Machine Works
    desk: DutyPoint
    line: DutyPoint
    day: Pattern  # 08:00–20:00 at the desk
    night: Pattern  # 20:00–08:00 at the desk
    hours: Pattern  # 09:00–17:00 on the line
    leaders: list[Acting]  # lin, luo, li: lead at the desk, in turn
    members: list[Acting]  # mei, mo, ma: members at the desk, in turn
    gu: Acting
    roster: Roster
    extra: dict[str, Acting] = field(default_factory=dict)

    def shift(self, pattern: Pattern, day: date) -> Shift:
        """Return the shift of the pattern that begins on the local day."""
        return Shift.objects.select_related("point__unit", "pattern").get(
            pattern=pattern, day=day, cancelled_at=None
        )

    def on(self, shift: Shift, roster: Roster | None = None) -> dict[str, str]:
        """Return who is on the shift in the roster (the first one if None): name to capacity."""
        found = Assignment.objects.filter(shift=shift, roster=roster or self.roster)
        return dict(found.values_list("user__username", "capacity"))

    def who(self, name: str) -> User:
        """Return the account of that name."""
        return User.objects.get(username=name)


def _person(cast: Cast, name: str, now: datetime) -> Acting:
    post = add_post(cast.works, Role.HANDLER, "值班员", title_en="On duty", now=now)
    holder = user(name)
    appoint(holder, post, now=now)
    return Acting(holder, post)


def set_up(cast: Cast, now: datetime) -> Duty:
    """Set the points, shifts and people up, with an empty draft of the roster."""
    post = add_post(cast.works, Role.DUTY_LEADER, "值班负责人", title_en="Duty leader", now=now)
    holder = user("planner")
    appoint(holder, post, now=now)
    planner = Acting(holder, post)
    setup.set_rules(planner, now=now, most_week_minutes=60 * 60)
    desk = setup.add_point(
        planner, "HX-W-DESK", "desk", "接待窗口", name_en="Reception desk", now=now,
        telephone="010-1111",
    )  # fmt: skip
    line = setup.add_point(
        planner, "HX-W-LINE", "line", "应急电话", name_en="Emergency line", now=now
    )
    setup.add_opening(planner, desk.code, now=now)
    setup.add_opening(
        planner, line.code, starts=9 * 60, minutes=8 * 60, weekdays=WORKING_DAYS, now=now
    )
    day = setup.add_pattern(
        planner, desk.code, "D", "白班", name_en="Day", starts=8 * 60, minutes=12 * 60, now=now
    )
    night = setup.add_pattern(
        planner, desk.code, "N", "夜班", name_en="Night", starts=20 * 60, minutes=12 * 60, now=now
    )
    hours = setup.add_pattern(
        planner, line.code, "H", "电话班", name_en="Line", starts=9 * 60, minutes=8 * 60,
        weekdays=WORKING_DAYS, members=0, now=now,
    )  # fmt: skip
    leaders = [_person(cast, name, now) for name in ("lin", "luo", "li")]
    members = [_person(cast, name, now) for name in ("mei", "mo", "ma")]
    gu = _person(cast, "gu", now)
    for number, one in enumerate([*leaders, *members]):
        capacity = "leader" if one in leaders else "member"
        setup.admit(
            planner, desk.code, one.user, capacity, now=now, telephone=f"1380000000{number}"
        )
    setup.admit(planner, desk.code, gu.user, "deputy", now=now)
    setup.admit(planner, line.code, gu.user, "leader", now=now, skills=["english"])
    roster = rosters.open_roster(cast.works, FIRST, END, now=now, by=planner)
    return Duty(planner, desk, line, day, night, hours, leaders, members, gu, roster)


def fill(duty: Duty) -> None:
    """Let everyone take turns, without a gap and without breaking a rule."""
    found = []
    for shift in rosters.shifts_of(duty.roster):
        if shift.pattern_id == duty.hours.pk:
            found.append((shift, duty.gu, "leader"))
            continue
        turn = (shift.day - FIRST).days - (shift.pattern_id == duty.night.pk)
        found.append((shift, duty.leaders[turn % 3], "leader"))
        found.append((shift, duty.members[turn % 3], "member"))
    Assignment.objects.bulk_create(
        Assignment(roster=duty.roster, shift=shift, user=one.user, capacity=capacity)
        for shift, one, capacity in found
    )


def publish(duty: Duty, cast: Cast, now: datetime) -> Roster:
    """Submit, approve and publish the roster."""
    publishing.submit(duty.planner, duty.roster.pk, now=now)
    publishing.approve(cast.clerk, duty.roster.pk, now=now)
    duty.roster = publishing.publish(duty.planner, duty.roster.pk, now=now)
    return duty.roster


def enter(cast: Cast, now: datetime) -> Duty:
    """Set up, fill and publish."""
    duty = set_up(cast, now)
    fill(duty)
    publish(duty, cast, now)
    return duty
