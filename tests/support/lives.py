"""Letters that live through acts in any order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import Ladder
from huiyin.parts.cases.actions import answering, forwarding, handling, reviews, writer
from huiyin.parts.cases.actions.answering import Promise
from huiyin.parts.cases.conflict import barred_by
from huiyin.parts.cases.models import Case, Remedy
from huiyin.parts.cases.queries import CaseNotFound, Scope, relations
from huiyin.parts.cases.rules import NotNow, NotYours
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.parts.cases.letters import ANSWER, REASON

START = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)
REFUSED = (BadInput, NotNow, NotYours, CaseNotFound)
NAMES = (
    "clerk", "group_deputy", "group_head", "group_reviewer", "owner", "works_deputy",
    "works_head", "works_clerk", "cook", "driver", "transport_head", "auditor",
)  # fmt: skip
STAFF = (
    "forward", "object", "settle", "accept", "decline", "transfer", "join", "set_hearing",
    "hold_hearing", "ask_extension", "decide_extension", "excuse", "answer", "report_remedy",
)  # fmt: skip
COMPLAINED = st.sampled_from(["", "", "unit", "works_head", "works_deputy", "group_head"])
UNITS = st.sampled_from(["works", "canteen", "transport", "group"])
N = st.sampled_from([0, 1])
DAYS = st.sampled_from(range(1, 41))
CHOICES = st.sampled_from(range(100))
AFTER = ["rate", "say_content", "say_not_solved", "ask_review", "ask_review", "judge",
         "report_remedy", "transfer", "write_in", "excuse"]  # fmt: skip
# Whose turn it is in each stage, and what they may want to do.
FITTING: dict[str, list[str]] = {
    "received": ["forward", "forward", "accept", "write_in"],
    "forwarded": ["accept", "accept", "accept", "object", "forward", "decline", "transfer"],
    "disputed": ["settle", "settle", "excuse"],
    "accepted": ["answer", "answer", "answer", "join", "set_hearing", "hold_hearing",
                 "ask_extension", "decide_extension", "transfer", "report_remedy"],
    "declined": ["ask_review", "rate"],
    "answered": AFTER,
    "reviewing": ["decide", "decide", "decide", "set_hearing", "hold_hearing", "report_remedy"],
    "reviewed": AFTER,
    "final_reviewing": ["decide", "decide", "decide", "set_hearing", "hold_hearing", "judge"],
    "final_reviewed": [name for name in AFTER if name != "ask_review"],
    "asked": AFTER,
    "closed": ["rate", "ask_review", "judge"],
    "withdrawn": [],
}  # fmt: skip
# What the model knows: an act, the stages in which it may succeed, and the stage it leads to
# ("": the same). Staff acts succeed for those only whom the service lets.
LEADS: dict[str, tuple[set[str], str]] = {
    "forward": ({"received", "forwarded"}, "forwarded"),
    "object": ({"forwarded"}, "disputed"),
    "settle": ({"disputed"}, "forwarded"),
    "accept": ({"received", "forwarded"}, "accepted"),
    "decline": ({"received", "forwarded"}, "declined"),
    "transfer": (
        {"received", "forwarded", "accepted", "declined", "answered", "reviewed",
         "final_reviewed", "asked"},
        "",
    ),
    "join": ({"accepted"}, ""),
    "set_hearing": ({"accepted", "reviewing", "final_reviewing"}, ""),
    "hold_hearing": ({"accepted", "reviewing", "final_reviewing"}, ""),
    "ask_extension": ({"accepted"}, ""),
    "decide_extension": ({"accepted"}, ""),
    "answer": ({"accepted"}, "answered"),
    "say_not_solved": ({"answered", "reviewed", "final_reviewed", "asked"}, "accepted"),
    "withdraw": (
        {"received", "forwarded", "disputed", "accepted", "declined", "answered", "reviewing",
         "reviewed", "final_reviewing", "final_reviewed", "asked"},
        "withdrawn",
    ),
    "excuse": (set(FITTING) - {"closed", "withdrawn"}, ""),
    "report_remedy": (set(FITTING) - {"withdrawn"}, ""),
    "rate": ({"declined", "answered", "reviewed", "final_reviewed", "asked", "closed"}, ""),
    "write_in": (
        {"received", "forwarded", "disputed", "accepted", "declined", "answered", "reviewing",
         "reviewed", "final_reviewing", "final_reviewed", "asked"},
        "",
    ),
}  # fmt: skip
ENDED = {"closed", "withdrawn"}


def held(post: Post | None) -> Acting | None:
    """Return the post with its one holder."""
    return Acting(post.tenures.earliest("pk").user, post) if post is not None else None


class Lives(RuleBasedStateMachine):
    """Up to two letters, all posts, and time."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.stages: dict[str, str] = {}

    # helpers

    def letter(self, number: int) -> Case:
        locators = list(self.stages)
        return Case.objects.get(locator=locators[number % len(locators)])

    def act(self, number: int, name: str, call: Callable[[Case], object]) -> bool:
        """Try an act in a transaction; hold the model to its success."""
        case = self.letter(number)
        before = self.stages[case.locator]
        entries = Entry.objects.count()
        try:
            with transaction.atomic():
                call(case)
        except REFUSED:
            assert Entry.objects.count() == entries, f"{name} was refused and left something"
            return False
        stages, to = LEADS[name]
        assert before in stages, f"{name} succeeded in {before}"
        self.stages[case.locator] = to or before
        self.now += timedelta(minutes=1)
        return True

    # what happens

    @initialize(complained=COMPLAINED)
    def first(self, complained: str) -> None:
        self.file(complained)

    @precondition(lambda self: len(self.stages) == 1)
    @rule(complained=COMPLAINED)
    def file(self, complained: str) -> None:
        given: dict[str, object] = {}
        if complained == "unit":
            given["complained_unit"] = self.cast.canteen
        elif complained:
            given["complained_post"] = getattr(self.cast, complained).post
        self.stages[self.cast.file(self.now, **given).case.locator] = "received"

    def attempt(self, case: Case, acting: Acting, name: str, unit: str, days: int) -> object:
        x, now, where = case.locator, self.now, getattr(self.cast, unit)
        promises = [Promise("补发工资", now.date() + timedelta(days=days))] * (days % 3)
        at = now + timedelta(days=days)
        calls: dict[str, Callable[[], object]] = {
            "forward": lambda: forwarding.forward(acting, x, where, now=now),
            "object": lambda: forwarding.object_to(acting, x, REASON, now=now),
            "settle": lambda: forwarding.settle(acting, x, where, REASON, now=now),
            "accept": lambda: handling.accept(acting, x, now=now),
            "decline": lambda: handling.decline(acting, x, "arbitration", REASON, now=now),
            "transfer": lambda: handling.transfer(
                acting, x, getattr(self.cast, NAMES[days % len(NAMES)]).post, REASON, now=now
            ),
            "join": lambda: handling.join(acting, x, where, REASON, now=now),
            "set_hearing": lambda: handling.set_hearing(
                acting, x, "hearing", at, "请到会。", now=now
            ),
            "hold_hearing": lambda: handling.hold_hearing(
                acting, x, "双方到会，记录如下。", now=now
            ),
            "ask_extension": lambda: handling.ask_extension(acting, x, days, REASON, now=now),
            "decide_extension": lambda: handling.decide_extension(
                acting, x, days % 2 == 0, REASON, now=now
            ),
            "excuse": lambda: handling.excuse(
                acting, x, ("case.dispute", "case.remedy#1")[days % 2], REASON, now=now
            ),
            "answer": lambda: answering.answer(acting, x, ANSWER, now=now, promises=promises),
            "report_remedy": lambda: answering.report_remedy(
                acting, x, 1 + days % 2, "已经做到。", now=now
            ),
            "write_in": lambda: writer.write_in(x, "补充一点。", now=now),
            "rate": lambda: writer.rate(x, 3, 4, now=now),
            "say_not_solved": lambda: writer.say_not_solved(x, "还没有解决。", now=now),
            "withdraw": lambda: writer.withdraw(x, "", now=now),
        }
        return calls[name]()

    @rule(
        n=N, who=st.sampled_from(NAMES), name=st.sampled_from(STAFF), unit=UNITS,
        days=DAYS,
    )  # fmt: skip
    def anybody_tries_anything(self, n: int, who: str, name: str, unit: str, days: int) -> None:
        acting = getattr(self.cast, who)
        self.act(n, name, lambda case: self.attempt(case, acting, name, unit, days))

    @rule(n=N, choice=CHOICES, unit=UNITS, days=DAYS)
    def whose_turn_it_is_goes_on(self, n: int, choice: int, unit: str, days: int) -> None:
        """Let the right post, or the writer, do something that fits the stage."""
        case = self.letter(n)
        fitting = FITTING[case.stage]
        if not fitting:
            return
        name = fitting[choice % len(fitting)] if choice else "withdraw"
        if name in {"say_content", "ask_review", "decide", "judge"}:
            getattr(self, name)(case, days)
            return
        acting = self.right_actor(case, name)
        if acting is not None:
            self.act(n, name, lambda case: self.attempt(case, acting, name, unit, days))

    @rule(n=N, choice=CHOICES, unit=UNITS, days=DAYS)
    def whose_turn_it_is_goes_on_again(self, n: int, choice: int, unit: str, days: int) -> None:
        self.whose_turn_it_is_goes_on(n, choice, unit, days)

    def right_actor(self, case: Case, name: str) -> Acting | None:
        running = Deadline.objects.filter(subject=case.ref, state="open", post__isnull=False)
        if name == "settle":
            return held(running.get(kind="case.dispute").post)
        if name in {"decide_extension", "transfer", "excuse"}:
            ladder = Ladder(self.now)
            return held(ladder.post(case.owner, "deputy", barred_by(case)))
        if case.stage in {"reviewing", "final_reviewing"}:
            return held(case.reviews.get(decided_at__isnull=True).post)
        return held(case.owner)

    def say_content(self, case: Case, days: int) -> None:
        undone = case.remedies.exclude(state=Remedy.State.CONFIRMED).exists()
        writer.say_content(case.locator, now=self.now)
        if not undone:
            self.stages[case.locator] = "closed"

    def ask_review(self, case: Case, days: int) -> None:
        try:
            with transaction.atomic():
                reviews.ask_review(case.locator, "没有说清楚。", now=self.now)
        except BadInput as error:
            reason = error.code
        else:
            reason = ""
            self.stages[case.locator] = "final_reviewing" if case.level == 1 else "reviewing"
        assert reason in {"", "too_late", "none_left", "nobody_independent"}
        if case.stage in {"answered", "declined", "reviewed"} and not case.closed_why:
            assert reason != "none_left"

    def decide(self, case: Case, days: int) -> None:
        review = case.reviews.get(decided_at__isnull=True)
        outcome = ("upheld", "changed", "returned")[days % 3]
        acting = held(review.post)
        assert acting is not None
        hearing = case.hearings.filter(held_at__isnull=True).exists()
        try:
            with transaction.atomic():
                reviews.decide_review(acting, case.locator, outcome, ANSWER, now=self.now)
        except BadInput:
            assert hearing
            return
        assert not hearing
        done = {1: "reviewed", 2: "final_reviewed"}[review.level]
        self.stages[case.locator] = "accepted" if outcome == "returned" else done

    def judge(self, case: Case, days: int) -> None:
        """Let the writer say of a promise that it was kept, or that it was not."""
        remedy = case.remedies.filter(number=1 + days % 2).first()
        if remedy is None:
            return
        others = case.remedies.exclude(pk=remedy.pk).exclude(state=Remedy.State.CONFIRMED)
        content = case.closed_why == "content" and case.closed_at is None and not others.exists()
        kept = days % 3 > 0
        try:
            with transaction.atomic():
                if kept:
                    writer.confirm_remedy(case.locator, remedy.number, now=self.now)
                else:
                    writer.dispute_remedy(case.locator, remedy.number, "其实没有做。", now=self.now)
        except BadInput:
            assert remedy.state in {"promised", "disputed"}
            return
        if kept and content:
            self.stages[case.locator] = "closed"
        if not kept and case.stage == "closed":
            self.stages[case.locator] = "accepted"

    @rule(days=st.sampled_from([0, 1, 3, 6, 16, 31, 61]), hours=st.integers(0, 30))
    def time_passes(self, days: int, hours: int) -> None:
        """The clock asks, counts silence as nothing more than silence, and closes."""
        self.now += timedelta(days=days, hours=hours)
        sweep(self.now, DEADLINE_HANDLERS)
        assert sweep(self.now, DEADLINE_HANDLERS).total == 0
        for locator, stage in self.stages.items():
            case = Case.objects.get(locator=locator)
            if case.stage == stage:
                continue
            assert (stage, case.stage) in {
                ("answered", "asked"), ("reviewed", "asked"), ("asked", "closed"),
                ("answered", "closed"), ("reviewed", "closed"), ("final_reviewed", "closed"),
                ("declined", "closed"),
            }, (stage, case.stage)  # fmt: skip
            if case.stage == "closed":
                kinds = set(case.steps.values_list("kind", flat=True))
                assert kinds & {"asked", "content"}, "closed without asking"
            self.stages[locator] = case.stage

    # what holds at all times

    @invariant()
    def letters_are_as_the_model_says_and_somebody_owes_something(self) -> None:
        for locator, stage in self.stages.items():
            case = Case.objects.get(locator=locator)
            assert case.stage == stage
            running = Deadline.objects.filter(subject=case.ref, state=Deadline.State.OPEN)
            if stage in ENDED:
                assert not running.exists()
                assert case.closed_at is not None
                assert not case.remedies.exclude(state=Remedy.State.CONFIRMED).exists() or (
                    stage == "withdrawn"
                )
            else:
                awake = [one for one in running if one.paused_at is None]
                assert any(one.post_id or one.next_at for one in awake), "owed by nobody"
            earliest = running.filter(post__isnull=False, paused_at__isnull=True).aggregate(
                at=Min("due_at")
            )["at"]
            assert case.next_due_at == earliest
            entries = Entry.objects.filter(subject=case.ref, kind__startswith="case.")
            assert case.steps_count == case.steps.count() == entries.count()
            assert case.owner.unit_id == case.unit_id

    @invariant()
    def whoever_is_complained_of_stands_outside(self) -> None:
        for locator in self.stages:
            case = Case.objects.get(locator=locator)
            if case.complained_post_id is None and case.conflict_unit_id is None:
                continue
            told = set(Notice.objects.filter(subject=case.ref).values_list("post_id", flat=True))
            for name in NAMES:
                acting: Acting = getattr(self.cast, name)
                scope = Scope(acting, self.now)
                if scope.barred(case):
                    assert not relations(case, scope)
                    assert acting.post.pk not in told
                    assert acting.post.pk != case.owner_id
