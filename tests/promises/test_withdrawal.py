"""A letter is withdrawn only by whoever wrote it.

Seen to fail: with Who.OWNER added to the move, and with a clock step that withdraws letters.
"""

import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.units.actions import Acting
from huiyin.parts.cases.actions import identity, writer
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import story
from huiyin.parts.cases.rules import MOVES, CodeShared, Who
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast

ROOT = Path(__file__).parents[2] / "huiyin"


def test_the_rule_names_the_writer_alone() -> None:
    assert MOVES["withdraw"].who == {Who.WRITER}


def withdrawing(source: str) -> list[str]:
    """Return the functions that set a letter's stage to withdrawn."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Attribute) and one.attr == "stage"
                for target in node.targets
                for one in ast.walk(target)
            ):
                words = ast.dump(node.value)
                if "WITHDRAWN" in words or "'withdrawn'" in words:
                    found.append(function.name)
    return found


def test_one_function_alone_withdraws_and_it_takes_no_post() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{name}"
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts
        for name in withdrawing(path.read_text(encoding="utf-8"))
    }
    assert found == {"parts/cases/actions/writer.py:withdraw"}
    assert withdrawing("def f(case):\n    case.stage = Case.Stage.WITHDRAWN") == ["f"]


def test_no_post_withdraws_over_the_pages(cast: Cast, now: datetime) -> None:
    case = cast.file(now).case
    actors = [one for one in vars(cast).values() if isinstance(one, Acting)]
    with time_machine.travel(now, tick=False):
        for acting in actors:
            client = Client()
            client.force_login(acting.user)
            for name in ("withdraw", "withdrawn", "close", "delete"):
                answer = client.post(
                    f"/staff/letters/{case.locator}/{name}/", {"text": "来信人已经撤回了"}
                )
                assert answer.status_code == 404, (acting.user, name)
    case.refresh_from_db()
    assert case.stage == "received"


@pytest.mark.parametrize("years", [1, 3])
def test_no_time_that_passes_withdraws_a_letter(cast: Cast, now: datetime, years: int) -> None:
    cast.file(now)
    for month in range(12 * years):
        sweep(now + timedelta(days=30 * month), DEADLINE_HANDLERS)
    case = Case.objects.get()
    assert case.stage == "received"
    assert case.next_due_at is not None


def test_a_code_that_a_clerk_saw_withdraws_nothing_and_changes_no_identity_until_it_is_changed(
    cast: Cast, now: datetime
) -> None:
    """Seen to fail: the clerk who had typed a letter in withdrew it, and the log said the writer had."""
    named = {"naming": "named", "identity": {"name": "欧阳建国"}}
    filed = cast.file(now, channel="counter", acting=cast.clerk, **named)
    locator = filed.case.locator
    before = Client(headers={"accept-language": "en"})
    before.post("/letter/", {"code": str(filed.code)})
    page = before.get("/letter/case/").content.decode()
    assert "/letter/case/withdraw/" not in page
    assert "/letter/case/contact/" not in page
    with pytest.raises(CodeShared):
        writer.withdraw(locator, "", now=now)
    with pytest.raises(CodeShared):
        identity.replace_identity(locator, {"name": "别人"}, now=now)
    writer.write_in(locator, "补充：四月也没有发。", now=now)  # to write is always possible

    shown = before.post("/letter/case/own-code/").content.decode()
    assert "Your new receipt code" in shown
    old = Client()
    assert old.post("/letter/", {"code": str(filed.code)}).status_code != 302
    case = Case.objects.get(locator=locator)
    assert [step.step.kind for step in story(case, for_writer=True)][-1] == "recovered"
    writer.withdraw(locator, "", now=now)
    assert Case.objects.get(locator=locator).stage == "withdrawn"
