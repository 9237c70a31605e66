"""A letter at any point of its life, and the acts that bring it there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.units.actions import Acting
from huiyin.parts.cases.actions import answering, forwarding, handling, reviews
from huiyin.parts.cases.actions.answering import AnswerText, Promise
from huiyin.parts.cases.actions.filing import Filed
from huiyin.parts.cases.models import Case
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast

ANSWER = AnswerText(
    facts="经核实，装配车间去年十二月的工资没有发放。",
    ground="《中华人民共和国劳动法》第五十条",
    decision="所欠工资本月二十日前补发。",
)
REASON = "经核对，情况复杂，需要向外单位调取凭证。"


@dataclass
class Letter:
    """One letter, its receipt code, and the time that the test has reached."""

    cast: Cast
    filed: Filed
    now: datetime

    @property
    def locator(self) -> str:
        return self.filed.case.locator

    @property
    def case(self) -> Case:
        return Case.objects.get(locator=self.locator)

    @property
    def stage(self) -> str:
        return self.case.stage

    def later(self, **span: float) -> datetime:
        """Let time pass, and the clock take its steps."""
        self.now += timedelta(**span)
        sweep(self.now, DEADLINE_HANDLERS)
        return self.now

    def open(self) -> dict[str, Deadline]:
        """Return what is running, by kind."""
        return {
            one.kind: one
            for one in Deadline.objects.filter(subject=self.case.ref, state=Deadline.State.OPEN)
        }

    def forward(self, acting: Acting | None = None) -> "Letter":
        forwarding.forward(acting or self.cast.clerk, self.locator, self.cast.works, now=self.now)
        return self

    def accept(self) -> "Letter":
        handling.accept(self.cast.owner, self.locator, now=self.now)
        return self

    def answer(self, *promises: Promise) -> "Letter":
        answering.answer(self.cast.owner, self.locator, ANSWER, now=self.now, promises=promises)
        return self

    def ask(self) -> "Letter":
        reviews.ask_review(self.locator, "答复没有说清楚。", now=self.now)
        return self

    def decide(self, outcome: str = "upheld") -> "Letter":
        reviews.decide_review(self.reviewer, self.locator, outcome, ANSWER, now=self.now)
        return self

    @property
    def reviewer(self) -> Acting:
        """Return who reviews it now."""
        post = self.case.reviews.get(decided_at__isnull=True).post
        return Acting(post.tenures.get().user, post)

    def promise(self, days: int = 5, text: str = "补发工资") -> Promise:
        return Promise(text, (self.now + timedelta(days=days)).date())


def filed(cast: Cast, now: datetime, **changes: object) -> Letter:
    return Letter(cast, cast.file(now, **changes), now)


def accepted(cast: Cast, now: datetime, **changes: object) -> Letter:
    return filed(cast, now, **changes).forward().accept()


def answered(cast: Cast, now: datetime, **changes: object) -> Letter:
    return accepted(cast, now, **changes).answer()


def reviewing(cast: Cast, now: datetime, **changes: object) -> Letter:
    return answered(cast, now, **changes).ask()


def reviewed(cast: Cast, now: datetime, **changes: object) -> Letter:
    return reviewing(cast, now, **changes).decide()


def finally_reviewed(cast: Cast, now: datetime, **changes: object) -> Letter:
    return reviewed(cast, now, **changes).ask().decide()
