"""What is written on a shift names nobody who complains."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from huiyin.demo import watch as demo
from huiyin.kernel.privacy.detect import caught
from huiyin.kernel.privacy.refusing import Private
from huiyin.parts.duty.actions import checklists, handover, watch
from huiyin.parts.duty.models import Check, HandoverItem, LogLine, Shift
from tests.duty import Duty
from tests.parts.duty.shift import stood
from tests.support.checklists import answers, listed

MINUTE = timedelta(minutes=1)

VISITOR = "来访人王建国先生明早九点再来"


def test_a_name_of_a_visitor_is_asked_about_before_it_stands_in_the_log(
    duty: Duty, shift: Shift
) -> None:
    acting = stood(duty, shift)
    with pytest.raises(Private) as refused:
        watch.write(acting, shift.pk, VISITOR, now=shift.starts)
    assert (refused.value.field, refused.value.code) == ("text", "name")
    assert not LogLine.objects.exists()
    watch.write(acting, shift.pk, VISITOR, now=shift.starts, sure=True)
    assert LogLine.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"), [("电话13912345678，回他", "mobile"), ("身份证11010519491231002X", "id_card")]
)
def test_numbers_that_stand_for_a_person_stay_out_whatever_is_said(
    duty: Duty, shift: Shift, text: str, code: str
) -> None:
    acting = stood(duty, shift)
    for act in (
        lambda: watch.write(acting, shift.pk, text, now=shift.starts, sure=True),
        lambda: handover.add_item(
            acting, shift.pk, "case", text, now=shift.ends - MINUTE, sure=True
        ),
    ):
        with pytest.raises(Private) as refused:
            act()
        assert refused.value.code == code


def test_a_name_in_what_is_handed_on_is_asked_about(duty: Duty, shift: Shift) -> None:
    acting = stood(duty, shift)
    with pytest.raises(Private):
        handover.add_item(acting, shift.pk, "case", VISITOR, now=shift.ends - MINUTE)
    assert not HandoverItem.objects.exists()


def test_the_demonstration_names_nobody() -> None:
    texts = [*demo.LINES, *(text for _kind, text in demo.ITEMS)]
    assert [found.text for text in texts for found in caught({"text": text})] == []


def test_a_note_of_a_check_is_asked_about(duty: Duty, now: datetime) -> None:
    checklist = listed(duty, now)
    found = {
        pk: replace(answer, note=VISITOR) if answer.ok is not None else answer
        for pk, answer in answers(checklist, ok=False).items()
    }
    with pytest.raises(Private) as refused:
        checklists.carry_out(duty.planner, checklist.pk, found, now=now)
    assert refused.value.field.startswith("note-")
    assert not Check.objects.exists()
    checklists.carry_out(duty.planner, checklist.pk, found, now=now, sure=True)
    assert Check.objects.count() == 1
