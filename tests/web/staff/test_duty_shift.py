"""The pages of a shift, as somebody at a desk with a cheap telephone uses them: no script."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.actions import absences, setup, swaps, watch
from huiyin.parts.duty.models import (
    Absence,
    Check,
    Checklist,
    Handover,
    HandoverItem,
    LogLine,
    Shift,
    SignIn,
    Swap,
)
from tests.cast import Cast
from tests.duty import FIRST, Duty, _person
from tests.parts.duty.shift import following, leader, member, stood
from tests.support.checklists import listed

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def shift(duty: Duty) -> Shift:
    return duty.shift(duty.day, FIRST)


@pytest.fixture
def clock(shift: Shift) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(shift.starts - 10 * MINUTE, tick=False) as traveller:
        yield traveller


def at_desk(who: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(who.user)
    return client


def get(who: Acting, name: str, *args: object) -> str:
    response = at_desk(who).get(reverse(f"staff:{name}", args=args))
    assert response.status_code == 200, (name, response.status_code)
    return str(response.content.decode())


def post(who: Acting, name: str, /, *args: object, status: int = 302, **data: Any) -> str:
    client = at_desk(who)
    response = client.post(reverse(f"staff:{name}", args=args), data)
    assert response.status_code == status, (name, response.status_code)
    if status == 302:
        response = client.get(response.headers["Location"])
    return str(response.content.decode())


def test_one_page_has_signing_in_the_log_the_handover_and_the_checks(
    duty: Duty, shift: Shift, clock: Any
) -> None:
    who = leader(duty, shift)
    before = get(who, "duty_shift")
    assert "Sign in to the shift" in before
    assert "Write in the log" not in before
    after = post(who, "duty_sign_in", shift.pk)
    for said in ("You are on the shift", "Write in the log", "Hand over", "Checklists"):
        assert said in after
    assert SignIn.objects.get().user == who.user
    written = post(who, "duty_log", shift.pk, text="09:10 大厅停电，已报修")
    assert "09:10 大厅停电，已报修" in written


def test_refusals_are_in_plain_words(duty: Duty, shift: Shift, clock: Any) -> None:
    clock.move_to(shift.starts - 3 * 60 * MINUTE)
    assert "You can sign in from" in post(leader(duty, shift), "duty_sign_in", shift.pk)
    clock.move_to(shift.starts + 70 * MINUTE)
    said = post(duty.gu, "duty_sign_in", shift.pk)
    assert "You are not on duty here, but at “Emergency line”" in said


def test_a_line_is_corrected_by_a_further_one(duty: Duty, shift: Shift, clock: Any) -> None:
    who = stood(duty, shift)
    line = watch.write(who, shift.pk, "三人来访", now=shift.starts)
    asked = at_desk(who).get(reverse("staff:duty_log", args=[shift.pk]), {"corrects": line.pk})
    assert "三人来访" in asked.content.decode()
    post(who, "duty_log", shift.pk, text="应为四人", corrects=line.pk)
    assert LogLine.objects.get(corrects=line).text == "应为四人"


def test_what_was_typed_is_kept_when_it_is_refused(duty: Duty, shift: Shift, clock: Any) -> None:
    page = post(member(duty, shift), "duty_log", shift.pk, status=200, text="还没签到就写")
    assert "Sign in at the shift first" in page
    assert "还没签到就写" in page


def test_a_handover_from_one_telephone_to_the_next(duty: Duty, shift: Shift, clock: Any) -> None:
    giver, then = stood(duty, shift), following(duty, shift)
    taker = leader(duty, then)
    page = post(giver, "duty_handover", shift.pk, kind="key", text="保险柜钥匙两把")
    assert "保险柜钥匙两把" in page
    post(giver, "duty_handover", shift.pk, kind="watch", text="三楼漏水")
    assert "You can sign from" in get(giver, "duty_handover", shift.pk)
    clock.move_to(shift.ends - 10 * MINUTE)
    post(giver, "duty_handover", shift.pk, what="give")
    post(taker, "duty_sign_in", then.pk)
    assert "Take over" in get(taker, "duty_shift")
    key, leak = HandoverItem.objects.filter(handover__giving=shift).order_by("pk")
    page = post(taker, "duty_handover", shift.pk, what="take", item=[key.pk])
    assert "Not signed yet: 1 not ticked" in page
    page = post(taker, "duty_handover", shift.pk, what="take", item=[key.pk, leak.pk])
    assert "You have taken over and signed" in page
    assert Handover.objects.get(giving=shift).taken_by == taker.user
    carried = HandoverItem.objects.filter(handover__giving=then)
    (done,) = [item for item in carried if item.text == "三楼漏水"]
    post(taker, "duty_handover", then.pk, what="done", done=done.pk)
    done.refresh_from_db()
    assert done.done_at is not None


def test_somebody_unwell_finds_help_and_is_asked_nothing(
    duty: Duty, shift: Shift, clock: Any
) -> None:
    post(duty.planner, "duty_medical", duty.desk.code, medical="职工医院 010-8800 1200")
    stood(duty, shift)
    ill = member(duty, shift)
    page = get(ill, "duty_relief", shift.pk)
    for said in ("职工医院", 'href="tel:01088001200"', 'href="tel:120"', "Nobody asks why"):
        assert said in page
    assert "<textarea" not in page
    assert page.count('type="text"') == 0
    assert "can’t come" in post(ill, "duty_relief", shift.pk)
    assert Absence.objects.get().user == ill.user


def test_the_leader_sees_whom_to_call_and_somebody_steps_in(
    duty: Duty, shift: Shift, clock: Any, cast: Cast, now: datetime
) -> None:
    spare = _person(cast, "nan", now)
    setup.admit(
        duty.planner, duty.desk.code, spare.user, "member", now=now, telephone="13900000009"
    )
    stood(duty, shift)
    one, _ = absences.report(member(duty, shift), shift.pk, now=shift.starts)
    page = get(leader(duty, shift), "duty_step_in", one.pk)
    assert 'href="tel:13900000009"' in page
    assert page.index("<b>nan</b>") < page.index("<b>gu</b>")
    assert "I step in" in get(spare, "duty_step_in", one.pk)
    assert "The shift is filled again" in post(spare, "duty_step_in", one.pk)
    assert "nan has stepped in" in get(duty.members[0], "duty_step_in", one.pk)


def test_a_swap_from_offer_to_approval(duty: Duty, clock: Any, cast: Cast, now: datetime) -> None:
    spare = _person(cast, "nan", now)
    setup.admit(duty.planner, duty.desk.code, spare.user, "member", now=now)
    later = duty.shift(duty.day, FIRST + 4 * DAY)
    giver = member(duty, later)
    assert "Offer it" in get(giver, "duty_swaps")
    assert "nan" in get(giver, "duty_swap_offer", later.pk)
    post(giver, "duty_swap_offer", later.pk, to=spare.user.pk, in_return="")
    swap = Swap.objects.get()
    assert "1 asked of you" in get(spare, "duty_shift")
    assert "I take this shift" in get(spare, "duty_swap", swap.pk)
    assert "You take the shift" in post(spare, "duty_swap", swap.pk, what="accept")
    assert "To decide on" in get(duty.planner, "duty_swaps")
    assert "This must be filled in" in post(duty.planner, "duty_swap", swap.pk, status=200)
    assert "Approved" in post(duty.planner, "duty_swap", swap.pk, what="approve")
    assert "Approved" in get(giver, "duty_swap", swap.pk)


def test_a_swap_that_breaks_a_rule_says_which(duty: Duty, shift: Shift, clock: Any) -> None:
    night = duty.shift(duty.night, FIRST + 3 * DAY)
    day = duty.shift(duty.day, FIRST + 4 * DAY)
    giver, tired = member(duty, day), member(duty, night)
    swap = swaps.offer(giver, day.pk, to=tired.user, now=shift.starts)
    assert "too little rest before or after" in post(tired, "duty_swap", swap.pk, what="accept")


def test_a_checklist_is_set_up_gone_through_and_put_right(
    duty: Duty, shift: Shift, clock: Any
) -> None:
    planner = duty.planner
    assert "Fire extinguishers" in get(planner, "duty_check_add", duty.desk.code)
    post(
        planner, "duty_check_add", duty.desk.code, ready="thermometers", name="", every="",
        post=planner.post.pk, items="口罩 ≥ 200\n消毒液有效期",
    )  # fmt: skip
    one = Checklist.objects.get()
    assert [item.kind for item in one.items.all()] == ["count", "look", "look", "count", "expiry"]
    items = list(one.items.all())
    answers: dict[str, object] = {
        f"item-{items[0].pk}": 2, f"item-{items[1].pk}": "ok", f"item-{items[2].pk}": "no",
        f"item-{items[3].pk}": 150, f"item-{items[4].pk}": date(2026, 4, 1).isoformat(),
    }  # fmt: skip
    page = post(planner, "duty_checklist", one.pk, status=200, **answers)
    assert "Say in a few words what is wrong" in page
    assert not Check.objects.exists()
    page = post(planner, "duty_checklist", one.pk, **answers, **{f"note-{items[2].pk}": "没有消毒"})
    for said in ("To put right", "没有消毒", "150 / 200", "Expires soon"):
        assert said in page
    assert "Put right. Thank you" in post(planner, "duty_mended", items[2].pk)
    assert "没有消毒" not in get(planner, "duty_checks")
    post(planner, "duty_check_close", one.pk)
    assert "No lists here yet" in get(planner, "duty_checks")


def test_who_is_not_on_the_shift_can_not_check_its_list(
    duty: Duty, shift: Shift, clock: Any, now: datetime
) -> None:
    one = listed(duty, now, "shift")
    assert "sign in to your shift first" in get(leader(duty, shift), "duty_checklist", one.pk)


def test_leaving_reminds_of_the_handover(duty: Duty, shift: Shift, clock: Any) -> None:
    who = stood(duty, shift)
    clock.move_to(shift.ends)
    assert "You have not signed the handover yet" in get(who, "duty_shift_leave", shift.pk)
    post(who, "duty_shift_leave", shift.pk)
    assert SignIn.objects.get(user=who.user).left_at == shift.ends


@pytest.mark.parametrize(
    "name",
    ["duty_shift_of", "duty_log", "duty_handover", "duty_relief", "duty_shift_leave",
     "duty_swap_offer"],
)  # fmt: skip
def test_a_stranger_finds_no_page_of_a_shift(
    duty: Duty, shift: Shift, clock: Any, cast: Cast, name: str
) -> None:
    client = at_desk(cast.driver)
    assert client.get(reverse(f"staff:{name}", args=[shift.pk])).status_code == 404
    assert client.get(reverse(f"staff:{name}", args=[999999])).status_code == 404


def test_a_stranger_finds_no_list_swap_or_gap(
    duty: Duty, shift: Shift, clock: Any, cast: Cast, now: datetime
) -> None:
    one = listed(duty, now)
    later = duty.shift(duty.day, FIRST + 4 * DAY)
    swap = swaps.offer(member(duty, later), later.pk, now=now)
    gap, _ = absences.report(leader(duty, later), later.pk, now=now)
    client = at_desk(cast.driver)
    for name, pk in (("duty_checklist", one.pk), ("duty_swap", swap.pk), ("duty_step_in", gap.pk)):
        assert client.get(reverse(f"staff:{name}", args=[pk])).status_code == 404
    for name in ("duty_check_add", "duty_medical"):
        address = reverse(f"staff:{name}", args=[duty.desk.code])
        assert client.get(address).status_code == 404
        assert at_desk(duty.members[0]).get(address).status_code == 403
    assert client.post(reverse("staff:duty_mended", args=[one.items.first().pk])).status_code == 404  # type: ignore[union-attr]
    assert client.post(reverse("staff:duty_check_close", args=[one.pk])).status_code == 404

    assert Checklist.objects.get().closed_at is None
