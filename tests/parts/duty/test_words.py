"""Everything that duty owes, tells and refuses has its words."""

import re
from pathlib import Path

from huiyin.kernel.ledger.kinds import KINDS
from huiyin.parts.duty.messages import MESSAGES, NOTICES, OWED
from huiyin.parts.duty.wording import GRAVE, RULES

PART = Path(__file__).parents[3] / "huiyin/parts/duty"
CODE = {path: path.read_text(encoding="utf-8") for path in sorted(PART.rglob("*.py"))}


def test_every_refusal_of_planning_has_its_sentence() -> None:
    mine = ("setup", "people", "rosters", "publishing", "solving")
    codes = {
        code
        for path, text in CODE.items()
        if path.parent.name == "actions" and path.stem in mine
        for code in re.findall(r'BadInput\("\w+", "(\w+)"\)', text)
    }
    assert len(codes) > 30
    assert codes <= MESSAGES.keys()


def test_every_notice_and_every_deadline_has_its_sentence() -> None:
    told = {
        kind
        for path, text in CODE.items()
        if path.parent.name == "actions"
        for kind in re.findall(r'(?:queue|tell|tell_unit)\([^()]*?"(duty\.\w+)"', text)
        + re.findall(r'kind = "(duty\.\w+)" if \w+ else "duty\.\w+"', text)
    }
    assert len(told) > 10
    assert told <= NOTICES.keys()
    owed = {
        kind
        for path, text in CODE.items()
        if path.parent.name == "actions"
        for kind in re.findall(r'"(duty\.\w+)"', text)
    }
    by_themselves = {"duty.check_next", "duty.swap_lapses"}  # owed by nobody, so never shown
    recorded = {kind for kind in KINDS if kind.startswith("duty.")}
    assert owed - recorded - by_themselves <= OWED.keys() | NOTICES.keys()


def test_every_rule_of_the_check_and_of_the_solver_has_its_name() -> None:
    of_check = set(re.findall(r'"(\w+)", \w+, (?:LEADER|DEPUTY|MEMBER)', CODE[PART / "rules.py"]))
    of_check |= set(re.findall(r'Finding\(\s*"(\w+)"', CODE[PART / "rules.py"]))
    of_solver = set(re.findall(r'Exceeded\(\s*"(\w+)"', CODE[PART / "solving/rules.py"]))
    assert of_solver
    assert of_check | of_solver <= RULES.keys()
    assert RULES.keys() >= GRAVE
