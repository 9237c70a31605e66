"""The pages of planning, in the order of a roster's life."""

import sys
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.parts.duty.actions import publishing
from huiyin.parts.duty.models import (
    Assignment,
    Bound,
    DutyPoint,
    DutyRules,
    Eligible,
    Leave,
    Opening,
    Pattern,
    Roster,
    Served,
    SolveRun,
    Wish,
)
from tests.cast import Cast
from tests.duty import FIRST, Duty, fill, publish
from tests.web.staff.conftest import SignIn


@pytest.fixture
def duty(planned_duty: Duty) -> Duty:
    return planned_duty


def show(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"staff:{name}", args=args))
    assert answer.status_code == 200, name
    return answer.content.decode()


def post(client: Client, name: str, /, *args: object, **given: object) -> str:
    answer = client.post(reverse(f"staff:{name}", args=args), given, follow=True)
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_a_point_is_set_up_page_by_page(duty: Duty, sign_in: SignIn) -> None:
    client = sign_in(duty.planner.user)
    assert "Duty points" in show(client, "duty_setup")
    said = post(client, "duty_point_add", kind="site", name="大门", name_en="Gate", code="GATE")
    assert "The point was added" in said
    assert "taken already" in post(client, "duty_point_add", kind="site", name="门", code="GATE")
    hours = {"starts": "20:00", "ends": "06:00", "on": [1, 64]}
    assert "The hours were added" in post(client, "duty_hours_add", "GATE", **hours)
    opening = Opening.objects.get(point__code="GATE")
    assert (opening.starts, opening.minutes, opening.weekdays) == (1200, 600, 65)
    assert "overlap" in post(client, "duty_hours_add", "GATE", **hours)
    shift = hours | {"name": "夜", "code": "N", "leaders": 1, "deputies": 0, "members": 2}
    said = post(client, "duty_pattern_add", "GATE", skills="first aid 2\nEnglish", **shift)
    assert "The shift was added" in said
    pattern = Pattern.objects.get(point__code="GATE")
    assert (pattern.minutes, pattern.skills) == (600, {"first aid": 2, "English": 1})
    given = {"username": "gu", "capacity": "deputy", "skills": "first aid, English"}
    assert "was changed" in post(client, "duty_admit", "GATE", **given)
    assert "no open account" in post(client, "duty_admit", "GATE", **given | {"username": "who"})
    one = Eligible.objects.get(point__code="GATE")
    assert one.skills == ["English", "first aid"]
    page = show(client, "duty_point", "GATE")
    for text in ("20:00–06:00 next day", "Mon, Sun", "first aid 2", "gu"):
        assert text in page
    change = {"name": "东大门", "telephone": "010-2222"}
    assert "010-2222" in post(client, "duty_point_change", "GATE", **change)
    for what, pk in (("hours", opening.pk), ("shifts", pattern.pk), ("serving", one.pk)):
        post(client, "duty_remove", "GATE", what, pk)
    assert not Opening.objects.filter(point__code="GATE").exists()
    assert "No further shifts" in post(client, "duty_point_close", "GATE")
    assert DutyPoint.objects.get(code="GATE").closed_at is not None


def test_rules_are_set_and_dropped(duty: Duty, sign_in: SignIn) -> None:
    client = sign_in(duty.planner.user)
    given = {
        "rest_hours": 12, "most_in_row": 4, "most_week_hours": 48, "submit_days": 5,
        "approve_days": 1, "gap_hours": 24, "sign_in_minutes": 5, "handover_minutes": 20,
    }  # fmt: skip
    assert "The rules were set" in post(client, "duty_rules", **given)
    assert DutyRules.objects.get().rest_minutes == 720
    assert "12" in show(client, "duty_setup")
    post(client, "duty_rules_drop")
    assert "rules of its own" not in show(client, "duty_setup")


