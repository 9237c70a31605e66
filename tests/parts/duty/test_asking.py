"""A draft with all that bears on it becomes a plain problem."""

from datetime import date, datetime, timedelta

from huiyin.kernel.units.actions import Acting, add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty import history
from huiyin.parts.duty.actions import publishing, rosters, setup
from huiyin.parts.duty.asking import Asked, ask
from huiyin.parts.duty.models import Assignment, Bound, Eligible, Leave, Served, Wish
from huiyin.parts.duty.solving.problem import Person
from tests.cast import Cast
from tests.duty import END, FIRST, Duty, fill, publish, set_up


def person(asked: Asked, one: Acting) -> Person:
    return next(p for p in asked.problem.people if p.id == str(one.user.pk))


def test_cover_names_people_leaders_and_skills(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    duty.day.skills = {"english": 1}
    duty.day.deputies = 1
    duty.day.save()
    rosters.renew_shifts(duty.roster, now)
    duty.roster.assignments.all().delete()
    asked = ask(duty.roster, "anew", now)
    assert (asked.problem.days, asked.problem.first_weekday) == (14, 0)
    first = next(c for c in asked.problem.cover if (c.day, c.shift) == (0, str(duty.day.pk)))
    assert (first.needed, first.leaders) == (2, 1)
    assert first.skills == {f"{duty.desk.pk} english": 1}
    assert asked.problem.classes[0, str(duty.night.pk)] == "night"
    assert asked.problem.classes[5, str(duty.night.pk)] == "weekend"


def test_people_bring_capacity_skills_and_limits(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    asked = ask(duty.roster, "anew", now)
    lin, mei, gu = (person(asked, one) for one in (duty.leaders[0], duty.members[0], duty.gu))
    desk = {str(duty.day.pk), str(duty.night.pk)}
    assert (lin.serves, lin.leads) == (desk, desk)
    assert (mei.serves, mei.leads) == (desk, frozenset())
    assert gu.serves == desk | {str(duty.hours.pk)}
    assert gu.leads == {str(duty.hours.pk)}
    assert f"{duty.line.pk} english" in gu.skills
    assert (lin.most_week_minutes, lin.most_in_row) == (60 * 60, 5)


def test_leave_takes_whole_days_and_single_shifts(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    one = duty.leaders[0]
    shift = duty.shift(duty.night, FIRST + timedelta(days=2))
    Leave.objects.create(  # the morning after the night shift, into which it runs
        user=one.user, starts=shift.ends - timedelta(hours=1), ends=shift.ends, entered_at=now
    )
    day = duty.shift(duty.day, FIRST + timedelta(days=7))
    Leave.objects.create(
        user=one.user, starts=day.starts, ends=day.starts + timedelta(hours=20), entered_at=now
    )
    asked = ask(duty.roster, "anew", now)
    lin = person(asked, one)
    assert (lin.off, lin.forbidden) == ({7}, {(2, str(duty.night.pk))})
    assert asked.why[one.user.pk, 2, str(duty.night.pk)] == "leave"


def test_dates_bounds_and_wishes_are_kept_apart(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    Eligible.objects.filter(user=duty.members[0].user).update(begins=FIRST + timedelta(days=1))
    user = duty.leaders[1].user
    Bound.objects.create(user=user, pattern=duty.day, day=FIRST, fixed=True)
    Bound.objects.create(user=user, pattern=duty.night, day=FIRST, fixed=False)
    Wish.objects.create(user=user, pattern=duty.day, day=END, wanted=True)  # not in these days
    Wish.objects.create(user=user, pattern=duty.day, day=FIRST, wanted=False, weight=3)
    asked = ask(duty.roster, "anew", now)
    both = {(0, str(duty.day.pk)), (0, str(duty.night.pk))}
    assert person(asked, duty.members[0]).forbidden == both
    luo = person(asked, duty.leaders[1])
    assert (luo.fixed, luo.forbidden) == ({0: str(duty.day.pk)}, {(0, str(duty.night.pk))})
    assert [(w.day, w.wanted, w.weight) for w in asked.problem.wishes] == [(0, False, 3)]


def test_the_roster_before_and_the_one_after_bear_on_this_one(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    after = rosters.open_roster(cast.works, END, END + timedelta(days=3), now=now)
    asked = ask(after, "anew", now)
    last = {  # whoever stood the last night shift
        one.user.pk: one
        for one in [*duty.leaders, *duty.members]
        if one.user.username in duty.on(duty.shift(duty.night, END - timedelta(days=1)))
    }
    assert len(last) == 2
    for one in last.values():
        assert person(asked, one).before[-1] == str(duty.night.pk)
    lin = duty.leaders[0].user
    shift = duty.shift(duty.day, after.first_day)
    Assignment.objects.create(roster=after, shift=shift, user=lin, capacity="leader")
    asked = ask(duty.roster, "anew", now)
    here = person(asked, duty.leaders[0])
    assert (13, str(duty.night.pk)) in here.forbidden  # it ends as the other begins
    assert asked.why[lin.pk, 13, str(duty.night.pk)] == "after"
    assert (13, str(duty.day.pk)) not in here.forbidden


def test_what_somebody_stands_at_another_unit_is_fixed_for_them(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    post = add_post(cast.transport, Role.DUTY_LEADER, "值班负责人", now=now)
    holder = cast.driver.user
    appoint(holder, post, now=now)
    planner = Acting(holder, post)
    gate = setup.add_point(planner, "HX-T-GATE", "site", "大门", now=now)
    early = setup.add_pattern(
        planner, gate.code, "E", "早班", starts=360, minutes=480, leaders=1, members=0, now=now
    )
    setup.admit(planner, gate.code, duty.leaders[0].user, "leader", now=now)
    roster = rosters.open_roster(cast.transport, FIRST, END, now=now)
    asked = ask(roster, "anew", now)
    lin = person(asked, duty.leaders[0])
    stood = Assignment.objects.filter(user=duty.leaders[0].user, roster=duty.roster)
    assert lin.fixed == {
        (one.shift.day - FIRST).days: str(one.shift.pattern_id)
        for one in stood.select_related("shift")
    }
    assert str(early.pk) in lin.serves
    assert {one.id for one in asked.problem.shifts} >= {str(early.pk), str(duty.night.pk)}


def test_filling_keeps_whoever_is_there_and_keeping_starts_from_the_version_before(
    cast: Cast, now: datetime
) -> None:
    duty = set_up(cast, now)
    shift = duty.shift(duty.day, FIRST)
    rosters.assign(duty.planner, duty.roster.pk, shift.pk, duty.leaders[0].user, "leader", now=now)
    place = {0: str(duty.day.pk)}
    asked = ask(duty.roster, "fill", now)
    assert person(asked, duty.leaders[0]).fixed == place
    assert person(ask(duty.roster, "anew", now), duty.leaders[0]).fixed == {}
    Assignment.objects.all().delete()
    fill(duty)
    publish(duty, cast, now)
    version = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    later = duty.shift(duty.day, FIRST + timedelta(days=1)).starts
    asked = ask(version, "keep", later)
    assert asked.problem.kept is not None
    assert asked.problem.kept.days[str(duty.leaders[0].user.pk)][0] == str(duty.day.pk)
    begun = [c for c in asked.problem.cover if c.day == 0]
    assert begun == []  # that day's shifts have begun and stay as they are
    assert person(asked, duty.leaders[0]).fixed == place


def test_history_counts_what_was_in_force_and_what_was_entered(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    users = [one.user.pk for one in duty.leaders]
    Served.objects.create(user_id=users[0], unit=cast.works, klass="festival", shifts=3)
    stood = history.stood(cast.works, users, END)
    assert stood[users[0]]["festival"] == 3
    assert sum(stood[u]["night"] for u in users) == 10
    assert sum(stood[u]["leads"] for u in users) == 28
    assert history.stood(cast.works, users, FIRST)[users[1]] == {}


def test_a_newcomer_is_credited_what_the_others_had_stood_on_average(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    users = [one.user.pk for one in duty.leaders]
    for number, user in enumerate(users[:2]):
        Served.objects.create(user_id=user, unit=cast.works, klass="festival", shifts=4 + number)
    Eligible.objects.filter(user=users[2]).update(begins=date(2026, 3, 1))
    carried = history.carried(cast.works, users, FIRST)
    assert carried[users[2]]["festival"] == 4.5
    assert carried[users[0]]["festival"] == 4


def test_a_version_that_was_only_submitted_is_no_history(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    fill(duty)
    publishing.submit(duty.planner, duty.roster.pk, now=now)
    assert history.stood(cast.works, [duty.leaders[0].user.pk], END) == {
        duty.leaders[0].user.pk: {}
    }
