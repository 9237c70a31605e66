"""How a letter of the demonstration is told: what it says, and what happened to it on which day.

Each verb returns a function that makes one real action, as the post whose turn it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huiyin.demo.organisation import World
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.models import Post, Role
from huiyin.parts.cases.actions import answering, forwarding, handling, identity, reviews, writer
from huiyin.parts.cases.actions.answering import AnswerText, Promise
from huiyin.parts.cases.models import Case, Involvement

Act = Callable[[World, Case, datetime], object]
Promised = tuple[str, int]  # what, and how many days after the answer it is due


@dataclass(frozen=True)
class Told:
    """A letter: filed `days` before now at the local time `at`; `then` gives what followed.

    Each of `then` is a day before now, a local time, and what was done.
    """

    name: str
    days: int
    at: str
    title: str
    text: str
    category: str
    then: Sequence[tuple[int, str, Act]] = ()
    channel: str = "web"
    naming: str = "anonymous"
    identity: dict[str, str] = field(default_factory=dict)
    representatives: Sequence[dict[str, str]] = ()
    place: str = ""
    place_unit: str = ""
    complained_unit: str = ""
    complained_post: tuple[str, str] | None = None
    danger: bool = False
    language: str = "zh-hans"


def _superior(case: Case) -> Post:
    ranks = (Role.DEPUTY, Role.HEAD)
    own = Post.objects.filter(unit=case.unit, role__in=ranks).exclude(pk=case.owner_id)
    found = own.order_by("role").first()
    if found is None and case.unit.parent is not None:
        found = Post.objects.filter(unit=case.unit.parent, role=Role.DEPUTY).first()
    assert found is not None
    return Post.objects.select_related("unit").get(pk=found.pk)


def _in_charge(case: Case, capacity: str) -> Post:
    return (
        Involvement.objects.select_related("post__unit")
        .filter(case=case, capacity=capacity, ended_at__isnull=True)
        .latest("id")
        .post
    )


def forward(unit: str, reason: str = "") -> Act:
    """The reception sends it to a unit."""
    return lambda w, case, now: forwarding.forward(
        w.acting(case.owner), case.locator, w.units[unit], now=now, reason=reason
    )


def accept(text: str = "") -> Act:
    """The owner accepts."""
    return lambda w, case, now: handling.accept(
        w.acting(case.owner), case.locator, now=now, text=text
    )


def decline(ground: str, text: str) -> Act:
    """The owner does not accept, on a listed ground."""
    return lambda w, case, now: handling.decline(
        w.acting(case.owner), case.locator, ground, text, now=now
    )


def objected(reason: str) -> Act:
    """The unit says that it is not competent."""
    return lambda w, case, now: forwarding.object_to(
        w.acting(case.owner), case.locator, reason, now=now
    )


def settle(unit: str, reason: str) -> Act:
    """The common parent decides who answers."""
    return lambda w, case, now: forwarding.settle(
        w.acting(_in_charge(case, "arbiter")), case.locator, w.units[unit], reason, now=now
    )


def ask(text: str) -> Act:
    """The owner writes to the writer."""
    return lambda w, case, now: handling.write_to_writer(
        w.acting(case.owner), case.locator, text, now=now
    )


def note(text: str) -> Act:
    """The owner keeps an internal note."""
    return lambda w, case, now: handling.note(w.acting(case.owner), case.locator, text, now=now)


def transfer(unit: str, role: str, reason: str) -> Act:
    """The superior names another owner."""
    return lambda w, case, now: handling.transfer(
        w.acting(_superior(case)), case.locator, w.post(unit, role), reason, now=now
    )


def join(unit: str, reason: str) -> Act:
    """Another unit helps."""
    return lambda w, case, now: handling.join(
        w.acting(case.owner), case.locator, w.units[unit], reason, now=now
    )


def hearing(form: str, in_days: int, text: str) -> Act:
    """A hearing or mediation is set."""
    return lambda w, case, now: handling.set_hearing(
        w.acting(case.owner), case.locator, form, now + timedelta(days=in_days), text, now=now
    )


def held(text: str) -> Act:
    """Its record is kept."""
    return lambda w, case, now: handling.hold_hearing(
        w.acting(case.owner), case.locator, text, now=now
    )


def more_time(days: int, reason: str) -> Act:
    """The owner asks for the extension."""
    return lambda w, case, now: handling.ask_extension(
        w.acting(case.owner), case.locator, days, reason, now=now
    )


def grant(reason: str) -> Act:
    """The superior grants it."""
    return lambda w, case, now: handling.decide_extension(
        w.acting(_superior(case)), case.locator, True, reason, now=now
    )


def _promises(promised: Sequence[Promised], now: datetime) -> list[Promise]:
    today = policy().calendar.local_date(now)
    return [Promise(text, today + timedelta(days=days)) for text, days in promised]


def answer(facts: str, ground: str, decision: str, *promised: Promised) -> Act:
    """The owner answers in writing."""
    return lambda w, case, now: answering.answer(
        w.acting(case.owner),
        case.locator,
        AnswerText(facts, ground, decision),
        now=now,
        promises=_promises(promised, now),
    )


def done(number: int, text: str) -> Act:
    """A remedy is reported as done."""
    return lambda w, case, now: answering.report_remedy(
        w.acting(case.owner), case.locator, number, text, now=now
    )


def decide(outcome: str, facts: str, ground: str, decision: str, *promised: Promised) -> Act:
    """The reviewer decides."""
    return lambda w, case, now: reviews.decide_review(
        w.acting(_in_charge(case, "reviewer")),
        case.locator,
        outcome,
        AnswerText(facts, ground, decision),
        now=now,
        promises=_promises(promised, now),
    )


def open_identity(reason: str) -> Act:
    """The owner opens the sealed identity."""
    return lambda w, case, now: identity.open_identity(
        w.acting(case.owner), case.locator, reason, now=now
    )


def write(text: str) -> Act:
    """The writer adds something."""
    return lambda w, case, now: writer.write_in(case.locator, text, now=now)


def attach(name: str, data: bytes) -> Act:
    """The writer adds an attachment."""
    return lambda w, case, now: writer.attach(case.locator, data, name, now=now)


def rate(handling_: int, outcome: int) -> Act:
    """The writer rates handling and outcome."""
    return lambda w, case, now: writer.rate(case.locator, handling_, outcome, now=now)


def review(text: str) -> Act:
    """The writer asks for a review, or the final one."""
    return lambda w, case, now: reviews.ask_review(case.locator, text, now=now)


def content() -> Act:
    """The writer says that it is solved."""
    return lambda w, case, now: writer.say_content(case.locator, now=now)


def not_solved(text: str) -> Act:
    """The writer says that it is not solved."""
    return lambda w, case, now: writer.say_not_solved(case.locator, text, now=now)


def confirm(number: int) -> Act:
    """The writer confirms a remedy."""
    return lambda w, case, now: writer.confirm_remedy(case.locator, number, now=now)


def dispute(number: int, text: str) -> Act:
    """The writer says that a remedy was not done."""
    return lambda w, case, now: writer.dispute_remedy(case.locator, number, text, now=now)


def withdraw(text: str = "") -> Act:
    """The writer withdraws the letter."""
    return lambda w, case, now: writer.withdraw(case.locator, text, now=now)
