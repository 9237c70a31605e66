"""A window tightens what the organisation owes, and does nothing else.

Seen to fail: with a setting added, with `loosened` passing a longer limit, with `rule_for` taking the
longest instead of the shortest, and with a window's limit reaching the person's own time.
"""

import re
from dataclasses import fields
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from huiyin.kernel.clock import shortening
from huiyin.kernel.clock.models import Deadline, UnitLimit
from huiyin.kernel.clock.pack import KEYS, PERSONS_OWN, LimitLengthened
from huiyin.kernel.clock.policy import policy
from huiyin.parts.cases.actions import answering, forwarding, handling
from huiyin.parts.cases.actions.answering import AnswerText
from huiyin.parts.cases.models import Case, Step
from huiyin.parts.reports.actions import windows
from huiyin.parts.reports.models import Window, WindowUnit
from huiyin.parts.reports.tightening import Settings
from tests.cast import Cast

FIRST, LAST = date(2026, 3, 3), date(2026, 3, 16)
STRICT = Settings(
    cover=True, roster_days=3, daily_by=15 * 60, checklists=True, line_test=True, exercise=True,
    limits={"forward": 2, "accept": 3, "conclude": 20, "dispute": 1, "review": 10,
            "final_review": 10},
)  # fmt: skip
FORBIDDEN = (
    "ban", "block", "stop", "delay", "petition", "travel", "journey", "visit", "speech", "assembl",
    "person", "people", "writer", "complain", "crowd", "keyword", "region", "stability", "quota",
)  # fmt: skip


def make(cast: Cast, now: datetime) -> Window:
    return windows.make_window(cast.group_head, "春节特护期", FIRST, LAST, STRICT, now=now)


def answered(cast: Cast, now: datetime) -> tuple[Case, list[tuple[str, str]], dict[str, datetime]]:
    """Take a letter from filing to its answer; return it, its steps and when each thing was due."""
    case = cast.file(now).case
    forwarding.forward(cast.clerk, case.locator, cast.works, now=now)
    handling.accept(cast.owner, case.locator, now=now)
    text = AnswerText(
        facts="经查，去年十二月至今年二月的工资确未发放。",
        ground="《劳动法》第五十条：工资按月支付，不得克扣或者无故拖欠。",
        decision="三月十日前补发全部拖欠的工资。",
    )
    answering.answer(cast.owner, case.locator, text, now=now + timedelta(days=1))
    case.refresh_from_db()
    steps = list(Step.objects.filter(case=case).order_by("number").values_list("kind", "by"))
    due = dict(Deadline.objects.filter(subject=case.ref).values_list("kind", "due_at"))
    return case, steps, due


def test_these_settings_are_all_that_a_window_can_do() -> None:
    assert {one.name for one in fields(Settings)} == {
        "cover", "roster_days", "daily_by", "limits", "checklists", "line_test", "exercise",
    }  # fmt: skip
    columns = {one.name for model in (Window, WindowUnit) for one in model._meta.get_fields()}
    for name in {*columns, *(one.name for one in fields(Settings))}:
        assert not any(word in name for word in FORBIDDEN), name


def test_a_letter_in_a_window_goes_the_same_way_and_nothing_is_owed_later(
    cast: Cast, now: datetime
) -> None:
    before, steps_before, due_before = answered(cast, now)
    make(cast, now)
    within, steps_within, due_within = answered(cast, now)
    assert steps_within == steps_before
    assert (within.unit, within.owner, within.stage) == (before.unit, before.owner, before.stage)
    assert due_within.keys() == due_before.keys()
    assert all(due_within[kind] <= due_before[kind] for kind in due_before)
    assert due_within["case.conclude"] < due_before["case.conclude"]


