"""Receipt codes and recovery phrases.

A code is 32 symbols of Crockford's base32, in eight groups of four: a public locator (8 symbols,
40 bits), a secret (22 symbols, 110 random bits) and a check (2 symbols). The check is an extended
Reed-Solomon code over GF(32) of length 32 and distance 3 (MacWilliams and Sloane, chapter 11), so
every code with one or two wrong symbols is refused, and with that every swap of two symbols,
adjacent or not; of random texts one in 1024 passes.

At 110 bits nobody guesses a secret, so a fast keyed hash of it is stored. A phrase is chosen by a
human, so it is stored under Argon2id (RFC 9106) with a salt of its own.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOCATOR_SYMBOLS = 8
SECRET_SYMBOLS = 22
CHECK_SYMBOLS = 2
SYMBOLS = LOCATOR_SYMBOLS + SECRET_SYMBOLS + CHECK_SYMBOLS
PHRASE_WEIGHT = 16
PHRASE_LONGEST = 200

VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_PHRASES = PasswordHasher()  # RFC 9106, section 4, the second recommended option: 64 MiB, 3 passes


class BadCode(ValueError):
    """The text can't be a code: `reason` is "length", "character" or "checksum".

    It says nothing about whether any case exists.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadPhrase(ValueError):
    """The phrase is too easy: `reason` is "short", "long", "digits" or "repeats"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _powers() -> tuple[int, ...]:
    """Return 1, a, a**2, … in GF(32) modulo x**5 + x**2 + 1, one for each symbol before the check."""
    found = [1]
    while len(found) < LOCATOR_SYMBOLS + SECRET_SYMBOLS:
        doubled = found[-1] << 1
        found.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return tuple(found)


def _times(left: int, right: int) -> int:
    product = 0
    for bit in range(5):
        if right >> bit & 1:
            product ^= left << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


_WEIGHTED = tuple(tuple(_times(value, power) for value in range(32)) for power in _powers())


def _check(body: str) -> str:
    """Return the two check symbols of the 30 symbols of locator and secret."""
    plain = weighted = 0
    for symbol, products in zip(body, _WEIGHTED, strict=True):
        plain ^= VALUES[symbol]
        weighted ^= products[VALUES[symbol]]
    return ALPHABET[plain] + ALPHABET[weighted]


def checks(symbols: str) -> bool:
    """Return whether the two last of 32 symbols are the check of the others."""
    return _check(symbols[:-CHECK_SYMBOLS]) == symbols[-CHECK_SYMBOLS:]


@dataclass(frozen=True)
class ReceiptCode:
    """What opens one case for its complainant. `repr` shows the locator only."""

    locator: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Return the whole code in groups of four, to be read aloud."""
        body = self.locator + self.secret
        whole = body + _check(body)
        return "-".join(whole[start : start + 4] for start in range(0, SYMBOLS, 4))


def _random(symbols: int) -> str:
    bits = secrets.randbits(5 * symbols)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(symbols))


def new_code() -> ReceiptCode:
    """Return a fresh code. The caller makes another when the locator is taken (1 in 2**40 each)."""
    return ReceiptCode(_random(LOCATOR_SYMBOLS), _random(SECRET_SYMBOLS))


def code_from(seed: bytes) -> ReceiptCode:
    """Return the code that belongs to at least 32 secret random bytes: always the same."""
    if len(seed) < 32:
        raise ValueError("a seed of a code has at least 32 bytes")
    bits = int.from_bytes(hashlib.blake2b(seed, digest_size=32, person=b"huiyin code").digest())
    symbols = [
        ALPHABET[bits >> 5 * place & 31] for place in range(LOCATOR_SYMBOLS + SECRET_SYMBOLS)
    ]
    return ReceiptCode("".join(symbols[:LOCATOR_SYMBOLS]), "".join(symbols[LOCATOR_SYMBOLS:]))


