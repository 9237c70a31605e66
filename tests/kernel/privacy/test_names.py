"""Everyday words that begin with a surname are not taken for names, and names are not for words."""

import pytest

from huiyin.kernel.privacy.detect import _SURNAMES, caught
from huiyin.kernel.privacy.everyday import PEOPLE, WORDS


def names(text: str) -> list[str]:
    return [one.text for one in caught({"what": text}) if one.kind == "name"]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_an_everyday_word_is_no_name_in_a_sentence(word: str) -> None:
    assert names(word) == []
    assert names(f"本单位{word}，已处理。") == []


@pytest.mark.parametrize(
    "text",
    [
        "通知已张贴在门口。", "已张贴公告，阀门张开。", "反映人高度关注此事。", "来访人周一到访。", "联系人为周一值班人员。",
        "来信人于是离开。", "来访人周末来。", "申请人方便时来。", "当事人周围有人。", "来信人文明用语。", "来信人方面没有意见。",
        "于是家属赶到。", "周边大爷帮忙。", "万一家属来访。", "马上师傅到场。", "顾客反映饭菜凉。", "白班反映设备异常。",
        "一段时间后恢复。", "雷雨天气，江边水位高。", "施工许可证已张贴。", "谢谢大家。", "路段高温，高压线垂落。",
        "投诉人何时到场不详。", "申请人任何要求都登记。", "来访人常常等候。",
    ],
)  # fmt: skip
def test_sentences_of_duty_are_not_asked_about(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("姓名：张贴", "张贴"),
        ("姓名张开，住三号楼。", "张开"),
        ("联系人：张开", "张开"),
        ("名叫周一鸣", "周一鸣"),
        ("联系人周一鸣在岗", "周一鸣"),
        ("举报人高度明来过", "高度明"),
        ("投诉人马上飞来了", "马上飞"),
        ("来信人万一平到大厅", "万一平"),
        ("申请人方便明", "方便明"),
        ("张开反映阀门漏水", "张开"),
        ("张贴说没有收到", "张贴"),
        ("白银同志到场", "白银"),
        ("张开先生到场", "张开"),
        ("黎明女士来电", "黎明"),
        ("通知已张贴，张三来访", "张三"),
        ("来信人周密。", "周密"),
        ("高峰反映停水", "高峰"),
        ("王小明在公告前张贴标语", "王小明"),
    ],
)
def test_a_name_that_begins_like_a_word_is_still_asked_about(text: str, name: str) -> None:
    assert names(text) == [name]


def test_only_words_that_begin_with_a_surname_are_in_the_table() -> None:
    assert {one[0] for one in WORDS} <= set(_SURNAMES)
    assert all(2 <= len(one) <= 3 for one in WORDS)
    assert PEOPLE < WORDS
