"""Nothing stops, delays, discourages or reroutes anyone from turning elsewhere or meeting others.

Seen to fail: before the outside bodies stood at the foot of each public page.
"""

import re
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from huiyin.kernel.clock.limits import load_pack
from huiyin.parts.cases.actions import handling, reviews, writer
from huiyin.parts.cases.actions.filing import Submission
from huiyin.parts.cases.models import Case
from huiyin.web.portal.urls import urlpatterns
from tests.cast import Cast
from tests.parts.cases.letters import REASON, answered, filed, finally_reviewed

ROOT = Path(__file__).parents[2] / "huiyin"
PACKS = [path.stem for path in (ROOT / "kernel" / "clock" / "packs").glob("*.toml")]
# What is said where people are kept from turning elsewhere or from one another.
KEEPING_BACK = re.compile(
    "劝返|稳控|截访|息访|罢访|非访|缠访|闹访|越级上访|重复上访|串联|聚集|不得上访|不得越级|"
    r"dissuad|agitator|ringleader|troublemaker|vexatious"
)


def outside(cast: Cast) -> dict[str, str]:
    return {"zh-hans": cast.organisation.outside, "en": cast.organisation.outside_en}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_public_page_says_where_else_one_may_turn(
    cast: Cast, now: datetime, language: str
) -> None:
    letter = answered(cast, now)
    client = Client(headers={"accept-language": language})
    met = 0
    with time_machine.travel(now, tick=False):
        client.post("/letter/", {"code": str(letter.filed.code)})
        for one in urlpatterns:
            route = str(one.pattern)
            for name, value in (("<int:number>", "1"), ("<str:token>", "x"),
                                ("<slug:extension>", "pdf"), ("<slug:name>", "review")):  # fmt: skip
                route = route.replace(name, value)
            answer = client.get(f"/{route}")
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                met += 1
                assert outside(cast)[language] in answer.content.decode(), route
    assert met >= 6


@pytest.mark.parametrize("stage", ["declined", "final_reviewed", "too_late", "withdrawn"])
def test_whoever_has_come_to_an_end_here_reads_where_to_go_on(
    cast: Cast, now: datetime, stage: str
) -> None:
    letter = filed(cast, now).forward() if stage == "declined" else finally_reviewed(cast, now)
    if stage == "declined":
        handling.decline(cast.owner, letter.locator, "arbitration", REASON, now=now)
    if stage == "withdrawn":
        writer.withdraw(letter.locator, "", now=now)
    if stage == "too_late":
        letter = answered(cast, now)
        letter.later(days=40)
    with time_machine.travel(letter.now, tick=False):
        client = Client(headers={"accept-language": "zh-hans"})
        client.post("/letter/", {"code": str(letter.filed.code)})
        page = client.get("/letter/case/").content.decode()
    assert outside(cast)["zh-hans"] in page


@pytest.mark.parametrize("name", PACKS)
def test_having_turned_elsewhere_or_met_others_is_no_ground_against_a_letter(name: str) -> None:
    grounds = load_pack(name).grounds
    assert grounds
    for key, ground in grounds.items():
        for word in ("elsewhere", "gather", "protest", "group", "media", "petitioned"):
            assert word not in key
        assert ground.turn_to.zh, f"{key} names no place to turn to"
        assert ground.turn_to.en
        assert not KEEPING_BACK.search(ground.text.zh + ground.text.en)


def test_nobody_is_asked_whether_they_turned_elsewhere_or_with_whom_they_met() -> None:
    asked = {one.name for one in fields(Submission)} | {one.name for one in Case._meta.fields}
    for word in ("elsewhere", "petition", "group", "gathering", "others", "media", "met"):
        assert not [name for name in asked if word in name.split("_")]


def test_no_sentence_of_the_service_keeps_people_back() -> None:
    assert KEEPING_BACK.search("请做好劝返工作")
    read = 0
    for path in ROOT.rglob("*"):
        if path.suffix in {".py", ".html", ".po", ".toml", ".typ", ".xlsx"} and path.is_file():
            text = path.read_bytes().decode(errors="replace")
            read += 1
            assert not KEEPING_BACK.search(text), path
    assert read > 50


@pytest.mark.parametrize("act", ["content", "rated_well", "rated_badly", "wrote", "disputed"])
def test_nothing_that_a_writer_says_takes_the_review_from_them_or_time_for_it(
    cast: Cast, now: datetime, act: str
) -> None:
    letter = answered(cast, now)
    before = reviews.asking_until(letter.case)
    acts = {
        "content": lambda: writer.say_content(letter.locator, now=now),
        "rated_well": lambda: writer.rate(letter.locator, 5, 5, now=now),
        "rated_badly": lambda: writer.rate(letter.locator, 1, 1, now=now),
        "wrote": lambda: writer.write_in(letter.locator, "我会去信访局。", now=now),
        "disputed": lambda: writer.write_in(letter.locator, "我们十几个人会一起去。", now=now),
    }
    acts[act]()
    assert reviews.asking_until(letter.case) == before
    letter.now = (before or now) - timedelta(seconds=1)
    letter.ask()
    assert letter.stage == "reviewing"


def test_both_languages_of_the_service_are_tested_here() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"zh-hans", "en"}
