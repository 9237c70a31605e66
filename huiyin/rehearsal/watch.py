"""The duty of a rehearsal: a few points with a day and a night shift, stood and handed over."""

from datetime import datetime, timedelta

from huiyin.kernel.units.actions import Acting, add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty.actions import handover, publishing, rosters, setup, watch
from huiyin.parts.duty.actions.alarms import STAND
from huiyin.parts.duty.models import Handover, Shift
from huiyin.rehearsal.faults import Fault, owed_key
from huiyin.rehearsal.organisation import account
from huiyin.rehearsal.script import Script, doing
from huiyin.rehearsal.world import planners

POINTS = 4
STARTS, HOURS = {"D": 8 * 60, "N": 20 * 60}, 12
AHEAD = 22  # days by which the roster outlasts the window: the next one is then not yet owed
CREW = 4
SIGNED, AFTER_ALL = timedelta(minutes=5), timedelta(hours=2)
APART = 4  # shifts between two faults at a point
HANDOVER = "duty.handover"


def add_watch(script: Script, now: datetime) -> None:
    """Set up the points with their rosters in force, and let every shift be stood, but for faults."""
    found = planners(script.world)
    some = script.chance.sample(
        found, min(POINTS, max(1, len(script.world.below) // 50), len(found))
    )
    lines = [_point(script, plans, decides, now) for plans, decides in some]
    places = [
        (line, place)
        for line in lines
        for place in range(1, len(line[1]) - 1)
        if place % APART == 1
    ]
    script.chance.shuffle(places)
    kinds = ["unstood", "unsigned"] * script.each
    chosen = {(id(line), place): kind for (line, place), kind in zip(places, kinds, strict=False)}
    for kind in ("unstood", "unsigned"):
        script.no_room(kind, script.each, list(chosen.values()).count(kind))
    for line in lines:
        crew, shifts = line
        wrong = {place: kind for (one, place), kind in chosen.items() if one == id(line)}
        for place, shift in enumerate(shifts):
            before = shifts[place - 1] if place else None
            _shift(script, crew, shift, before, wrong.get(place, ""))
            if wrong.get(place - 1) == "unstood":
                # whoever comes next takes over what nobody took
                _hand_over(script, crew, shifts[place - 2], shift, shift.starts, gives=False)


def _point(
    script: Script, plans: Acting, decides: Acting, now: datetime
) -> tuple[dict[int, Acting], list[Shift]]:
    unit, code = plans.post.unit, f"{plans.post.unit.code}-W"[:24]
    setup.set_rules(plans, now=now, most_week_minutes=60 * 60)
    setup.add_point(plans, code, "line", "值守电话", name_en="Duty line", now=now)
    setup.add_opening(plans, code, now=now)
    for pattern, starts in STARTS.items():
        setup.add_pattern(
            plans, code, pattern, "白班" if pattern == "D" else "夜班", starts=starts,
            minutes=HOURS * 60, members=0, now=now,
        )  # fmt: skip
    crew = []
    for _ in range(CREW):
        post = add_post(unit, Role.HANDLER, "值班岗", title_en="On duty", now=now)
        user = account(f"watch.{post.code}")
        appoint(user, post, now=now)
        setup.admit(plans, code, user, "leader", now=now)
        crew.append(Acting(user, post))
    last = script.day(script.days + AHEAD)
    roster = rosters.open_roster(unit, script.first, last, now=now, by=plans)
    stood: dict[int, Acting] = {}
    shifts = rosters.shifts_of(roster)
    for number, shift in enumerate(shifts):
        stood[shift.pk] = crew[number % CREW]
        rosters.assign(plans, roster.pk, shift.pk, stood[shift.pk].user, "leader", now=now)
    publishing.submit(plans, roster.pk, now=now)
    publishing.approve(decides, roster.pk, now=now)
    publishing.publish(plans, roster.pk, now=now)
    return stood, [one for one in shifts if one.starts < script.end]


def _shift(
    script: Script, crew: dict[int, Acting], shift: Shift, before: Shift | None, kind: str
) -> None:
    unit = shift.point.unit_id
    rules = setup.rules_of(shift.point.unit)
    due = shift.starts + timedelta(minutes=rules.handover_minutes)
    if kind == "unstood":
        fault = Fault(
            kind, unit, shift.starts, shift.starts + timedelta(minutes=rules.sign_in_minutes),
            [owed_key(STAND, shift.ref)],
        )  # fmt: skip
        script.put_in(fault)
        if before is not None:
            fault.also = [owed_key(HANDOVER, before.ref)]
            script.happen(
                shift.starts,
                doing(handover.give, crew[before.pk], before.pk),
            )
        return
    script.happen(shift.starts, doing(watch.sign_in, crew[shift.pk], shift.pk))
    if before is None:
        return
    if kind == "unsigned":
        script.put_in(Fault(kind, unit, shift.starts, due, [owed_key(HANDOVER, before.ref)]))
        _hand_over(script, crew, before, shift, shift.starts + AFTER_ALL - SIGNED)
        return
    _hand_over(script, crew, before, shift, shift.starts)


def _hand_over(
    script: Script, crew: dict[int, Acting], before: Shift, shift: Shift, at: datetime,
    *, gives: bool = True,
) -> None:  # fmt: skip
    def give(now: datetime) -> None:
        if Handover.objects.filter(giving=before).exists():  # else nobody had signed in to it
            handover.give(crew[before.pk], before.pk, now=now)

    def take(now: datetime) -> None:
        one = Handover.objects.filter(giving=before).first()
        if one is not None:
            items = list(one.items.values_list("pk", flat=True))
            handover.take(crew[shift.pk], before.pk, items, now=now)
            watch.leave(crew[before.pk], before.pk, now=now)

    if gives:
        script.happen(at, give)
    script.happen(at + SIGNED, take)
