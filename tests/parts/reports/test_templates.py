"""What reports ask for, what is asked beside a field, and what is caught before it is sent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from huiyin.kernel.privacy.detect import caught, is_identity_number
from huiyin.parts.reports.templates import WrongValue, clean, templates, times
from huiyin.parts.reports.vague import questions

NOW = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)
CLEAR: dict[str, Any] = {
    "event": "fire",
    "what": "二号库房配电箱起火，明火已于 8:50 扑灭。",
    "when": "2026-03-03T00:40:00+00:00",
    "where": "机械厂二号库房东门",
    "affected": 14,
    "danger": False,
    "done": "8:45 报警，8:50 断电，库房人员已全部撤出。",
    "needed": "请集团物资部今日调配备用配电箱一台。",
    "next": "2026-03-03T03:00:00+00:00",
}


def asked(**changes: Any) -> set[tuple[str, str]]:
    given = clean("urgent", CLEAR | changes)
    return {(one.field, one.code) for one in questions("urgent", given, now=NOW)}


def test_each_kind_asks_what_and_what_is_needed_in_both_languages() -> None:
    assert set(templates()) == {"urgent", "early", "daily", "followup", "final"}
    for template in templates().values():
        assert {"what", "needed"} <= set(template.names)
        assert all(one.zh and one.en for one in template.fields)
    for kind in ("urgent", "early"):
        wanted = ("what", "when", "where", "affected", "done", "needed", "next")
        assert all(templates()[kind][name].required for name in wanted)
    assert times().urgent_late_minutes == 120
    assert times().source_zh


def test_no_template_has_room_for_a_person_a_meeting_a_journey_or_what_anyone_says_online() -> None:
    for template in templates().values():
        for one in template.fields:
            words = f"{one.name} {one.zh} {one.en}".lower()
            for word in ("姓名", "身份证", "电话", "上访", "聚集", "行程", "网上", "言论", "人员名单",
                         "name", "petition", "gather", "journey", "travel", "online"):  # fmt: skip
                assert word not in words, (template.kind, one.name)


def test_a_clear_report_is_asked_nothing() -> None:
    assert asked() == set()


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"affected": None}, ("affected", "no_number")),
        ({"when": ""}, ("when", "no_moment")),
        ({"next": ""}, ("next", "no_moment")),
        ({"next": "2026-03-03T01:00:00+00:00"}, ("next", "past")),
        ({"when": "2026-03-04T01:00:00+00:00"}, ("when", "future")),
        ({"where": "那边"}, ("where", "no_place")),
        ({"what": "现场情况基本稳定，人员情绪正常。"}, ("what", "vague")),
        ({"what": "There are some people in the hall."}, ("what", "vague")),
        ({"what": "起火"}, ("what", "short")),
        ({"done": "已经断电并撤出人员。"}, ("done", "no_time")),
        ({"needed": "请尽快支援配电箱"}, ("needed", "vague")),
        ({"needed": "Send pumps as soon as possible"}, ("needed", "vague")),
        ({"needed": "调一台水泵"}, ("needed", "no_whom")),
        ({"done": ""}, ("done", "empty")),
    ],
)
def test_what_is_unclear_is_asked_beside_its_field(
    changes: dict[str, Any], question: tuple[str, str]
) -> None:
    assert question in asked(**changes)


def test_who_needs_nothing_is_not_asked_from_whom() -> None:
    assert asked(needed="无") == set()


def test_fewer_people_than_in_the_last_report_is_asked_about_until_it_is_explained() -> None:
    given = clean("followup", {"what": "两名伤员已经出院回家休息。", "affected": 12})
    codes = {one.code for one in questions("followup", given, now=NOW, earlier={"affected": 14})}
    assert "fewer" in codes
    given["why"] = "首报时重复计算了两人。"
    codes = {one.code for one in questions("followup", given, now=NOW, earlier={"affected": 14})}
    assert "fewer" not in codes


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("affected", -1, "number"), ("affected", "many", "number"), ("event", "riot", "unknown"),
     ("who", "张三", "unknown"), ("where", "x" * 201, "too_long"),
     ("when", "2026-03-03T01:00:00", "moment")],
)  # fmt: skip
def test_a_field_takes_what_it_is_for_and_nothing_else(field: str, value: Any, code: str) -> None:
    with pytest.raises(WrongValue) as refused:
        clean("urgent", CLEAR | {field: value})
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("证号11010519491231002X。", "id_card"),
        ("证号１１０１０５１９４９１２３１００２Ｘ", "id_card"),
        ("证号 110105 1949 1231 002x", "id_card"),
        ("旧证号130503670401001", "id_card"),
        ("电话13812345678", "mobile"),
        ("电话 138-1234-5678", "mobile"),
        ("电话+86 138 1234 5678", "mobile"),
        ("电话一三八一二三四五六七八", "mobile"),
        ("座机0571-88123456", "landline"),
        ("座机(010)8812 3456", "landline"),
    ],
)  # fmt: skip
def test_numbers_that_stand_for_a_person_are_refused(text: str, kind: str) -> None:
    found = [one for one in caught({"what": text}) if one.refused]
    assert [one.kind for one in found] == [kind]
    assert text[found[0].start : found[0].end] == found[0].text


@pytest.mark.parametrize(
    "text",
    ["订单号110105194912310021已发出", "补发工资1234567890元", "2026年3月3日8:50断电",
     "影响1200人，3号楼12层", "合同金额138123456789元", "两千三百人用水受影响"],
)  # fmt: skip
def test_other_numbers_pass(text: str) -> None:
    assert not [one for one in caught({"what": text}) if one.refused]


def test_the_check_digit_decides() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")


@pytest.mark.parametrize(
    ("text", "name"),
    [("职工张三反映工资没有发。", "张三"), ("来信人欧阳建国到大厅。", "欧阳建国"), ("李建国等12人到大厅", "李建国"),
     ("王秀英女士已送医", "王秀英"), ("联系人：陈丽娟", "陈丽娟"), ("Mrs Anna Weber came to the desk", "Anna Weber")],
)  # fmt: skip
def test_names_are_asked_about_and_not_refused(text: str, name: str) -> None:
    found = caught({"what": text})
    assert [(one.kind, one.text) for one in found] == [("name", name)]
    assert not found[0].refused


@pytest.mark.parametrize(
    "text",
    [
        "职工高度重视安全，马上安排时间。",
        "三车间一名职工反映工资没有发。",
        "张某某已送医。",
        "二号库房配电箱起火，14人撤出。",
    ],
)
def test_sentences_without_a_name_are_not_asked_about(text: str) -> None:
    assert caught({"what": text}) == []
