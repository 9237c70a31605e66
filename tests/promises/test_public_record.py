"""The public record tells nobody that a letter complains of them.

Whoever is complained of may read the log as anybody may, and knows every letter that they see. Seen to
fail while the log named letters by their numbers, with the unit and the very time: for three of the
demonstration's users what was left was exactly the letters against them.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from huiyin.kernel.ledger import cover, publishing, sequencer
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.ledger.tiles import WIDTH, path, unbundle
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Tenure
from huiyin.parts.cases.actions import forwarding, handling, identity
from huiyin.parts.cases.actions.filing import Submission, file_case
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import CaseNotFound, access_case
from huiyin.parts.record.figures import figures
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def published(now: datetime) -> list[dict[str, Any]]:
    """Return what anybody reads in the log's files."""
    sequencer.round_now(now)
    size = Log.objects.get().size
    leaves: list[bytes] = []
    for n in range(-(-size // WIDTH)):
        name = path("entries", n, min(WIDTH, size - n * WIDTH))
        leaves += unbundle(publishing.read(name))
    return [json.loads(leaf) for leaf in leaves]


def sealed(leaves: list[dict[str, Any]]) -> int:
    return sum(one["kind"] == "sealed" for one in leaves)


def posts_held(now: datetime) -> Iterator[Acting]:
    for tenure in Tenure.objects.select_related("user", "post__unit").order_by("pk"):
        if tenure.starts <= now and (tenure.ends is None or tenure.ends > now):
            yield Acting(tenure.user, tenure.post)


def sees(acting: Acting, case: Case, now: datetime) -> bool:
    try:
        access_case(acting, case.locator, now)
    except CaseNotFound:
        return False
    return True


def test_no_file_of_the_log_names_a_letter_or_says_when_it_came(cast: Cast, now: datetime) -> None:
    at = now + timedelta(seconds=17, milliseconds=123)
    case = cast.file(at, channel="telephone", acting=cast.clerk).case
    forwarding.forward(cast.clerk, case.locator, cast.works, now=at)
    handling.accept(cast.owner, case.locator, now=at)
    handling.note(cast.owner, case.locator, "先看考勤", now=at)
    published(at)
    files = [one for one in Path(settings.HUIYIN_LOG).rglob("*") if one.is_file()]
    held = b"\n".join(one.read_bytes() for one in files)
    assert b"promise:" in held
    for word in (case.locator, "telephone", "case.filed", "case.noted", "01:14:17", "09:14:17"):
        assert word.encode() not in held, word


def test_a_letter_that_complains_of_somebody_adds_nothing_but_sealed_leaves(
    cast: Cast, now: datetime
) -> None:
    before = len(published(now))
    named = {"naming": "named", "identity": {"name": "李晓禾"}}
    case = cast.file(now, complained_post=cast.works_head.post, **named).case
    forwarding.forward(cast.clerk, case.locator, cast.transport, now=now)
    handling.accept(cast.driver, case.locator, now=now)
    identity.open_identity(cast.driver, case.locator, "要向来信人核实工资条", now=now)
    added = published(now)[before:]
    assert len(added) >= 5
    for leaf in added:
        assert set(leaf) == {"v", "kind", "day", "entry"}
        assert (leaf["kind"], leaf["day"]) == ("sealed", "2026-03-03")


def test_what_is_shown_of_other_letters_is_what_was_owed_until_which_day_and_if_it_was_kept(
    cast: Cast, now: datetime
) -> None:
    case = cast.file(now).case
    forwarding.forward(cast.clerk, case.locator, cast.works, now=now)
    shown = [one for one in published(now) if one.get("subject", "").startswith("promise:")]
    assert {one["kind"] for one in shown} == {"clock.owed", "clock.ended"}
    first, end, second, *_ = (one["facts"] for one in shown)
    assert first == {
        "deadline": "case.forward", "of": "", "unit": "HX", "began": "2026-03-03", "due": "2026-03-18"
    }  # fmt: skip
    assert (end["state"], end["late"]) == ("met", False)
    assert (second["deadline"], second["unit"]) == ("case.accept", "HX-W")
    assert len({one["subject"] for one in shown}) == 1
    assert not re.search(r"T\d\d:", json.dumps(shown))


def test_the_figures_of_the_record_count_no_letter_that_complains_of_somebody(
    cast: Cast, now: datetime
) -> None:
    def counted(at: datetime) -> tuple[dict[str, int], dict[str, int]]:
        size = len(published(at))
        found = figures(size)
        return dict(found.kept), dict(found.missed)

    plain = cast.file(now).case
    forwarding.forward(cast.clerk, plain.locator, cast.works, now=now)
    before = counted(now)
    assert before[0] == {"HX": 1}
    for _ in range(6):
        case = cast.file(now, complained_post=cast.works_head.post).case
        forwarding.forward(cast.clerk, case.locator, cast.transport, now=now)
    assert counted(now) == before


def test_how_many_letters_came_in_one_file_is_not_shown(now: datetime, cast: Cast) -> None:
    from huiyin.kernel.ledger import actions as ledger

    ledger.append("import.done", subject="import", now=now, facts={"rows": 41})
    assert published(now)[-1].keys() == {"v", "kind", "day", "entry"}


class Attack:
    """What somebody can work out of the log who knows everything of the letters that they see."""

    def __init__(self, leaves: list[dict[str, Any]], seen: list[Case]) -> None:
        mine = list(Entry.objects.filter(subject__in=[one.ref for one in seen]))
        known = [json.loads(bytes(one.shown or one.leaf)) for one in mine]
        self.promises = Counter(map(_promise, leaves)) - Counter(map(_promise, known))
        self.sealed = sealed(leaves) - sealed(known)
        self.days = Counter(_days(leaves))
        self.days.subtract(_days(known))


def _promise(leaf: dict[str, Any]) -> str:
    """Return all that is shown of a promise but its name, which says nothing to who reads it."""
    if not str(leaf.get("subject", "")).startswith("promise:"):
        return ""
    return json.dumps([leaf["kind"], leaf["day"], leaf["facts"]], sort_keys=True)


def _days(leaves: list[dict[str, Any]]) -> list[str]:
    return [one["day"] for one in leaves if one["kind"] == "sealed"]


def test_for_no_user_of_the_demonstration_is_what_they_do_not_see_a_letter_about_them(
    demonstration_world: None, world: Any
) -> None:
    now = datetime.now(UTC)
    for post in Post.objects.filter(closed_at=None).select_related("unit"):
        text = f"反映{post.title}在处理加班费一事上的做法，请核实。"
        file_case(
            Submission(title="请核实一事", text=text, complained_post=post), channel="web", now=now
        )
    leaves = published(now)
    cases = list(Case.objects.all())
    busiest = at_once(lambda entry: (entry.subject, entry.at.date()))
    users = list(posts_held(now))
    assert len(users) > 20
    for acting in users:
        seen = [one for one in cases if sees(acting, one, now)]
        hidden = [one for one in cases if one not in seen]
        about = [one for one in hidden if one.complained_post_id == acting.post.pk]
        assert about, acting
        attack = Attack(leaves, seen)
        # No promise is left over that a letter about them made, whatever it is compared by.
        rest = set(attack.promises) - {""}
        for entry in Entry.objects.filter(subject__in=[one.ref for one in about]):
            leaf = json.loads(bytes(entry.shown or entry.leaf))
            assert leaf["kind"] == "sealed"
            assert _promise(leaf) not in rest
        # More is sealed than there is of all letters that they don't see, on days of no letter too.
        of_hidden = Entry.objects.filter(subject__in=[one.ref for one in hidden]).exclude(
            shown=None
        )
        days = {one.at.astimezone(UTC).date().isoformat() for one in of_hidden}
        nothing = sum(count for day, count in attack.days.items() if day not in days)
        assert attack.sealed > of_hidden.count() - len(rest)
        assert nothing > 50, acting
        # On some of these more than any letter leaves in a day, so that no day stands out.
        assert max(count for day, count in attack.days.items() if day not in days) > max(busiest)


def at_once(group: Callable[[Entry], object]) -> set[int]:
    """Return how many entries about letters stand together."""
    entries = Entry.objects.filter(subject__startswith="case:")
    return set(Counter(map(group, entries)).values())


def covered(now: datetime, times: int) -> set[int]:
    """Return how many entries that stand for nothing came at once."""
    counts = set()
    for _ in range(times):
        before = Entry.objects.count()
        cover.cover(now)
        counts.add(Entry.objects.count() - before)
    return counts


def test_no_act_on_a_letter_enters_more_at_once_than_may_stand_for_nothing(
    demonstration_world: None, world: Any, now: datetime
) -> None:
    acts = at_once(lambda entry: (entry.subject, entry.at))
    assert max(acts) >= 6
    assert max(acts) < max(covered(now, 400))


def test_entries_that_stand_for_nothing_look_like_all_sealed_ones_and_come_at_random(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {1, 2, 3, 4} <= covered(now, 100)
    cast.file(now, complained_unit=cast.works)
    forms = {tuple(sorted(one)) for one in published(now) if one["kind"] == "sealed"}
    assert forms == {("day", "entry", "kind", "v")}
    monkeypatch.setattr("secrets.randbelow", lambda below: below - 1)
    assert cover.now_and_then(now) == 0
    monkeypatch.setattr("secrets.randbelow", lambda below: 0)
    assert cover.now_and_then(now) == 1


def test_the_worker_enters_them() -> None:
    from huiyin.wiring import EVERY_ROUND

    assert cover.now_and_then in EVERY_ROUND
