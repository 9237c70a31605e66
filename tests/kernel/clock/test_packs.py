"""Each pack is whole, cites its law, and can only be changed in the person's favour."""

import pytest

from huiyin.kernel.clock.explanation import EVENTS
from huiyin.kernel.clock.limits import KEYS, LimitLengthened, PackError, load_pack, parse_pack
from huiyin.kernel.clock.pack import PERSONS_OWN

NAMES = ("cn-petition-2022", "eu-2019-1937", "iso-10002")


def source(name: str) -> str:
    from importlib import resources

    folder = resources.files("huiyin.kernel.clock.packs")
    return folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_pack_has_every_rule_and_each_rule_of_law_cites_its_article(name: str) -> None:
    pack = load_pack(name)
    assert tuple(pack.rules) == KEYS
    for rule in pack.rules.values():
        assert rule.note.zh
        assert rule.note.en
        assert rule.counts_from in EVENTS
        assert (rule.source == "law") == bool(rule.article.zh and rule.article.en)


@pytest.mark.parametrize("name", NAMES)
def test_every_ground_for_declining_names_a_place_to_turn_to_instead(name: str) -> None:
    pack = load_pack(name)
    assert pack.grounds
    for ground in pack.grounds.values():
        assert ground.turn_to.zh
        assert ground.turn_to.en
        assert (ground.source == "law") == bool(ground.article.zh)


@pytest.mark.parametrize("name", NAMES)
def test_beside_each_rule_stands_which_days_it_counts(name: str) -> None:
    words = {"days": ("自然日", "Natural days"), "working_days": ("工作日", "Working days"),
             "months": ("月", "Months")}  # fmt: skip
    for rule in load_pack(name).rules.values():
        zh, en = words[rule.unit]
        assert rule.note.zh.startswith(zh)
        assert rule.note.en.startswith(en)


@pytest.mark.parametrize(
    ("key", "days", "unit", "counts_from", "article"),
    [
        ("forward", 15, "days", "receipt", "22"),
        ("accept", 15, "days", "receipt", "23"),
        ("object", 5, "working_days", "forwarding", "23"),
        ("conclude", 60, "days", "acceptance", "34"),
        ("extend", 30, "days", "limit_end", "34"),
        ("ask_review", 30, "days", "answer", "35"),
        ("review", 30, "days", "request", "35"),
        ("ask_final_review", 30, "days", "review_answer", "36"),
        ("final_review", 30, "days", "request", "36"),
    ],
)
def test_the_regulation_of_2022_is_what_it_says(
    key: str, days: int, unit: str, counts_from: str, article: str
) -> None:
    rule = load_pack("cn-petition-2022").rules[key]
    assert (rule.days, rule.unit, rule.counts_from) == (days, unit, counts_from)
    assert (rule.article.en, rule.source) == (f"article {article}", "law")


def test_only_what_the_law_pauses_is_paused() -> None:
    rules = load_pack("cn-petition-2022").rules
    assert {key for key in KEYS if rules[key].pauses} == {"final_review"}


def test_the_directive_has_two_limits_and_the_standard_none() -> None:
    law = {key: r for key, r in load_pack("eu-2019-1937").rules.items() if r.source == "law"}
    assert {key: (r.days, r.unit) for key, r in law.items()} == {
        "acknowledge": (7, "days"),
        "conclude": (3, "months"),
    }
    assert all(rule.source == "house" for rule in load_pack("iso-10002").rules.values())


def test_an_organisation_shortens_and_never_lengthens() -> None:
    pack = load_pack("cn-petition-2022")
    shorter = pack.shortened({"conclude": 30, "object": (5, "days")})
    assert shorter.rules["conclude"].days == 30
    assert shorter.rules["conclude"].shortened_from == 60
    assert shorter.rules["object"].unit == "days"
    assert pack.rules["conclude"].days == 60
    for change in ({"conclude": 61}, {"conclude": 0}, {"conclude": (60, "working_days")},
                   {"conclude": (1, "months")}, {"object": (6, "days")}):  # fmt: skip
        with pytest.raises(LimitLengthened):
            pack.shortened(change)  # type: ignore[arg-type]