def test_the_time_of_whoever_writes_stays_whole(cast: Cast, now: datetime) -> None:
    _case, _steps, due_before = answered(cast, now)
    make(cast, now)
    _case, _steps, due_within = answered(cast, now)
    assert due_within["case.ask_review"] == due_before["case.ask_review"]
    for rule in PERSONS_OWN | (set(KEYS) - set(shortening.RULES)):
        with pytest.raises(LimitLengthened):
            shortening.shorten_below(
                cast.group,
                {rule: 1},
                since=now,
                until=now + timedelta(days=1),
                subject="x",
                now=now,
            )


@pytest.mark.parametrize("rule", shortening.RULES)
def test_no_limit_is_ever_longer_than_without_the_window(
    cast: Cast, now: datetime, rule: str
) -> None:
    usual = policy().rule(rule).days
    for days in (usual + 1, usual * 10):
        with pytest.raises(LimitLengthened):
            shortening.check({rule: days})
    span = {"since": now, "until": now + timedelta(days=9), "subject": "window:1", "now": now}
    shortening.shorten_below(cast.group, {rule: 2}, **span)  # type: ignore[arg-type]
    shortening.shorten_below(cast.works, {rule: 1}, **span)  # type: ignore[arg-type]
    shortening.shorten_below(cast.works, {rule: usual}, **span)  # type: ignore[arg-type]
    in_force = policy()
    assert in_force.rule_for(rule, cast.works.pk, now).days == 1
    assert in_force.rule_for(rule, cast.transport.pk, now).days == min(2, usual)
    assert in_force.rule_for(rule, cast.board.pk, now).days == usual
    assert in_force.rule_for(rule, None, now).days == usual
    UnitLimit.objects.update(days=usual + 5)  # past every check: the clock still only shortens
    policy_now = type(in_force)(in_force.pack, in_force.calendar, ((cast.works.pk, rule, usual + 5,
                                now, now + timedelta(days=9)),))  # fmt: skip
    assert policy_now.rule_for(rule, cast.works.pk, now).days == usual


def test_what_comes_after_the_window_has_its_usual_limit_and_what_came_before_keeps_its_own(
    cast: Cast, now: datetime
) -> None:
    window = make(cast, now)
    inside = cast.file(now).case
    windows.close_window(cast.group_head, window.number, now=now + timedelta(hours=1))
    outside = cast.file(now + timedelta(hours=2)).case
    due = {
        one.subject: one.due_at for one in Deadline.objects.filter(kind="case.forward")
    }  # fmt: skip
    assert due[outside.ref] - due[inside.ref] == timedelta(days=13)


def test_an_extension_counts_from_the_shorter_limit(cast: Cast, now: datetime) -> None:
    from huiyin.kernel.clock import actions as clock

    make(cast, now)
    case = cast.file(now).case
    forwarding.forward(cast.clerk, case.locator, cast.works, now=now)
    handling.accept(cast.owner, case.locator, now=now)
    deadline = Deadline.objects.get(subject=case.ref, kind="case.conclude", state="open")
    short = deadline.due_at
    clock.extend(deadline, 5, now=now + timedelta(days=30))
    assert deadline.due_at - short == timedelta(days=5)


def test_no_page_of_the_public_changes_while_a_window_is_open(cast: Cast, now: datetime) -> None:
    def shown() -> list[str]:
        found = []
        for address in ("/", "/file/", "/letter/", "/letter/recover/", "/record/", "/api/docs"):
            page = Client().get(address, follow=True)
            text = re.sub(r'value="[^"]*"', "", page.content.decode())  # tokens of the forms
            found.append(f"{address} {page.status_code} {text}")
        return found

    before = shown()
    window = make(cast, now)
    assert window.opened_at == now
    assert shown() == before


def _addresses(found: list[URLPattern | URLResolver], above: str = "") -> list[str]:
    every = []
    for one in found:
        here = f"{above}{one.pattern}"
        every += _addresses(one.url_patterns, here) if isinstance(one, URLResolver) else [here]
    return every


def test_windows_have_pages_at_the_desk_only() -> None:
    every = _addresses(get_resolver().url_patterns)
    ours = [one for one in every if "window" in one]
    assert ours
    assert all(one.startswith("staff/reports/windows/") for one in ours)
