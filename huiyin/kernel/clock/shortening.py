"""Limits that are shorter in one unit and below it for some time. Nothing here lengthens one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huiyin.kernel.clock.models import UnitLimit
from huiyin.kernel.clock.pack import LimitLengthened
from huiyin.kernel.clock.policy import forget, policy
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit

# What the organisation owes to whoever writes; a person's own time is in no unit's hand.
RULES = ("forward", "accept", "dispute", "conclude", "review", "final_review")


def check(days: Mapping[str, int]) -> None:
    """Raise LimitLengthened where a limit is unknown, a person's own, or not shorter."""
    for rule, number in days.items():
        if rule not in RULES:
            raise LimitLengthened(f"{rule}: not a limit that a unit can shorten")
        policy().rule(rule).changed(number)


@transaction.atomic
def shorten_below(
    unit: Unit,
    days: Mapping[str, int],
    *,
    since: datetime,
    until: datetime,
    subject: str,
    now: datetime,
    by: Acting | None = None,
) -> None:
    """Shorten limits for what begins to be owed in the unit and below it from `since` to `until`.

    Raises LimitLengthened.
    """
    check(days)
    for rule, number in sorted(days.items()):
        UnitLimit.objects.create(
            unit=unit, rule=rule, days=number, since=since, until=until, subject=subject
        )
        ledger.append(
            "clock.shortened_below",
            subject=subject,
            now=now,
            post=by.post.code if by else None,
            facts={
                "rule": rule,
                "days": number,
                "unit": unit.code,
                "began": since.isoformat(),
                "due": until.isoformat(),
            },
        )
    forget()


@transaction.atomic
def end_shortening(subject: str, *, at: datetime, now: datetime, by: Acting | None = None) -> int:
    """Let what `subject` shortened end at `at`; what began before keeps its date.

    Returns how many limits end earlier than they would have.
    """
    ended = UnitLimit.objects.filter(subject=subject, until__gt=at).update(until=at)
    if ended:
        ledger.append(
            "clock.shortening_ended",
            subject=subject,
            now=now,
            post=by.post.code if by else None,
            facts={"due": at.isoformat()},
        )
        forget()
    return ended