def _bare(text: str, symbols: int) -> str:
    """Return `text` in the alphabet; spaces, dashes, case, width, O, I and L don't matter."""
    if len(text) > 8 * symbols:
        raise BadCode("length")
    kept = [
        char
        for char in unicodedata.normalize("NFKC", text).upper()
        if not (char.isspace() or unicodedata.category(char) in {"Pd", "Cf"} or char in "_·.ー−")
    ]
    if any(char not in VALUES for char in kept):
        raise BadCode("character")
    if len(kept) != symbols:
        raise BadCode("length")
    return "".join(ALPHABET[VALUES[char]] for char in kept)


def parse(text: str) -> ReceiptCode:
    """Return the code that a person typed, pasted or heard; raise BadCode."""
    bare = _bare(text, SYMBOLS)
    body = bare[:-CHECK_SYMBOLS]
    if not checks(bare):
        raise BadCode("checksum")
    return ReceiptCode(body[:LOCATOR_SYMBOLS], body[LOCATOR_SYMBOLS:])


def parse_locator(text: str) -> str:
    """Return the locator that a person typed by itself (beside a recovery phrase); raise BadCode."""
    return _bare(text, LOCATOR_SYMBOLS)


def hash_secret(pepper: bytes, code: ReceiptCode) -> bytes:
    """Return the 32 bytes that are stored instead of the secret (keyed BLAKE2b, RFC 7693)."""
    return hashlib.blake2b(
        (code.locator + code.secret).encode("ascii"),
        key=pepper,
        digest_size=32,
        person=b"huiyin receipt",
    ).digest()


def same(left: bytes | memoryview, right: bytes | memoryview) -> bool:
    """Compare two hashes in a time that doesn't depend on where they differ.

    For a locator that doesn't exist, compare with `nothing(pepper)`: the same work, never equal.
    """
    return hmac.compare_digest(left, right)


def nothing(pepper: bytes) -> bytes:
    """Return a 32-byte value of no code, to compare with when no case has the locator."""
    return hashlib.blake2b(b"", key=pepper, digest_size=32, person=b"huiyin no case").digest()


def normal_phrase(phrase: str) -> str:
    """Return the phrase as it is hashed: NFKC, no case, no spaces, no punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", phrase).casefold())
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNMS")


def check_phrase(phrase: str) -> str:
    """Return the normal form of a phrase that is strong enough; raise BadPhrase.

    A Chinese character counts two, any other sign one, and 16 are needed. Digits alone are refused:
    telephone and identity numbers are known to others.
    """
    if len(phrase) > PHRASE_LONGEST:
        raise BadPhrase("long")
    normal = normal_phrase(phrase)
    if normal.isdigit():
        raise BadPhrase("digits")
    if (
        sum(2 if unicodedata.east_asian_width(char) == "W" else 1 for char in normal)
        < PHRASE_WEIGHT
    ):
        raise BadPhrase("short")
    if len(set(normal)) < 6:
        raise BadPhrase("repeats")
    return normal


def _peppered(pepper: bytes, normal: str) -> bytes:
    return hashlib.blake2b(
        normal.encode("utf-8"), key=pepper, digest_size=32, person=b"huiyin phrase"
    ).digest()


def new_phrase_hash(pepper: bytes, phrase: str) -> str:
    """Return the string to store (Argon2id with its parameters and salt, under 110 signs).

    The pepper lies outside the database, so a stolen database can't be searched for weak phrases.
    Raise BadPhrase. It takes about a tenth of a second and 64 MiB, on purpose.
    """
    return _PHRASES.hash(_peppered(pepper, check_phrase(phrase)))


def phrase_matches(pepper: bytes, phrase: str, stored: str) -> bool:
    """Return whether the phrase is the one stored.

    With `stored` empty (no such case, or no phrase chosen) the same slow work is done and the
    answer is False, so that neither the answer nor its time tells one from the other.
    """
    given = _peppered(pepper, normal_phrase(phrase[:PHRASE_LONGEST]))
    if not stored:
        _PHRASES.hash(given)
        return False
    try:
        return _PHRASES.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False
