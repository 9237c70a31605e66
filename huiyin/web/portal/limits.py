"""Limits on wrong codes, phrases and passwords, counted in the database for all processes.

A right code always opens its letter, whatever others tried before: at 110 random bits no number of
guesses matters, so a limit must never keep a writer out of their own letter. What is limited is how
many wrong ones are answered. A recovery phrase is chosen by a person, so there the limit is hard,
right or wrong.

The network comes first: what a network tries above its own limit counts for nothing else, so a
stranger can't use up what a letter or an account has left. From one network a letter's phrase is
never locked for the day: after the first tries there is one in each half hour. Networks of one
provider count together besides, with a pace below what closes the letter for everybody, so no
provider's customer can close it alone.

A count is one statement, so that it is right however many processes count at once. Nothing about a
person is kept: a keyed hash, for the time of the window (purge).
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.http import HttpRequest

from huiyin.web.networks import network_of
from huiyin.web.portal.models import Counter


@dataclass(frozen=True)
class Limit:
    """At most `most` in `seconds`."""

    name: str
    most: int
    seconds: int


@dataclass(frozen=True)
class Rule:
    """A limit by these of "network", "provider" and "letter"; `then` is the pace after it, if any."""

    limit: Limit
    by: tuple[str, ...]
    then: Limit | None = None


CODE_BY_BLOCK = Limit("code-block", 30, 600)
CODE_BY_LETTER = Limit("code-letter", 20, 3600)
FILES_BY_BLOCK = Limit("files-block", 200, 3600)
PHRASE_BY_BLOCK = Limit("phrase-block", 10, 3600)
PHRASE_HERE = Limit("phrase-here", 10, 86_400)
PHRASE_BY_PROVIDER = Limit("phrase-provider", 20, 86_400)
PHRASE_BY_LETTER = Limit("phrase-letter", 200, 86_400)

CODES = (Rule(CODE_BY_BLOCK, ("network",)), Rule(CODE_BY_LETTER, ("letter",)))
PHRASES = (
    Rule(PHRASE_BY_BLOCK, ("network",)),
    Rule(PHRASE_HERE, ("letter", "network"), Limit("phrase-here-then", 1, 1800)),
    Rule(PHRASE_BY_PROVIDER, ("letter", "provider"), Limit("phrase-provider-then", 1, 600)),
    Rule(PHRASE_BY_LETTER, ("letter",)),
)


def block_of(request: HttpRequest) -> str:
    """Return the network of the caller: /24 for IPv4, /64 for IPv6."""
    return network_of(str(request.META.get("REMOTE_ADDR", "")))


def _key(limit: Limit, what: str) -> str:
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"{limit.name}:{what}".encode(), hashlib.sha256
    )
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


COUNT = """
INSERT INTO portal_counter (key, count, until) VALUES (%(key)s, 1, %(end)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN portal_counter.until <= %(now)s THEN 1 ELSE portal_counter.count + 1 END,
    until = CASE WHEN portal_counter.until <= %(now)s THEN excluded.until
            ELSE portal_counter.until END
RETURNING count
"""


def count(limit: Limit, what: str) -> int:
    """Count one more, in a window that begins with the first.

    Return 0, or for how many seconds to wait at most when it is one too many.
    """
    now = int(time.time())
    values: dict[str, str | int] = {
        "key": _key(limit, what),
        "now": now,
        "end": now + limit.seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        (counted,) = cursor.fetchone()
    return limit.seconds if counted > limit.most else 0


def take_back(limit: Limit, what: str) -> None:
    """Count one less: it was a right one."""
    Counter.objects.filter(key=_key(limit, what), count__gt=0).update(count=F("count") - 1)


def forget(limit: Limit, what: str) -> None:
    """Begin anew."""
    Counter.objects.filter(key=_key(limit, what)).delete()


def purge(now: datetime) -> int:
    """Delete all counts whose window has ended; return how many."""
    return Counter.objects.filter(until__lte=int(now.timestamp())).delete()[0]


def tried(request: HttpRequest, rules: tuple[Rule, ...], letter: str) -> int:
    """Count an attempt, rule by rule until one refuses; return how many seconds to wait, or 0."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    places = {
        "network": network_of(address),
        "provider": network_of(address, v4=16, v6=32),
        "letter": letter,
    }
    for rule in rules:
        what = " ".join(places[name] for name in rule.by)
        wait = count(rule.limit, what)
        if wait and rule.then:
            wait = count(rule.then, what)
        if wait:
            return wait
    return 0
