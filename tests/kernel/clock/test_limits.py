"""Real dates, and properties that hold for every date."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.clock.calendars import Calendar
from huiyin.kernel.clock.limits import (
    KEYS,
    Explanation,
    Rule,
    Text,
    compute,
    exact,
    extended,
    load_pack,
    promised,
)

CHINA = Calendar("Asia/Shanghai", "CN")
BERLIN = Calendar("Europe/Berlin", "DE")
CN = load_pack("cn-petition-2022")
EU = load_pack("eu-2019-1937")

moments = st.datetimes(datetime(2020, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
packs = st.sampled_from([CN, EU, load_pack("iso-10002")])
calendars = st.sampled_from([CHINA, BERLIN, Calendar("America/Havana")])
keys = st.sampled_from(KEYS)


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "calendar", "start", "last_day"),
    [
        (CN.rules["conclude"], CHINA, noon(2026, 3, 3), date(2026, 5, 2)),
        (CN.rules["accept"], CHINA, noon(2026, 9, 20), date(2026, 10, 5)),  # holiday: no roll
        (CN.rules["accept"], CHINA, noon(2024, 2, 14), date(2024, 2, 29)),  # leap day
        (CN.rules["object"], CHINA, noon(2026, 9, 30), date(2026, 10, 13)),
        (CN.rules["object"], CHINA, noon(2026, 2, 13), date(2026, 2, 27)),
        (CN.rules["ask_review"], CHINA, noon(2026, 9, 3), date(2026, 10, 8)),  # rolls from 3 Oct
        (EU.rules["acknowledge"], BERLIN, noon(2026, 3, 27), date(2026, 4, 7)),  # Good Friday
        (EU.rules["conclude"], BERLIN, noon(2026, 11, 30), date(2027, 3, 1)),  # 28 Feb is Sunday
        (EU.rules["conclude"], BERLIN, noon(2026, 1, 31), date(2026, 4, 30)),
    ],
)
def test_the_last_day_is_the_one_in_the_law(
    rule: Rule, calendar: Calendar, start: datetime, last_day: date
) -> None:
    assert compute(rule, start, calendar).last_day == last_day


def test_what_is_done_at_the_midnight_that_ends_the_last_day_is_late() -> None:
    limit = compute(CN.rules["conclude"], noon(2026, 3, 3), CHINA)
    assert limit.due_at == datetime(2026, 5, 2, 16, tzinfo=UTC)


def test_the_local_date_of_the_event_counts_not_the_one_in_utc() -> None:
    late = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    rule = CN.rules["accept"]
    assert compute(rule, late, CHINA).last_day == date(2026, 3, 17)
    assert compute(rule, late + timedelta(seconds=1), CHINA).last_day == date(2026, 3, 18)


def test_a_change_of_clocks_moves_no_midnight() -> None:
    limit = compute(EU.rules["acknowledge"], noon(2026, 10, 20), BERLIN)
    assert limit.last_day == date(2026, 10, 27)
    assert limit.due_at == datetime(2026, 10, 27, 23, tzinfo=UTC)
    assert limit.warn_at[0] == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_warnings_come_before_the_end_and_never_before_the_start() -> None:
    short = replace(CN.rules["conclude"], days=3)
    limit = compute(short, noon(2026, 3, 3), CHINA)
    assert limit.warn_at == (limit.due_at - timedelta(days=1),)


@given(packs, keys, moments, calendars)
def test_a_limit_never_ends_before_its_first_whole_day(pack, key, start, calendar) -> None:
    limit = compute(pack.rules[key], start, calendar)
    assert limit.last_day > calendar.local_date(start)
    assert limit.due_at > start
    assert all(start <= moment < limit.due_at for moment in limit.warn_at)
    assert calendar.local_date(limit.due_at - timedelta(microseconds=1)) == limit.last_day


@given(packs, keys, moments, calendars, st.data())
def test_a_shortened_limit_never_ends_later(pack, key, start, calendar, data) -> None:
    rule = pack.rules[key]
    shorter = replace(rule, days=data.draw(st.integers(1, rule.days)))
    assert compute(shorter, start, calendar).due_at <= compute(rule, start, calendar).due_at


@given(moments, st.integers(1, 40), calendars)
def test_a_working_day_limit_turned_into_natural_days_never_ends_later(
    start, days, calendar
) -> None:
    rule = replace(CN.rules["object"], days=days)
    assert (
        compute(rule.changed(days, "days"), start, calendar).due_at
        <= compute(rule, start, calendar).due_at
    )


@given(moments, st.integers(0, 50), st.integers(0, 40))
def test_a_pause_adds_exactly_its_days(start, after, length) -> None:
    rule = CN.rules["final_review"]
    begin = start + timedelta(days=after)
    pause = (begin, begin + timedelta(days=length))
    plain, paused = compute(rule, start, CHINA), compute(rule, start, CHINA, [pause])
    assert paused.last_day - plain.last_day == timedelta(days=length)
    assert compute(rule, start, CHINA, [pause, pause]).last_day == paused.last_day


def test_working_days_are_paused_by_working_days() -> None:
    rule = replace(CN.rules["object"], pauses=("hearing",))
    pause = (noon(2026, 9, 30), noon(2026, 10, 9))  # 8 and 9 October work
    assert compute(rule, noon(2026, 9, 29), CHINA, [pause]).last_day == date(2026, 10, 14)


def test_a_limit_that_the_law_does_not_pause_is_not_paused() -> None:
    pause = (noon(2026, 3, 4), noon(2026, 3, 9))
    with pytest.raises(ValueError, match="not paused"):
        compute(CN.rules["conclude"], noon(2026, 3, 3), CHINA, [pause])
    with pytest.raises(ValueError, match="after it begins"):
        compute(CN.rules["final_review"], noon(2026, 3, 3), CHINA, [pause[::-1]])


def test_an_extension_is_one_and_within_its_rule() -> None:
    limit = compute(CN.rules["conclude"], noon(2026, 3, 3), CHINA)
    longer = extended(limit, 30, CN.rules["extend"], CHINA)
    assert longer.last_day == date(2026, 6, 1)
    for days in (0, 31):
        with pytest.raises(ValueError, match="1 to 30"):
            extended(limit, days, CN.rules["extend"], CHINA)
    with pytest.raises(ValueError, match="once"):
        extended(longer, 1, CN.rules["extend"], CHINA)


def test_a_promise_ends_on_its_day_and_cannot_lie_in_the_past() -> None:
    limit = promised(noon(2026, 3, 3), date(2026, 3, 3), CHINA)
    assert limit.due_at == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert limit.explanation.text("en") == "promised on 3 March 2026; ends on 3 March 2026"
    with pytest.raises(ValueError, match="before it is made"):
        promised(noon(2026, 3, 3), date(2026, 3, 2), CHINA)


def test_a_date_explains_itself_in_both_languages() -> None:
    why = compute(CN.rules["conclude"], noon(2026, 3, 3), CHINA).explanation
    assert why.text("zh") == (
        "自2026年3月3日受理之日起60日（《信访工作条例》第三十四条），2026年5月2日止"
    )
    assert why.text("en") == (
        "60 days from acceptance on 3 March 2026, article 34; ends on 2 May 2026"
    )


def test_a_shorter_limit_an_extension_and_a_house_rule_are_told() -> None:
    pack = CN.shortened({"conclude": 30})
    limit = compute(pack.rules["conclude"], noon(2026, 3, 3), CHINA)
    why = extended(limit, 10, CN.rules["extend"], CHINA).explanation
    assert "changed by the organisation from 60 days to 30 days" in why.text("en")
    assert "本单位已由60日调整为30日" in why.text("zh")
    assert "extended by 10 days, article 34; ends on 12 April 2026" in why.text("en")
    assert "经批准延长10日（《信访工作条例》第三十四条），2026年4月12日止" in why.text("zh")
    house = compute(CN.rules["dispute"], noon(2026, 3, 3), CHINA).explanation
    assert "a rule of the organisation's own" in house.text("en")
    assert "（本单位规定）" in house.text("zh")


def test_a_roll_and_a_pause_are_told() -> None:
    why = compute(CN.rules["ask_review"], noon(2026, 9, 3), CHINA).explanation
    assert "3 October 2026 is a holiday; rolled to the next working day" in why.text("en")
    assert "2026年10月3日为休息日，顺延至下一工作日，2026年10月8日止" in why.text("zh")
    pause = (noon(2026, 3, 10), noon(2026, 3, 15))
    why = compute(CN.rules["final_review"], noon(2026, 3, 3), CHINA, [pause]).explanation
    assert "paused from 10 March 2026 to 15 March 2026, which adds 5 days" in why.text("en")
    assert "2026年3月10日至2026年3月15日中止计算，顺延5日" in why.text("zh")


def test_a_year_whose_holidays_are_not_published_is_told_only_where_it_matters() -> None:
    unknown = Calendar("Asia/Shanghai", "CN")
    object_, conclude = CN.rules["object"], CN.rules["conclude"]
    start = noon(2031, 12, 30)
    why = compute(object_, start, unknown).explanation
    assert why.unknown_years == (2031, 2032)
    assert "the holidays of 2031, 2032 are not published yet" in why.text("en")
    assert "2031年、2032年放假安排尚未公布" in why.text("zh")
    assert compute(conclude, start, unknown).explanation.unknown_years == ()


@given(packs, keys, moments)
def test_an_explanation_survives_json_and_speaks_both_languages(pack, key, start) -> None:
    why = compute(pack.rules[key], start, CHINA).explanation
    again = Explanation.from_dict(json.loads(json.dumps(why.to_dict())))
    assert again == why
    assert again.text("zh") != again.text("en")


def test_an_explanation_speaks_no_third_language() -> None:
    why = promised(noon(2026, 3, 3), date(2026, 3, 3), CHINA).explanation
    with pytest.raises(ValueError, match="fr"):
        why.text("fr")  # type: ignore[arg-type]


def test_a_promise_warns_a_week_three_days_and_a_day_before_its_end() -> None:
    limit = promised(noon(2026, 3, 3), date(2026, 3, 20), CHINA)
    assert [limit.due_at - at for at in limit.warn_at] == [timedelta(days=n) for n in (7, 3, 1)]
    why = limit.explanation
    assert (why.rule, why.counts_from, why.source) == ("", "promise", "house")


def test_what_ends_at_an_instant_ends_on_the_local_day_and_says_why() -> None:
    end = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)  # the next day, 01:30 in Shanghai
    warned = (end - timedelta(hours=1),)
    limit = exact(noon(2026, 3, 3), end, ("值班交接", "the handover"), warned, CHINA)
    assert (limit.due_at, limit.last_day, limit.warn_at) == (end, date(2026, 3, 4), warned)
    why = limit.explanation
    assert (why.rule, why.days, why.counts_from, why.source) == ("", 0, "promise", "house")
    assert (why.started, why.last_day) == ("2026-03-03", "2026-03-04")
    assert why.text("en") == "the handover; ends on 4 March 2026 at 01:30"
    assert why.text("zh") == "值班交接，2026年3月4日01:30止"


def test_months_and_a_roll_are_told() -> None:
    why = compute(EU.rules["conclude"], noon(2026, 11, 30), BERLIN).explanation
    assert why.text("en") == (
        "3 months from acknowledgement of receipt on 30 November 2026, article 9(1)(f); "
        "28 February 2027 is a holiday; rolled to the next working day; ends on 1 March 2027"
    )
    assert why.text("zh").startswith("自2026年11月30日告知收到之日起3个月（欧盟2019/1937号指令")


def test_one_day_is_told_as_one() -> None:
    why = compute(replace(CN.rules["conclude"], days=1), noon(2026, 3, 3), CHINA).explanation
    assert (
        why.text("en") == "1 day from acceptance on 3 March 2026, article 34; ends on 4 March 2026"
    )


@pytest.mark.parametrize(
    ("unit", "words"),
    [("days", "1 day from"), ("working_days", "1 working day from"), ("months", "1 month from")],
)
def test_one_of_a_unit_is_told_in_the_singular(unit: str, words: str) -> None:
    rule = replace(CN.rules["conclude"], days=1, unit=unit)
    assert compute(rule, noon(2026, 3, 3), CHINA).explanation.text("en").startswith(words)


def test_an_extension_by_the_organisation_s_own_rule_cites_no_article() -> None:
    own = replace(CN.rules["extend"], source="house", article=Text())
    limit = compute(CN.rules["conclude"], noon(2026, 3, 3), CHINA)
    why = extended(limit, 1, own, CHINA).explanation
    assert why.text("en").endswith("article 34; extended by 1 day; ends on 3 May 2026")
    assert why.text("zh").endswith("第三十四条），经批准延长1日，2026年5月3日止")


def test_an_explanation_kept_before_more_was_told_reads_as_it_did() -> None:
    kept = {
        "rule": "forward", "days": 5, "unit": "working_days", "counts_from": "request",
        "started": "2026-03-03", "last_day": "2026-03-10", "source": "house",
    }  # fmt: skip
    why = Explanation.from_dict(kept)
    assert why.text("zh") == "自2026年3月3日收到请求之日起5个工作日（本单位规定），2026年3月10日止"
    assert why.text("en") == (
        "5 working days from receipt of the request on 3 March 2026, "
        "a rule of the organisation's own; ends on 10 March 2026"
    )
    empty = {name: value for name, value in why.to_dict().items() if name not in kept}
    assert set(map(str, empty.values())) == {"", "0", "days", "[]"}


def test_pauses_survive_json() -> None:
    pauses = [(noon(2026, 3, 10), noon(2026, 3, 15)), (noon(2026, 3, 20), noon(2026, 3, 21))]
    why = compute(CN.rules["final_review"], noon(2026, 3, 3), CHINA, pauses).explanation
    assert len(why.pauses) == 2
    assert Explanation.from_dict(json.loads(json.dumps(why.to_dict()))) == why
