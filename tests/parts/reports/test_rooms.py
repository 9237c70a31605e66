"""An incident and its room: opened by an urgent report, about the event only, ended by its review."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin import wiring
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.actions import commitment, salt
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.privacy.refusing import Private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports import asked, rooms
from huiyin.parts.reports.access import NotYours, ReportNotFound, access_room
from huiyin.parts.reports.actions import arriving, ending, incidents, reporting, tasks
from huiyin.parts.reports.actions.ending import Change
from huiyin.parts.reports.models import (
    Incident,
    IncidentLine,
    IncidentTask,
    Mark,
    Report,
    RoomLineStays,
)
from tests.parts.reports.conftest import URGENT, Desks

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FINAL = {
    "what": "配电箱老化短路起火，无人受伤，库房已恢复供电。", "when": "2026-03-03T02:00:00+00:00",
    "affected": 14, "done": "10:00 更换配电箱并检查全部线路。", "needed": "无",
}  # fmt: skip


@pytest.fixture
def fire(desks: Desks, now: datetime) -> Incident:
    report = desks.urgent()
    assert report.incident is not None
    return report.incident


def task(
    desks: Desks,
    fire: Incident,
    now: datetime,
    acting: Acting | None = None,
    text: str = "清点库房物资",
) -> IncidentTask:
    acting = acting or desks.canteen_leader
    owner = desks.cast.cook.post.pk
    return tasks.set_task(acting, fire.number, text, owner, now + HOUR, now=now)


def test_an_urgent_report_opens_an_incident_that_every_desk_above_sees_at_once(
    desks: Desks, now: datetime
) -> None:
    report = desks.urgent()
    incident = Incident.objects.get()
    assert report.incident == incident
    assert (incident.number, incident.kind, incident.danger) == (report.number, "fire", True)
    assert incident.title == "二号库房配电箱起火，明火已于 8:50 扑灭"
    assert (incident.place, incident.opened_at) == ("食堂二号库房东门", now)
    assert incident.leader == desks.canteen_leader.post
    for acting in (desks.cast.cook, desks.works_leader, desks.group_leader, desks.cast.clerk):
        assert access_room(acting, incident.number) == incident
    for acting in (desks.cast.driver, desks.cast.transport_head, desks.cast.auditor):
        with pytest.raises(ReportNotFound):
            access_room(acting, incident.number)
    told = Notice.objects.filter(kind="incident.opened").select_related("post")
    assert [one.post for one in told] == [desks.canteen_leader.post]


def test_no_other_kind_of_report_opens_an_incident(desks: Desks, now: datetime) -> None:
    desks.daily(desks.cast.cook)
    early = {name: URGENT[name] for name in URGENT if name not in {"event", "danger"}}
    reporting.send(desks.cast.cook, "early", early, now=now)
    assert not Incident.objects.exists()


def test_a_second_urgent_report_joins_an_open_incident_of_the_unit_or_opens_another(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    cook = desks.cast.cook
    second = reporting.send(cook, "urgent", URGENT, now=now + MINUTE, joins=fire.number)
    assert second.incident == fire
    third = reporting.send(cook, "urgent", URGENT, now=now + 2 * MINUTE)
    assert third.incident != fire
    with pytest.raises(BadInput, match="joins"):
        reporting.send(desks.cast.driver, "urgent", URGENT, now=now, joins=fire.number)
    ending.stand_down(desks.canteen_leader, fire.number, "已扑灭", now=now + HOUR)
    with pytest.raises(BadInput, match="joins"):
        reporting.send(cook, "urgent", URGENT, now=now + HOUR, joins=fire.number)
    assert Report.objects.count() == 3


def test_the_same_page_sent_twice_opens_one_incident(desks: Desks, now: datetime) -> None:
    number = reporting.new_number(now)
    for _ in range(2):
        reporting.send(desks.cast.cook, "urgent", URGENT, now=now, number=number)
    assert Incident.objects.count() == 1


def test_danger_that_a_joining_report_names_is_the_incidents_danger(
    desks: Desks, now: datetime
) -> None:
    first = desks.urgent(danger=False).incident
    assert first is not None
    assert not first.danger
    reporting.send(desks.cast.cook, "urgent", URGENT, now=now, joins=first.number)
    first.refresh_from_db()
    assert first.danger
    assert wiring.look_for_silence(now + 6 * HOUR) >= 0
    assert not Mark.objects.filter(kind="danger").exists()  # an urgent report said so


def test_the_log_only_grows_and_the_database_refuses_the_rest(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    line = incidents.log(desks.cast.cook, fire.number, "电工到场，切断二号库房总闸。", now=now)
    again = incidents.log(desks.cast.cook, fire.number, "电工到场，切断二号库房总闸。", now=now)
    assert again == line
    fixed = incidents.log(
        desks.cast.cook, fire.number, "切断的是一号库房总闸。", now=now, corrects=line.pk
    )
    assert fixed.corrects == line
    with pytest.raises(RoomLineStays):
        line.save()
    with pytest.raises(RoomLineStays):
        line.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        IncidentLine.objects.filter(pk=line.pk).update(text="没有切断。")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_incidentline WHERE id = %s", [line.pk])
    assert IncidentLine.objects.get(pk=line.pk).text == "电工到场，切断二号库房总闸。"
    with pytest.raises(BadInput, match="unknown"):
        incidents.log(desks.cast.cook, fire.number, "另一处", now=now, corrects=9_999)
    with pytest.raises(BadInput, match="missing"):
        incidents.log(desks.cast.cook, fire.number, " ", now=now)


def test_a_decision_says_what_and_why_and_only_who_leads_takes_it(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    for acting in (desks.canteen_leader, desks.works_leader, desks.cast.group_head):
        line = incidents.decide(acting, fire.number, "食堂今日停业", "库房断电", now=now + MINUTE)
        assert (line.kind, line.post, line.why) == ("decision", acting.post, "库房断电")
    for acting in (desks.cast.cook, desks.cast.clerk):
        with pytest.raises(NotYours):
            incidents.decide(acting, fire.number, "食堂今日停业", "库房断电", now=now)
    with pytest.raises(BadInput, match="why"):
        incidents.decide(desks.canteen_leader, fire.number, "食堂今日停业", "", now=now)


def test_a_unit_without_a_duty_leader_is_led_by_the_post_that_reported(
    desks: Desks, now: datetime
) -> None:
    desks.canteen_leader.post.closed_at = now
    desks.canteen_leader.post.save()
    incident = desks.urgent().incident
    assert incident is not None
    assert incident.leader == desks.cast.cook.post
    assert incidents.decide(desks.cast.cook, incident.number, "疏散", "有烟", now=now).pk


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("联系13812345678", "mobile"),
        ("身份证11010519491231002X", "id_card"),
        ("张建国先生来过", "name"),
    ],
)
def test_nothing_that_stands_for_a_person_gets_into_a_room(
    desks: Desks, fire: Incident, now: datetime, text: str, code: str
) -> None:
    leader, soon = desks.canteen_leader, now + HOUR
    made = task(desks, fire, now)
    ways = [
        lambda: incidents.log(leader, fire.number, text, now=now),
        lambda: incidents.decide(leader, fire.number, text, "有烟", now=now),
        lambda: incidents.decide(leader, fire.number, "疏散", text, now=now),
        lambda: tasks.set_task(leader, fire.number, text, leader.post.pk, soon, now=now),
        lambda: tasks.done(leader, fire.number, made.number, text, now=now),
        lambda: tasks.hand_on(leader, fire.number, 1, leader.post.pk, soon, text, now=now),
    ]
    for way in ways:
        with pytest.raises(Private, match=code):
            way()
    tasks.done(leader, fire.number, made.number, "清点完毕", now=now)
    with pytest.raises(Private, match=code):
        ending.stand_down(leader, fire.number, text, now=now)
    ending.stand_down(leader, fire.number, "已扑灭", now=now)
    with pytest.raises(Private, match=code):
        ending.review(leader, fire.number, text, "无", [], now=now)
    change = Change(text, leader.post.pk, now + HOUR)
    with pytest.raises(Private, match=code):
        ending.review(leader, fire.number, "断电及时", "巡查不够", [change], now=now)
    if code == "name":  # asked about; whoever is sure that nobody complained may say so
        assert incidents.log(leader, fire.number, text, now=now, sure=True).text == text
    else:
        with pytest.raises(Private):
            incidents.log(leader, fire.number, text, now=now, sure=True)


def test_a_task_is_owed_by_a_post_with_the_ladder_behind_it(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    made = task(desks, fire, now)
    deadline = Deadline.objects.get(kind="incident.task", state="open")
    assert (deadline.subject, deadline.of, deadline.post) == (
        fire.ref, "1", desks.cast.cook.post
    )  # fmt: skip
    assert deadline.due_at == made.due_at == now + HOUR
    told = Notice.objects.filter(kind="incident.task").get()
    assert told.post == desks.cast.cook.post
    sweep(now + HOUR + 15 * MINUTE, wiring.DEADLINE_HANDLERS)
    rungs = Step.objects.filter(deadline=deadline, kind="escalate").order_by("number")
    assert [one.rung for one in rungs] == ["owner", "deputy", "head"]
    assert rungs[1].post == desks.cast.works_head.post  # the canteen has no deputy: the next above
    late = Entry.objects.get(kind="clock.late", subject=fire.ref)
    assert json.loads(bytes(late.leaf))["post"] == desks.cast.cook.post.code
    assert deadline in rooms.owing(desks.cast.cook.post)


def test_a_task_is_set_in_the_line_and_never_for_a_post_above_the_actors_own(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    cast, soon = desks.cast, now + HOUR
    wrong = (desks.works_leader, desks.group_leader, cast.driver, cast.auditor)
    for other in wrong:
        with pytest.raises(BadInput, match="post"):
            tasks.set_task(cast.cook, fire.number, "清点", other.post.pk, soon, now=now)
    for mine in (cast.cook, desks.works_leader):
        assert tasks.set_task(
            desks.works_leader, fire.number, f"清点{mine.post.pk}", mine.post.pk, soon, now=now
        ).pk
    with pytest.raises(BadInput, match="post"):
        tasks.set_task(desks.works_leader, fire.number, "调车", cast.driver.post.pk, soon, now=now)
    for due in (None, now, now - MINUTE, now + timedelta(days=400)):
        with pytest.raises(BadInput, match="due"):
            tasks.set_task(cast.cook, fire.number, "清点", cast.cook.post.pk, due, now=now)
    with pytest.raises(BadInput, match="post"):
        tasks.set_task(cast.cook, fire.number, "清点", None, soon, now=now)


def test_whoever_owes_a_task_in_a_room_may_enter_it(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    owner = desks.cast.owner  # case handler of the works: not at the desk
    with pytest.raises(ReportNotFound):
        access_room(owner, fire.number)
    tasks.set_task(
        desks.works_leader, fire.number, "送发电机一台", owner.post.pk, now + HOUR, now=now
    )
    assert access_room(owner, fire.number) == fire
    with pytest.raises(NotYours):
        tasks.done(desks.cast.cook, fire.number, 1, "已送到", now=now)  # a post below its owner's
    tasks.done(owner, fire.number, 1, "9:40 已送到东门", now=now + 30 * MINUTE)
    assert Deadline.objects.get(kind="incident.task").state == "met"
    told = Notice.objects.get(kind="incident.task_done")
    assert told.post == desks.works_leader.post
    with pytest.raises(BadInput, match="done_already"):
        tasks.done(owner, fire.number, 1, "又送", now=now)
    with pytest.raises(BadInput, match="unknown"):
        tasks.done(owner, fire.number, 9, "又送", now=now)


def test_an_incident_is_stood_down_only_when_each_task_is_done_or_handed_on(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader, cook = desks.canteen_leader, desks.cast.cook
    task(desks, fire, now)
    task(desks, fire, now + 2 * MINUTE, text="联系供电检修")
    tasks.done(cook, fire.number, 1, "清点完毕，无损失", now=now + HOUR)
    with pytest.raises(BadInput, match="tasks_open"):
        ending.stand_down(leader, fire.number, "明火扑灭", now=now + HOUR)
    later = now + timedelta(days=3)
    tasks.hand_on(leader, fire.number, 2, leader.post.pk, later, "配件周五到货", now=now + HOUR)
    handed = IncidentTask.objects.get(number=2)
    assert (handed.post, handed.due_at, handed.done_at) == (leader.post, later, None)
    line = IncidentLine.objects.get(kind="handed")
    assert (line.task, line.to, line.why) == (handed, leader.post, "配件周五到货")
    open_ones = Deadline.objects.filter(kind="incident.task", state="open")
    assert [(one.post, one.due_at) for one in open_ones] == [(leader.post, later)]
    with pytest.raises(NotYours):
        ending.stand_down(cook, fire.number, "明火扑灭", now=now + HOUR)
    ended = ending.stand_down(leader, fire.number, "明火扑灭", now=now + 2 * HOUR)
    assert (ended.stood_down_by, ended.stood_down_why) == (leader.post, "明火扑灭")
    told = Notice.objects.filter(kind="incident.stood_down").select_related("post")
    assert {one.post for one in told} == {desks.works_leader.post, desks.group_leader.post}
    for refused in (
        lambda: ending.stand_down(leader, fire.number, "再次", now=now + 3 * HOUR),
        lambda: incidents.decide(leader, fire.number, "停业", "断电", now=now + 3 * HOUR),
        lambda: task(desks, fire, now + 3 * HOUR),
    ):
        with pytest.raises(BadInput, match="stood_down"):
            refused()
    assert incidents.log(cook, fire.number, "事后发现线路老化", now=now + 3 * HOUR).pk
    tasks.done(leader, fire.number, 2, "配件已换", now=later)
    assert not open_ones.all().exists()


def test_the_review_is_owed_after_the_stand_down_and_its_changes_have_owner_and_time(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader = desks.canteen_leader
    change = Change("每月检查一次配电箱", desks.cast.cook.post.pk, now + timedelta(days=30))
    with pytest.raises(BadInput, match="not_stood_down"):
        ending.review(leader, fire.number, "断电及时", "巡查不够", [change], now=now)
    ending.stand_down(leader, fire.number, "明火扑灭", now=now)
    owed = Deadline.objects.get(kind="incident.review")
    assert (owed.post, owed.due_at) == (leader.post, now + timedelta(days=7))
    with pytest.raises(NotYours):
        ending.review(desks.cast.cook, fire.number, "断电及时", "巡查不够", [change], now=now)
    with pytest.raises(BadInput, match="text_1"):
        ending.review(leader, fire.number, "断电及时", "巡查不够", [], now=now)
    for field, bad in (
        ("text_1", Change("", change.post_pk, change.due)),
        ("post_1", Change("检查", None, change.due)),
        ("post_1", Change("检查", desks.group_leader.post.pk, change.due)),
        ("due_1", Change("检查", change.post_pk, None)),
        ("due_1", Change("检查", change.post_pk, now)),
    ):
        with pytest.raises(BadInput, match=field):
            ending.review(leader, fire.number, "断电及时", "巡查不够", [bad], now=now)
    assert not IncidentTask.objects.exists()
    done = ending.review(leader, fire.number, "断电及时", "巡查不够", [change], now=now + HOUR)
    assert done.review == {"well": "断电及时", "ill": "巡查不够"}
    assert done.reviewed_by == leader.post
    made = IncidentTask.objects.get()
    assert (made.change, made.post) == (True, desks.cast.cook.post)
    assert Deadline.objects.get(kind="incident.change").due_at == change.due
    owed.refresh_from_db()
    assert owed.state == "met"
    with pytest.raises(BadInput, match="reviewed"):
        ending.review(leader, fire.number, "断电及时", "无", [], now=now + HOUR)


def test_a_review_to_which_nothing_went_ill_may_change_nothing(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    ending.stand_down(desks.canteen_leader, fire.number, "明火扑灭", now=now)
    ending.review(desks.canteen_leader, fire.number, "断电及时", "无", [], now=now)
    assert not IncidentTask.objects.exists()


def test_follow_ups_and_the_final_report_are_of_the_incident_also_after_the_stand_down(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    cook = desks.cast.cook
    follow = {
        "what": "冒烟点已全部清除，库房通风。",
        "affected": 14,
        "done": "9:30 通风",
        "needed": "无",
    }
    second = reporting.send(cook, "followup", follow, now=now + HOUR, follows=fire.number)
    ending.stand_down(desks.canteen_leader, fire.number, "明火扑灭", now=now + HOUR)
    last = reporting.send(cook, "final", FINAL, now=now + 2 * HOUR, follows=fire.number)
    assert [one.incident for one in (second, last)] == [fire, fire]
    arriving.acknowledge(desks.works_leader, last.number, now=now + 3 * HOUR)
    fire.refresh_from_db()
    kinds = [one.kind for one in rooms.story(fire, rooms.tasks_of(fire))]
    assert kinds == ["acknowledged", "report", "stood_down", "report", "report"] or kinds == [
        "acknowledged", "report", "report", "stood_down", "report"
    ]  # fmt: skip


def test_the_story_holds_everything_newest_first_in_few_queries(
    desks: Desks, fire: Incident, now: datetime, django_assert_max_num_queries: object
) -> None:
    for n in range(5):
        at = now + n * 10 * MINUTE
        incidents.log(desks.cast.cook, fire.number, f"第{n}次巡查", now=at)
        incidents.decide(desks.canteen_leader, fire.number, f"保留{n}人值守", "有余温", now=at)
        task(desks, fire, at, text=f"清点{n}号架")
        tasks.done(desks.cast.cook, fire.number, n + 1, "完毕", now=at + MINUTE)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        told = rooms.story(fire, rooms.tasks_of(fire))
        assert all(str(one.post.unit) for one in told if one.post)
    assert len(told) == 21
    assert [one.at for one in told] == sorted((one.at for one in told), reverse=True)


def test_an_entry_binds_each_step_and_holds_no_word_of_it(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    leader = desks.canteen_leader
    line = incidents.log(leader, fire.number, "电工到场断电", now=now)
    incidents.decide(leader, fire.number, "食堂停业一日", "库房断电", now=now)
    task(desks, fire, now)
    tasks.done(leader, fire.number, 1, "清点完毕无损失", now=now)
    ending.stand_down(leader, fire.number, "明火扑灭了", now=now)
    ending.review(leader, fire.number, "断电很及时", "无", [], now=now)
    found = Entry.objects.filter(subject=fire.ref, kind__startswith="incident.").order_by("pk")
    assert [one.kind for one in found] == [
        "incident.opened", "incident.logged", "incident.decided", "incident.task",
        "incident.task_done", "incident.stood_down", "incident.reviewed",
    ]  # fmt: skip
    whole = b"".join(bytes(one.leaf) for one in found).decode("unicode_escape")
    for word in ("电工", "停业", "清点", "扑灭", "及时", "库房"):
        assert word not in whole
    entry = Entry.objects.get(digest=line.entry_digest)
    leaf = json.loads(bytes(entry.leaf))
    from huiyin.parts.reports.actions._common import packed

    said = packed({"text": line.text, "why": ""})
    key = salt(bytes(line.salt_key), leaf["nonce"], "text")
    assert leaf["commit"]["text"] == commitment(key, said)


def test_who_is_asked_next_to_acknowledge_is_known_at_each_level(
    desks: Desks, now: datetime
) -> None:
    report, cast = desks.urgent(), desks.cast
    works, group = asked.levels(report, now)
    assert [(one.post, one.at - now) for one in works.rungs] == [
        (desks.works_leader.post, timedelta()),
        (cast.works_deputy.post, 15 * MINUTE),
        (cast.works_head.post, 20 * MINUTE),
        (desks.group_leader.post, 30 * MINUTE),
    ]
    assert works.next is not None
    assert works.next.post == cast.works_deputy.post
    assert [one.post for one in group.rungs][:3] == [
        desks.group_leader.post, cast.group_deputy.post, cast.group_head.post
    ]  # fmt: skip
    sweep(now + 16 * MINUTE, wiring.DEADLINE_HANDLERS)
    works, _group = asked.levels(report, now + 16 * MINUTE)
    assert [one.told for one in works.rungs] == [True, True, False, False]
    assert works.next is not None
    assert works.next.post == cast.works_head.post
    arriving.acknowledge(desks.works_leader, report.number, now=now + 17 * MINUTE)
    works, group = asked.levels(report, now + 17 * MINUTE)
    assert works.arrival.acknowledged_by == desks.works_leader.post
    assert works.next is None
    assert [one.post for one in works.rungs] == [desks.works_leader.post, cast.works_deputy.post]
    assert group.next is not None


def test_nothing_done_in_a_room_touches_a_report_on_its_way(
    desks: Desks, fire: Incident, now: datetime
) -> None:
    """A stand-down below ends no duty above, and closes nobody's mouth."""
    ending.stand_down(desks.canteen_leader, fire.number, "明火扑灭", now=now)
    owed = Deadline.objects.filter(subject=f"report:{fire.number}", state="open")
    assert {"report.acknowledge", "report.act", "report.next"} <= {one.kind for one in owed}
    assert desks.urgent(now=now + MINUTE).arrivals.count() == 2
