"""Limits on wrong codes and phrases, counted in the cache.

A right code always opens its letter, whatever others tried before: at 110 random bits no number of
guesses matters, so a limit must never keep a writer out of their own letter. What is limited is how
many wrong ones are answered, by address block and by letter. A recovery phrase is chosen by a
person, so there the limit is hard, right or wrong.

Counts live in the default cache. The local-memory cache counts in each process by itself, so the
effective limit is the figure times the number of web processes; a shared cache (HUIYIN_CACHE_URL)
makes it exact. Nothing about a person is kept: a keyed hash of the address block, for the window.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most `most` in `seconds`."""

    name: str
    most: int
    seconds: int


CODE_BY_BLOCK = Limit("code-block", 30, 600)
CODE_BY_LETTER = Limit("code-letter", 20, 3600)
FILES_BY_BLOCK = Limit("files-block", 200, 3600)
PHRASE_BY_BLOCK = Limit("phrase-block", 10, 3600)
PHRASE_BY_LETTER = Limit("phrase-letter", 10, 86_400)


def block_of(request: HttpRequest) -> str:
    """Return the network of the caller: /24 for IPv4, /56 for IPv6."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    size = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


def _key(limit: Limit, what: str) -> str:
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"{limit.name}:{what}".encode(), hashlib.sha256
    )
    return f"limit:{digest.hex()[:40]}"


def count(limit: Limit, what: str) -> bool:
    """Count one more, in a window that begins with the first; return whether it is one too many."""
    key = _key(limit, what)
    cache.add(key, 0, limit.seconds)
    try:
        return int(cache.incr(key)) > limit.most
    except ValueError:  # the window ended in between
        cache.set(key, 1, limit.seconds)
        return False


PHRASES = (PHRASE_BY_BLOCK, PHRASE_BY_LETTER)
CODES = (CODE_BY_BLOCK, CODE_BY_LETTER)


def tried(request: HttpRequest, pair: tuple[Limit, Limit], letter: str) -> int:
    """Count an attempt by address block and by letter; return how many seconds to wait, or 0."""
    by_block, by_letter = pair
    over = [
        limit.seconds
        for limit, what in ((by_block, block_of(request)), (by_letter, letter))
        if count(limit, what)
    ]
    return max(over, default=0)
