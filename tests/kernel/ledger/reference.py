"""RFC 6962, section 2.1, word for word: slow, recursive, and sharing no code with the service.

Leaf `i` of the reference's one endless list is the text of its number, so that every tree, path and
proof is named by its bounds and kept once computed.
"""

import hashlib
from functools import cache


def leaf(index: int) -> bytes:
    """Return d[index]."""
    return f"leaf {index}".encode()


def below(count: int) -> int:
    """Return k, the largest power of two smaller than `count`."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


@cache
def mth(begin: int, end: int) -> bytes:
    """Return MTH(D[begin:end])."""
    if end == begin:
        return hashlib.sha256().digest()
    if end - begin == 1:
        return hashlib.sha256(b"\x00" + leaf(begin)).digest()
    half = begin + below(end - begin)
    return hashlib.sha256(b"\x01" + mth(begin, half) + mth(half, end)).digest()


@cache
def path(m: int, begin: int, end: int) -> tuple[bytes, ...]:
    """Return PATH(m, D[begin:end]), `m` counted from `begin`."""
    n = end - begin
    if n == 1:
        return ()
    k = below(n)
    if m < k:
        return (*path(m, begin, begin + k), mth(begin + k, end))
    return (*path(m - k, begin + k, end), mth(begin, begin + k))


def proof(m: int, n: int) -> tuple[bytes, ...]:
    """Return PROOF(m, D[n])."""
    return _subproof(m, 0, n, True)


@cache
def _subproof(m: int, begin: int, end: int, whole: bool) -> tuple[bytes, ...]:
    n = end - begin
    if m == n:
        return () if whole else (mth(begin, end),)
    k = below(n)
    if m <= k:
        return (*_subproof(m, begin, begin + k, whole), mth(begin + k, end))
    return (*_subproof(m - k, begin + k, end, False), mth(begin, begin + k))


def subtree(level: int, index: int) -> bytes:
    """Return the hash over the 2**level leaves from index * 2**level on."""
    return mth(index << level, (index + 1) << level)