def test_months_may_become_days_only_within_the_shortest_months() -> None:
    pack = load_pack("eu-2019-1937")
    assert pack.shortened({"conclude": (84, "days")}).rules["conclude"].days == 84
    with pytest.raises(LimitLengthened):
        pack.shortened({"conclude": (85, "days")})


@pytest.mark.parametrize("key", sorted(PERSONS_OWN))
def test_the_persons_own_time_grows_and_never_shrinks(key: str) -> None:
    pack = load_pack("cn-petition-2022")
    days = pack.rules[key].days
    assert pack.shortened({key: days + 10}).rules[key].days == days + 10
    with pytest.raises(LimitLengthened, match="person"):
        pack.shortened({key: days - 1})


def test_an_unknown_pack_is_named_together_with_those_that_exist() -> None:
    with pytest.raises(PackError, match="iso-10002"):
        load_pack("../secrets")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("days = 60", 'days = "60"', "conclude: days must be given as int"),
        ("days = 60", "days = true", "conclude: days must be given as int"),
        ("days = 60", "days = 0", "conclude: days must be at least 1"),
        ("[rules.conclude]", "[rules.concluded]", "conclude, concluded"),
        ('counts_from = "acceptance"', 'counts_from = "whim"', "conclude: counts_from"),
        ('unit = "working_days"', 'unit = "weeks"', "unit must be one of"),
        (
            'article = { zh = "《信访工作条例》第三十四条", en = "article 34" }',
            "",
            "cites its article",
        ),
        ('pauses = ["hearing"]', "pauses = [1]", "pauses are reasons"),
        ("warn_days = [15, 5, 1]", "warn_days = [-1]", "warn_days"),
        ("warn_days = [15, 5, 1]", "warm_days = [1]", "unknown warm_days"),
        ('key = "arbitration"', 'kee = "arbitration"', "ground 2: unknown kee"),
        ('key = "arbitration"', 'key = "litigation"', "two grounds"),
        ('country = "CN"', "country = ", "cn"),
    ],
)
def test_a_malformed_pack_says_where_it_is_wrong(old: str, new: str, complaint: str) -> None:
    text = source("cn-petition-2022")
    assert old in text
    with pytest.raises(PackError, match=complaint):
        parse_pack("cn", text.replace(old, new, 1))


def test_the_documentation_names_every_pack_key_event_and_field() -> None:
    from dataclasses import fields
    from pathlib import Path

    from huiyin.kernel.clock.limits import Ground, Rule

    page = (Path(__file__).parents[3] / "docs" / "policy-packs.md").read_text(encoding="utf-8")
    computed = {"shortened_from", "shortened_unit"}
    words = {*NAMES, *KEYS, *EVENTS, *(field.name for field in fields(Ground))}
    words |= {field.name for field in fields(Rule)} - computed
    assert [word for word in sorted(words) if f"`{word}`" not in page] == []


def test_a_group_sends_at_most_five_by_the_regulation_and_other_packs_set_no_number() -> None:
    group = load_pack("cn-petition-2022").group
    assert group is not None
    assert (group.representatives, group.article.en) == (5, "article 20")
    assert load_pack("iso-10002").group is None


def test_a_pack_whose_group_sends_nobody_is_refused() -> None:
    toml = source("cn-petition-2022")
    for wrong in ("representatives = 0", 'representatives = "five"'):
        with pytest.raises(PackError, match="group"):
            parse_pack("x", toml.replace("representatives = 5", wrong))


def test_a_limit_left_as_it_is_is_not_told_as_changed() -> None:
    pack = load_pack("cn-petition-2022")
    same = pack.shortened({"conclude": 60, "object": (5, "working_days")})
    assert same.rules == pack.rules


def test_a_warning_may_come_as_the_last_day_ends_and_then_says_nothing_more() -> None:
    text = source("cn-petition-2022").replace("warn_days = [15, 5, 1]", "warn_days = [5, 0]", 1)
    assert parse_pack("cn", text).rules["conclude"].warn_days == (5, 0)
