"""The duty of the demonstration: a reception desk and an emergency line round the clock, rosters at
every stage, and units below that are late, waiting or in.

Duty began to be kept here three days ago: the roster in force was published two days ago, what was
stood before then was entered as numbers, and the next month's is a draft that is half filled. Near
the end or the beginning of a month the roster in force covers two, so that each day has a shift that
runs, ones stood before it, and ones to swap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from huiyin.demo import reception
from huiyin.demo import watch as on_shift
from huiyin.demo.organisation import World
from huiyin.kernel.units.actions import Acting, add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty.access import in_force
from huiyin.parts.duty.actions import handover, people, publishing, rosters, setup, watch
from huiyin.parts.duty.classes import FESTIVAL, HOLIDAY, NIGHT, WEEKDAY, WEEKEND
from huiyin.parts.duty.hours import instant
from huiyin.parts.duty.models import Assignment, Handover, Pattern, Roster, Shift
from huiyin.timeline import Event

LEADERS = ("林卫东", "罗海燕", "梁永强", "雷晓梅")
MEMBERS = ("马丽", "毛志刚", "孟凡", "苗青", "穆天", "梅兰", "莫言欢", "闵捷")
OPERATORS = ("唐立", "谭静", "陶然", "田野", "童欣")
SKILL = "急救"
PAST = {WEEKDAY: 40, NIGHT: 22, WEEKEND: 18, HOLIDAY: 4, FESTIVAL: 3}
STARTS = {"D": 8, "N": 20, "E": 6, "L": 14, "X": 22}
BEGAN, PUBLISHED = timedelta(days=3), timedelta(days=2)
SMALL = (("heat", "HEAT-LINE", "供热抢修热线", "Heating repair line"),
         ("estate", "ESTATE-GATE", "物业夜间值守", "Night porter"),
         ("mine", "MINE-ROOM", "北岭调度室", "Beiling control room"))  # fmt: skip


@dataclass
class Crew:
    """Whoever is on duty, by group, as actors; the patterns by their codes."""

    leaders: list[Acting] = field(default_factory=list)
    members: list[Acting] = field(default_factory=list)
    operators: list[Acting] = field(default_factory=list)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    actors: dict[int, Acting] = field(default_factory=dict)


def crew(world: World, now: datetime) -> Crew:
    """Open the accounts and posts of whoever is on duty."""
    found = Crew()
    unit = world.units["ys-office"]
    groups = ((LEADERS, found.leaders), (MEMBERS, found.members), (OPERATORS, found.operators))
    number = 0
    for names, group in groups:
        for name in names:
            number += 1
            post = add_post(unit, Role.HANDLER, "值班岗", title_en="On duty", now=now)
            user = User.objects.create(
                username=f"duty.{number:02}", first_name=name, password=world.password
            )
            appoint(user, post, now=now)
            actor = Acting(user, post)
            group.append(actor)
            found.actors[user.pk] = actor
    return found


def _month(day: date, ahead: int = 0) -> date:
    month = day.year * 12 + day.month - 1 + ahead
    return date(month // 12, month % 12 + 1, 1)


def events(world: World, found: Crew, now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    """Return what happened, each at its time."""
    planner = world.acting(world.post("ys", Role.DUTY_LEADER))
    today = now.astimezone(zone).date()
    first, end = _month(today - BEGAN), _month(today + on_shift.AHEAD, 1)
    yield now - BEGAN, lambda at: _set_up(planner, found, at)
    yield now - PUBLISHED, lambda at: _in_force(world, planner, found, first, end, at)
    for unit, code, name, name_en in SMALL:

        def small(
            at: datetime, unit: str = unit, code: str = code, name: str = name, en: str = name_en
        ) -> None:
            _small(world, unit, code, name, en, end, _month(end, 1), at)

        yield now - timedelta(days=1, minutes=30), small
    yield (
        now - timedelta(days=1),
        lambda at: _next_month(world, planner, found, end, _month(end, 1), at),
    )
    yield from _stood(found, now, zone)
    yield from on_shift.events(planner, "YS-DESK", found.actors, now)
    yield now, lambda at: reception.load("YS-DESK", planner, at)


def _set_up(planner: Acting, found: Crew, now: datetime) -> None:
    setup.set_rules(planner, now=now, most_week_minutes=48 * 60)
    desk = setup.add_point(
        planner, "YS-DESK", "desk", "集团信访接待大厅", name_en="Reception desk",
        place="集团总部一号楼一层", telephone="0351-5550110", now=now,
    ).code  # fmt: skip
    line = setup.add_point(
        planner, "YS-LINE", "line", "集团应急值守电话", name_en="Emergency line",
        place="集团总部二号楼值班室", telephone="0351-5550120", now=now,
    ).code  # fmt: skip
    setup.add_opening(planner, desk, now=now)
    setup.add_opening(planner, line, now=now)
    for code, name, name_en, point, hours, members in (
        ("D", "白班", "Day", desk, 12, 2),
        ("N", "夜班", "Night", desk, 12, 2),
        ("E", "早班", "Early", line, 8, 0),
        ("L", "中班", "Late", line, 8, 0),
        ("X", "晚班", "Overnight", line, 8, 0),
    ):
        found.patterns[code] = setup.add_pattern(
            planner, point, code, name, name_en=name_en, starts=STARTS[code] * 60,
            minutes=hours * 60,
            members=members, skills={SKILL: 1} if code in "DN" else {}, now=now,
        )  # fmt: skip
    for number, one in enumerate(found.leaders + found.members + found.operators):
        lead = one in found.leaders
        at_line = one in found.operators
        setup.admit(
            planner, line if at_line else desk, one.user,
            "leader" if lead or at_line else "member",
            skills=[SKILL] if lead else [], telephone=f"1390000{number + 1:04}", now=now,
        )  # fmt: skip
        people.set_past(
            planner,
            [(one.user, klass, count + (number * 7 + count) % 3) for klass, count in PAST.items()],
            now=now,
        )


def _turns(found: Crew, shift: Shift, first: date) -> Sequence[tuple[Acting, str]]:
    """Return who is on a shift when all take turns: day, night, off, off; early, late, night, off, off."""
    code, day = shift.pattern.code, (shift.day - first).days
    if code in "DN":
        turn = (day - (code == "N")) % 4
        return (
            (found.leaders[turn], "leader"),
            (found.members[turn], "member"),
            (found.members[turn + 4], "member"),
        )
    turn = (day - "ELX".index(code)) % 5
    return ((found.operators[turn], "leader"),)


def _fill(
    roster: Roster, found: Crew, until: date, *, leave_out: frozenset[str] = frozenset()
) -> None:
    epoch = date(roster.first_day.year, 1, 1)
    Assignment.objects.bulk_create(
        Assignment(roster=roster, shift=shift, user=one.user, capacity=capacity)
        for shift in rosters.shifts_of(roster)
        if shift.day < until and f"{shift.pattern.code}{shift.day.day}" not in leave_out
        for one, capacity in _turns(found, shift, epoch)
    )


def _in_force(
    world: World, planner: Acting, found: Crew, first: date, end: date, now: datetime
) -> None:
    roster = rosters.open_roster(planner.post.unit, first, end, now=now, by=planner)
    _fill(roster, found, end)
    publishing.submit(planner, roster.pk, now=now)
    publishing.approve(world.acting(world.post("ys", Role.HEAD)), roster.pk, now=now)
    publishing.publish(planner, roster.pk, now=now)


def _next_month(
    world: World, planner: Acting, found: Crew, first: date, end: date, now: datetime
) -> None:
    roster = rosters.open_roster(planner.post.unit, first, end, now=now, by=planner)
    _fill(roster, found, first + timedelta(days=14), leave_out=frozenset({"N5", "D9"}))
    away, zone = found.leaders[0], rosters.zone()
    starts = datetime.combine(first + timedelta(days=7), datetime.min.time(), zone)
    people.enter_leave(away, away.user, starts, starts + timedelta(days=5), now=now)
    for number, one in enumerate(found.members[:4]):
        day = first + timedelta(days=16 + number)
        people.wish(one, one.user, found.patterns["N"].pk, day, False, weight=2, now=now)
    guest = found.leaders[2]
    people.bind(
        planner, guest.user, found.patterns["D"].pk, first + timedelta(days=20), True, now=now
    )


def _small(
    world: World, unit: str, code: str, name: str, name_en: str, first: date, end: date,
    now: datetime,
) -> None:  # fmt: skip
    """A unit below with one shift a day: heat waits for approval, estate is in, mine has none."""
    planner = world.acting(world.post(unit, Role.CLERK))
    point = setup.add_point(planner, code, "line", name, name_en=name_en, now=now)
    setup.add_opening(planner, point.code, starts=18 * 60, minutes=12 * 60, now=now)
    setup.add_pattern(
        planner, point.code, "N", "夜班", name_en="Night", starts=18 * 60, minutes=12 * 60,
        members=0, now=now,
    )  # fmt: skip
    holders = [world.acting(world.post(unit, role)) for role in ("handler", "deputy", "clerk")]
    for one in holders:
        setup.admit(planner, point.code, one.user, "leader", now=now)
    roster = rosters.open_roster(planner.post.unit, first, end, now=now, by=planner)
    if unit == "mine":
        return
    Assignment.objects.bulk_create(
        Assignment(roster=roster, shift=shift, user=holders[number % 3].user, capacity="leader")
        for number, shift in enumerate(rosters.shifts_of(roster))
    )
    publishing.submit(planner, roster.pk, now=now)
    if unit == "estate":
        publishing.approve(world.acting(world.post("ys", Role.CLERK)), roster.pk, now=now)
        publishing.publish(planner, roster.pk, now=now)


def _stood(found: Crew, now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    """Return the sign-ins and handovers of the shifts begun since this month's roster came out."""
    today = now.astimezone(zone).date()
    for back in (2, 1, 0):
        for code, starts in STARTS.items():
            at = instant(today - timedelta(days=back), starts * 60, zone)
            if now - PUBLISHED < at <= now:

                def begin(when: datetime, code: str = code) -> None:
                    shift = Shift.objects.filter(pattern=found.patterns[code], starts=when).first()
                    if shift is not None:
                        _begin(found, shift, when)

                yield at, begin


def _begin(found: Crew, shift: Shift, now: datetime) -> None:
    """All sign in; the leader of the shift before hands over, the new one takes over."""
    standing = list(in_force(shift))
    before = (
        Shift.objects.filter(point=shift.point, ends=shift.starts, sign_ins__isnull=False)
        .distinct()
        .first()
    )
    for one in standing:
        watch.sign_in(found.actors[one.user_id], shift.pk, now=now)
    if before is None or not Handover.objects.filter(giving=before).exists():
        return
    giver = next(one for one in in_force(before) if one.capacity == "leader")
    taker = next(one for one in standing if one.capacity == "leader")
    handover.give(found.actors[giver.user_id], before.pk, now=now)
    items = list(Handover.objects.get(giving=before).items.values_list("pk", flat=True))
    handover.take(found.actors[taker.user_id], before.pk, items, sign=True, now=now)
    for one in in_force(before):
        watch.leave(found.actors[one.user_id], before.pk, now=now)