def test_leave_wishes_bounds_and_the_past_are_entered(duty: Duty, sign_in: SignIn) -> None:
    client = sign_in(duty.planner.user)
    lin = duty.leaders[0].user
    given = {"user": lin.pk, "starts": "2026-03-20", "ends": "2026-03-20"}
    assert "The leave was entered" in post(client, "duty_leave_add", **given)
    leave = Leave.objects.get()
    assert (leave.ends - leave.starts) == timedelta(days=1)
    assert "entered already" in post(client, "duty_leave_add", **given)
    assert "cancelled" in post(client, "duty_leave_cancel", leave.pk)
    place = {"user": lin.pk, "pattern": duty.day.pk, "day": "2026-03-18"}
    assert "This was set" in post(client, "duty_bounds", fixed="1", **place)
    assert "both fixed and forbidden" in post(client, "duty_bounds", fixed="0", **place)
    assert "taken back" in post(client, "duty_bound_drop", Bound.objects.get().pk)
    assert "Fix or forbid" in show(client, "duty_bounds")
    assert "The wish was kept" in post(client, "duty_wishes", wanted="0", weight="2", **place)
    assert "rather not" in show(client, "duty_wishes")
    post(client, "duty_wish_drop", Wish.objects.get().pk)
    assert "The past was entered" in post(client, "duty_past", **{f"{lin.pk}-festival": "3"})
    assert Served.objects.get(user=lin, klass="festival").shifts == 3
    assert 'value="3"' in show(client, "duty_past")
    assert "too small or too large" in post(client, "duty_past", **{f"{lin.pk}-night": "-2"})


def test_whoever_serves_enters_their_own_leave_and_wishes_and_plans_nothing(
    duty: Duty, sign_in: SignIn
) -> None:
    client = sign_in(duty.gu.user)
    given = {"user": duty.gu.user.pk, "starts": "2026-03-20", "ends": "2026-03-22"}
    assert "The leave was entered" in post(client, "duty_leave_add", **given)
    other = given | {"user": duty.leaders[0].user.pk}
    assert "choose one of the entries" in post(client, "duty_leave_add", **other)
    assert client.get(reverse("staff:duty_setup")).status_code == 403
    assert client.get(reverse("staff:duty_roster", args=[duty.roster.pk])).status_code == 404
    assert "Leave" in show(client, "duty")


