"""Who leads an incident hands it to another post, with the reason; nobody else takes it."""

import json
from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.privacy.refusing import Private
from huiyin.kernel.units.actions import Acting, add_post
from huiyin.kernel.units.models import Role
from huiyin.parts.reports import rooms
from huiyin.parts.reports.access import NotYours, ReportNotFound, access_room
from huiyin.parts.reports.actions import ending, incidents, leading, tasks
from huiyin.parts.reports.models import Incident, IncidentLine
from tests.cast import post
from tests.parts.reports.conftest import Desks

HOUR = timedelta(hours=1)
WHY = "须统一调度两个库房"


@pytest.fixture
def fire(desks: Desks) -> Incident:
    report = desks.urgent()
    assert report.incident is not None
    return report.incident


@pytest.fixture
def head(desks: Desks) -> Acting:
    """The canteen's head, whom the cast lacks."""
    return post(desks.cast.canteen, Role.HEAD, "canteen_head", desks.now)


def told(kind: str) -> list[str]:
    return [one.post.code for one in Notice.objects.filter(kind=kind).select_related("post")]


def test_the_post_that_leads_hands_the_room_on_and_the_new_one_decides(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader, cook = desks.canteen_leader, desks.cast.cook
    with pytest.raises(NotYours):
        incidents.decide(cook, fire.number, "疏散", "有烟", now=now)
    handed = leading.hand_lead(leader, fire.number, cook.post.pk, WHY, now=now)
    assert handed.leader == cook.post
    fire.refresh_from_db()
    assert fire.leader == cook.post
    assert incidents.decide(cook, fire.number, "疏散", "有烟", now=now).pk
    line = IncidentLine.objects.get(kind="led")
    assert (line.post, line.to, line.why, line.text) == (leader.post, cook.post, WHY, "")
    assert told("incident.led") == [cook.post.code]
    assert not told("incident.led_by_another"), "who handed it on knows"
    (event,) = [one for one in rooms.story(fire, []) if one.kind == "led"]
    assert (event.post, event.why) == (leader.post, WHY)
    entry = Entry.objects.get(kind="incident.led", subject=fire.ref)
    leaf = json.loads(bytes(entry.leaf))
    assert (leaf["post"], leaf["facts"]) == (leader.post.code, {"to": cook.post.code})
    assert WHY not in bytes(entry.leaf).decode("unicode_escape")
    assert bytes(line.entry_digest) == bytes(entry.digest)


def test_the_head_of_the_unit_hands_it_on_and_both_are_told(
    desks: Desks, fire: Incident, head: Acting, now: datetime
) -> None:
    cook, leader = desks.cast.cook.post, desks.canteen_leader.post
    leading.hand_lead(head, fire.number, cook.pk, WHY, now=now)
    assert told("incident.led") == [cook.code]
    assert told("incident.led_by_another") == [leader.code]
    leading.hand_lead(head, fire.number, head.post.pk, WHY, now=now + HOUR)
    assert told("incident.led") == [cook.code], "who takes it knows"


def test_nobody_else_takes_the_lead_or_gives_it(
    desks: Desks, fire: Incident, head: Acting, now: datetime
) -> None:
    cast = desks.cast
    for other in (cast.cook, cast.works_head, desks.works_leader, cast.group_head, cast.clerk):
        with pytest.raises(NotYours):
            leading.hand_lead(other, fire.number, cast.cook.post.pk, WHY, now=now)
    with pytest.raises(ReportNotFound):
        leading.hand_lead(cast.driver, fire.number, cast.driver.post.pk, WHY, now=now)
    leading.hand_lead(desks.canteen_leader, fire.number, head.post.pk, WHY, now=now)
    with pytest.raises(NotYours):  # no longer the one that leads
        leading.hand_lead(desks.canteen_leader, fire.number, cast.cook.post.pk, WHY, now=now)


def test_it_goes_to_a_post_of_the_unit_that_somebody_holds(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader, cast = desks.canteen_leader, desks.cast
    vacant = add_post(cast.canteen, Role.DEPUTY, "食堂副职", now=now)
    above = (cast.works_head.post, desks.group_leader.post)  # nobody below sets them a duty
    for wrong in (vacant, cast.driver.post, *above):
        with pytest.raises(BadInput, match="post: unknown"):
            leading.hand_lead(leader, fire.number, wrong.pk, WHY, now=now)
    with pytest.raises(BadInput, match="post: missing"):
        leading.hand_lead(leader, fire.number, None, WHY, now=now)
    with pytest.raises(BadInput, match="why: missing"):
        leading.hand_lead(leader, fire.number, cast.cook.post.pk, " ", now=now)
    with pytest.raises(Private, match="mobile"):
        leading.hand_lead(leader, fire.number, cast.cook.post.pk, "请拨13812345678", now=now)
    assert not IncidentLine.objects.exists()


def test_whoever_led_and_is_above_may_hand_it_to_a_post_of_its_own_unit(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    """Once a post above leads, what it hands on may stay above; the room is open to who leads."""
    owner, works = desks.cast.owner, desks.works_leader
    Incident.objects.filter(pk=fire.pk).update(leader=works.post)
    with pytest.raises(ReportNotFound):
        access_room(owner, fire.number)  # a handler of the works, not at the desk
    leading.hand_lead(works, fire.number, owner.post.pk, WHY, now=now)
    assert access_room(owner, fire.number) == fire
    assert incidents.decide(owner, fire.number, "疏散", "有烟", now=now).pk


def test_sent_twice_it_is_handed_on_once_and_what_is_owed_stays(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader, cook = desks.canteen_leader, desks.cast.cook
    tasks.set_task(leader, fire.number, "清点", leader.post.pk, now + HOUR, now=now)
    for _ in range(2):
        leading.hand_lead(leader, fire.number, cook.post.pk, WHY, now=now)
    assert IncidentLine.objects.filter(kind="led").count() == 1
    assert Deadline.objects.get(kind="incident.task").post == leader.post
    tasks.done(leader, fire.number, 1, "清点完毕", now=now)
    ending.stand_down(cook, fire.number, "明火扑灭", now=now + HOUR)
    assert Deadline.objects.get(kind="incident.review").post == cook.post
    with pytest.raises(BadInput, match="stood_down"):
        leading.hand_lead(cook, fire.number, leader.post.pk, WHY, now=now + HOUR)
