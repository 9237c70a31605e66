"""Search: whatever stands in a letter is found, whether or not the index holds the letter already."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.kernel.units.queries import organisation
from huiyin.parts.cases import search, words
from huiyin.parts.cases.actions import closing
from huiyin.parts.cases.actions.writer import withdraw
from huiyin.parts.cases.models import Case, SearchBucket, SearchPending, SearchSegment
from huiyin.parts.cases.queries import Filter, worklist
from tests.cast import Cast

PAIRS = [
    ("我们小区的物业费太高", "物业"),
    ("我们小区的物业费太高", "物业费"),
    ("南京市长江大桥桥面破损", "长江大桥"),
    ("北京市长途汽车站乱收费", "长途汽车站"),
    ("被列入黑名单后没有说明", "名单"),
    ("被移出白名单", "白名单"),
    ("请把我加入白名单", "白名单"),
    ("拖欠农民工工资三个月", "农民工"),
    ("拖欠农民工工资三个月", "民工"),
    ("拖欠农民工工资三个月", "工资"),
    ("没有签劳动合同", "合同"),
    ("没有签劳动合同", "劳动合同"),
    ("没签合同也没交社保", "社保"),
    ("公司不给交五险一金", "五险一金"),
    ("公司不给交五险一金", "一金"),
    ("顶楼暖气不热", "暖气"),
    ("顶楼暖气不热", "顶楼"),
    ("一号楼三单元漏水", "三单元"),
    ("一号楼三单元漏水", "一号楼"),
    ("A-3栋电梯停运", "A-3"),
    ("A-3栋电梯停运", "电梯"),
    ("３号楼电梯停运", "3号楼"),
    ("3号楼电梯停运", "３号楼"),
    ("车牌京A12345的渣土车", "京A12345"),
    ("车牌京A12345的渣土车", "渣土车"),
    ("型号WES-5.4.5的锅炉", "5.4.5"),
    ("合同编号HT2026-0088", "HT2026-0088"),
    ("合同编号HT2026-0088", "0088"),
    ("二〇二六年三月", "2026年"),
    ("周三晚上停电", "停电"),
    ("小区经常停电停水", "停水"),
    ("养老金没有按时发放", "养老金"),
    ("养老金没有按时发放", "养老"),
    ("退休金算错了", "退休"),
    ("工伤认定一直拖着", "工伤"),
    ("工伤认定一直拖着", "工伤认定"),
    ("职业病诊断", "职业病"),
    ("高温补贴没发", "高温补贴"),
    ("夜班津贴少发", "夜班"),
    ("班车经常晚点", "班车"),
    ("食堂饭菜有虫", "食堂"),
    ("食堂饭菜有虫", "饭菜"),
    ("安全帽不合格", "安全帽"),
    ("井下瓦斯超标", "瓦斯"),
    ("宿舍热水器坏了", "热水"),
    ("宿舍热水器坏了", "热水器"),
    ("打卡机把我的加班算没了", "加班"),
    ("强迫加班到十点", "加班"),
    ("班长骂人", "班长"),
    ("车间主任克扣奖金", "车间"),
    ("车间主任克扣奖金", "主任"),
    ("车间主任克扣奖金", "克扣"),
    ("医保报销不了", "医保"),
    ("医保报销不了", "报销"),
    ("住院费报不了销", "住院"),
    ("厂区污水直排", "污水"),
    ("噪音扰民", "噪音"),
    ("拆迁补偿款没到位", "补偿"),
    ("拆迁补偿款没到位", "补偿款"),
    ("拆迁补偿款没到位", "拆迁"),
    ("經常拖欠工資", "工资"),
    ("经常拖欠工资", "工資"),
    ("買賣房屋糾紛", "纠纷"),
]
SIMPLER = ("經常拖欠工資", "買賣房屋糾紛", "車牌號碼")


def found(cast: Cast, query: str, now: datetime) -> set[str]:
    return {row.case.locator for row in worklist(cast.clerk, Filter(words=query), now).rows}


@pytest.mark.parametrize("merged", [False, True])
def test_what_stands_in_a_letter_is_found(cast: Cast, now: datetime, merged: bool) -> None:
    letters = {
        text: cast.file(now, title="来信", text=f"您好：{text}。盼复").case.locator
        for text in dict.fromkeys(text for text, _query in PAIRS)
    }
    if merged:
        search.keep_up(most=0)
        assert not SearchPending.objects.exists()
    missed = [pair for pair in PAIRS if letters[pair[0]] not in found(cast, pair[1], now)]
    assert missed == []


@pytest.mark.parametrize("merged", [False, True])
def test_every_piece_of_a_letter_finds_it_and_nothing_finds_a_letter_without_it(
    cast: Cast, now: datetime, merged: bool
) -> None:
    dice = random.Random(5)
    texts = [
        "拖欠农民工工资三个月，没有人管。",
        "宿舍热水器坏了，Room 302，报修三次没人来。",
        "食堂饭菜涨价，工资没有涨。",
    ]
    letters = {text: cast.file(now, title="来信", text=text).case.locator for text in texts}
    if merged:
        search.keep_up(most=0)
    for text in texts:
        for _ in range(25):
            start = dice.randrange(len(text) - 1)
            piece = text[start : start + dice.randint(1, 6)].strip("，。 ")
            wanted = words.needles(piece)
            if not wanted:
                continue
            holds = {
                letters[other]
                for other in texts
                if all(form in words.plain(other) for form in wanted)
            }
            assert found(cast, piece, now) == holds, piece


@pytest.mark.parametrize("merged", [False, True])
def test_words_apart_are_all_wanted_in_any_order(cast: Cast, now: datetime, merged: bool) -> None:
    both = cast.file(now, title="工资", text="三个月没发，宿舍也停电。").case.locator
    cast.file(now, title="工资", text="三个月没有发。")
    if merged:
        search.keep_up(most=0)
    assert found(cast, "停电 工资", now) == {both}
    assert found(cast, "工资停电", now) == set()
    assert found(cast, "\u200b", now) == set()


def test_nothing_is_found_across_the_parts_of_a_letter(cast: Cast, now: datetime) -> None:
    cast.file(now, title="三月工", text="资料没有给我。")
    assert found(cast, "工资", now) == set()


def test_a_form_is_made_sign_by_sign_so_that_a_piece_stays_a_piece() -> None:
    for text, query in PAIRS:
        assert words.plain(query) in words.plain(text)


def test_the_newest_come_first_page_by_page_whatever_is_in_the_index(
    cast: Cast, now: datetime
) -> None:
    filed = [cast.file(now, title=f"停电{n}", text="小区停电三天了。").case for n in range(7)]
    search.keep_up(most=0)
    filed += [cast.file(now, title=f"停电{n}", text="小区停电三天了。").case for n in range(7, 9)]
    search.pending(filed[2].pk)
    seen, after = [], ""
    while True:
        page = worklist(cast.clerk, Filter(words="停电", after=after), now, size=3)
        seen += [row.case.pk for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == sorted((case.pk for case in filed), reverse=True)


def test_many_segments_are_gone_through_in_order(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SPAN", 4)
    monkeypatch.setattr(search, "_FIRST", 1)
    filed = [cast.file(now, title=f"停水{n}", text="宿舍停水了几天。").case for n in range(14)]
    rare = cast.file(now, title="井盖", text="路上井盖松动，很危险。").case
    filed += [cast.file(now, title=f"停水{n}", text="宿舍停水了几天。").case for n in range(14)]
    search.keep_up(most=0)
    page = worklist(cast.clerk, Filter(words="停水"), now, size=100)
    assert [row.case.pk for row in page.rows] == [case.pk for case in reversed(filed)]
    assert found(cast, "井盖", now) == {rare.locator}


def test_the_same_queries_whether_many_or_few_letters_are_found(cast: Cast, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            worklist(cast.clerk, Filter(words="停水"), now)
        return len(seen)

    cast.file(now, title="停水", text="宿舍停水了几天。")
    search.keep_up(most=0)
    few = queries()
    for _ in range(12):
        cast.file(now, title="停水", text="宿舍停水了几天。")
    search.keep_up(most=0)
    assert queries() == few <= 9


def test_a_damaged_or_lost_index_is_made_anew_from_the_letters(cast: Cast, now: datetime) -> None:
    case = cast.file(now, title="停水", text="宿舍停水了几天。").case
    search.keep_up(most=0)
    SearchBucket.objects.all().delete()
    assert found(cast, "停水", now) == {case.locator}
    SearchSegment.objects.all().delete()
    search.rebuild_of([case.pk])
    assert found(cast, "停水", now) == {case.locator}


def test_a_letter_that_is_filed_while_its_segment_is_built_is_found(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.file(now, title="停水", text="宿舍停水了几天。")
    late: list[Case] = []
    postings = search._postings

    def meanwhile(number: int) -> dict[int, int]:
        read = postings(number)
        if not late:
            late.append(cast.file(now, title="暖气", text="顶楼暖气不热。").case)
        return read

    monkeypatch.setattr(search, "_postings", meanwhile)
    search.keep_up(most=0)
    assert found(cast, "暖气", now) == {late[0].locator}


def test_who_builds_a_segment_from_older_letters_does_not_overwrite_a_newer_one(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cast.file(now, title="停水", text="宿舍停水了几天。").case
    search.keep_up(most=0)
    postings = search._postings
    calls: list[int] = []

    def meanwhile(number: int) -> dict[int, int]:
        read = postings(number)
        calls.append(number)
        if len(calls) == 1:  # erased, and built anew, by another process
            Case.objects.filter(pk=case.pk).update(text_key=None)
            search.rebuild(number)
        return read

    monkeypatch.setattr(search, "_postings", meanwhile)
    search.rebuild(case.pk // search.SPAN)
    assert len(calls) == 3
    assert list(search.candidates(["停水"], 50)) == [[]]


def test_erasing_takes_a_letter_out_of_the_index_at_once(cast: Cast, now: datetime) -> None:
    case = cast.file(now, title="停水", text="宿舍停水了几天。").case
    search.keep_up(most=0)
    segment = SearchSegment.objects.get()
    with transaction.atomic():
        withdraw(case.locator, "已经解决。", now=now)
    later = now + timedelta(days=organisation().keep_identity_days + 60)
    assert closing.erase_due(later) == 1
    assert list(search.candidates(["停水"], 50)) == [[]]
    assert SearchSegment.objects.get().version == segment.version + 1
    assert not SearchPending.objects.exists()


def test_what_was_erased_by_a_process_that_ended_at_once_leaves_the_index_in_the_next_round(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cast.file(now, title="停水", text="宿舍停水了几天。").case
    search.keep_up(most=0)
    withdraw(case.locator, "已经解决。", now=now)
    later = now + timedelta(days=organisation().keep_identity_days + 60)
    with monkeypatch.context() as ended:
        ended.setattr(search, "rebuild_of", lambda _ids: None)
        assert closing.erase_due(later) == 1
    assert list(search.candidates(["停水"], 50)) == [[case.pk]]
    search.keep_up()
    assert list(search.candidates(["停水"], 50)) == [[]]
    assert not SearchPending.objects.exists()


def test_a_damaged_letter_hides_no_other_one(
    cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, worse, whole = (
        cast.file(now, title="停水", text="宿舍停水了几天。").case for _ in range(3)
    )
    damaged.steps.update(body=b"\x01 changed by somebody, so that it opens no more")
    Case.objects.filter(pk=worse.pk).update(
        text_key=b"\x01 changed as well, and long enough for it"
    )
    for _ in range(2):
        assert found(cast, "停水", now) == {whole.locator}
        search.keep_up(most=0)
    assert damaged.ref in caplog.text
    assert worse.ref in caplog.text