def test_a_roster_is_filled_by_hand_checked_submitted_approved_and_published(
    duty: Duty, cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    planner, clerk = sign_in(duty.planner.user), sign_in(cast.clerk.user)
    assert "Submit the roster" in show(planner, "duty")
    page = show(planner, "duty_roster", duty.roster.pk)
    assert "no leader" in page
    assert "gaps" in page
    shift = duty.shift(duty.day, FIRST)
    assert "Who may come on" in show(planner, "duty_place", duty.roster.pk, shift.pk)
    given = {"user": duty.leaders[0].user.pk, "capacity": "leader"}
    assert "is on the shift now" in post(planner, "duty_place", duty.roster.pk, shift.pk, **given)
    assert "on this shift already" in post(planner, "duty_place", duty.roster.pk, shift.pk, **given)
    del given["capacity"]
    assert "is off the shift" in post(planner, "duty_place", duty.roster.pk, shift.pk, **given)
    fill(duty)
    assert "Every rule holds" in show(planner, "duty_roster_check", duty.roster.pk)
    assert "average" in show(planner, "duty_shares", duty.roster.pk)
    assert "Not in yet" in show(clerk, "duty_units")
    assert "was submitted" in post(planner, "duty_move", duty.roster.pk, "submit")
    assert "Waiting for your decision" in show(clerk, "duty")
    assert "was returned" in post(clerk, "duty_return", duty.roster.pk, reason="请补夜班")
    assert "请补夜班" in show(planner, "duty_roster", duty.roster.pk)
    post(planner, "duty_move", duty.roster.pk, "submit")
    assert "was approved" in post(clerk, "duty_move", duty.roster.pk, "approve")
    assert "is in force" in post(planner, "duty_move", duty.roster.pk, "publish")
    assert "published already" in post(planner, "duty_move", duty.roster.pk, "publish")
    assert "In" in show(clerk, "duty_units")


def test_a_new_version_shows_what_it_changes_and_takes_over_a_swap(
    duty: Duty, cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    fill(duty)
    publish(duty, cast, now)
    client = sign_in(duty.planner.user)
    assert "A new version was begun" in post(
        client, "duty_revise", duty.roster.pk, reason="有人请假"
    )
    draft = Roster.objects.get(version=2)
    shift = duty.shift(duty.hours, FIRST)
    post(client, "duty_place", draft.pk, shift.pk, user=duty.gu.user.pk)
    assert "Loses" in show(client, "duty_versions", draft.pk)
    night = duty.shift(duty.night, FIRST)
    leaves = next(name for name, as_ in duty.on(night).items() if as_ == "member")
    move = publishing.Move(night, duty.who(leaves).pk, None, "member")
    publishing.replace(duty.roster, [move], "换班", now=now, acting=duty.planner)
    assert "newer version came into force" in show(client, "duty_roster", draft.pk)
    assert "in this version now" in post(client, "duty_move", draft.pk, "take-over")
    assert Assignment.objects.filter(roster=draft, shift=night).count() == 1


def test_a_solve_is_asked_for_shown_and_stopped(duty: Duty, now: datetime, sign_in: SignIn) -> None:
    client = sign_in(duty.planner.user)
    assert "How long to look" in show(client, "duty_solve", duty.roster.pk)
    page = post(client, "duty_solve", duty.roster.pk, mode="fill", seconds="60")
    assert "Waiting for its turn" in page
    address = reverse("staff:duty_solve", args=[duty.roster.pk])
    assert client.get(address).headers["Refresh"] == "3"  # without a script
    assert "is running" in post(client, "duty_solve", duty.roster.pk, mode="fill", seconds="60")
    assert "is running" in post(client, "duty_move", duty.roster.pk, "submit")
    SolveRun.objects.update(
        state="running", started_at=now, seen_at=now,
        progress={"stage": "fairness", "seconds": 3.2, "cost": 412.0, "bound": 400.0, "found": True},
    )  # fmt: skip
    page = show(client, "duty_solve", duty.roster.pk)
    assert "Sharing duty out fairly" in page
    assert "412" in page
    assert "ends now" in post(client, "duty_solve_stop", duty.roster.pk)
    assert SolveRun.objects.get().stop_asked
    lin = duty.leaders[0].user.pk
    conflict = [
        {"rule": "off", "days": ["2026-03-18"], "people": [lin], "pattern": None, "why": []},
        {"rule": "leaders", "days": ["2026-03-18"], "people": [], "pattern": duty.day.pk, "why": []},
        {"rule": "forbidden", "days": ["2026-03-18"], "people": [lin], "pattern": duty.day.pk,
         "why": ["leave"]},
    ]  # fmt: skip
    SolveRun.objects.update(
        state="done",
        result={"found": True, "proven": False, "stopped": True, "seconds": 4.0, "changed": 12,
                "exceptions": conflict[1:2], "conflict": conflict},
    )  # fmt: skip
    page = show(client, "duty_solve", duty.roster.pk)
    for text in (
        "These can’t all hold",
        "lin is away on",
        "needs somebody who may lead it",
        "(leave)",
    ):
        assert text in page
    SolveRun.objects.update(state="failed", result={"failure": "gone"})
    assert "no sign of life" in show(client, "duty_solve", duty.roster.pk)


def test_where_no_solver_is_installed_the_page_says_what_to_install(
    duty: Duty, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)  # as if Python found none
    client = sign_in(duty.planner.user)
    page = show(client, "duty_solve", duty.roster.pk)
    assert "pip install &#x27;huiyin[solver]&#x27;" in page
    assert "How long to look" not in page
    asked = post(client, "duty_solve", duty.roster.pk, mode="fill", seconds="60")
    assert "pip install &#x27;huiyin[solver]&#x27;" in asked
    assert not SolveRun.objects.exists()
    client.cookies["django_language"] = "zh-hans"
    assert "未安装自动排班组件" in show(client, "duty_solve", duty.roster.pk)
