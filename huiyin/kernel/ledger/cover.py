"""Entries that stand for nothing, so that sealed ones can't be counted.

Whoever may see every letter but those about themselves could count the sealed entries of all that they
see, and would know by what is left that there is a letter about them. So some of what is sealed is
nothing: at random times, and as many at once as an act on a letter may make, mostly few, sometimes
many: if there were a most, more at once would be a letter for certain. Each is an entry like any other to
whoever audits.
"""

import secrets
from datetime import datetime

from huiyin.kernel.ledger.actions import Draft, append_many

KIND, SUBJECT = "record.cover", "cover"
ROUNDS = 1800  # of a second each, on average, between two
FEW = 4


def cover(now: datetime) -> None:
    """Enter some that stand for nothing."""
    count = 1 + secrets.randbelow(FEW)
    while secrets.randbelow(2):
        count += 1
    append_many([Draft(KIND, SUBJECT, now)] * count)


def now_and_then(now: datetime) -> int:
    """Enter some in one of many rounds; return whether in this."""
    if secrets.randbelow(ROUNDS):
        return 0
    cover(now)
    return 1
