"""An entry holds what its kind allows, in one canonical form, and binds what it does not hold."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from huiyin.kernel.ledger.actions import (
    LARGEST,
    Draft,
    append,
    canonical,
    commitment,
    compose,
    leaf_hash,
    salt,
)
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.ledger.models import Entry

NOW = datetime(2026, 3, 3, 1, 14, 5, 123456, tzinfo=UTC)
KEY = b"k" * 32


def draft(**changes: object) -> Draft:
    given = {"kind": "case.accepted", "subject": "case:A", "at": NOW, "facts": {"due": "x"}}
    return Draft(**{**given, **changes})  # type: ignore[arg-type]


def test_a_leaf_is_canonical_json_and_its_digest_the_leaf_hash_of_rfc_6962() -> None:
    entry = compose(draft())
    told = json.loads(entry.leaf)
    assert list(told) == sorted(told)
    assert b" " not in bytes(entry.leaf).replace(b"", b"")
    assert told["time"] == "2026-03-03T01:14:05.123Z"
    assert entry.digest == hashlib.sha256(b"\x00" + bytes(entry.leaf)).digest()
    assert leaf_hash(bytes(entry.leaf)) == entry.digest


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
NAMES = st.text(st.characters(codec="ascii"))


@given(st.dictionaries(NAMES, SCALARS | st.dictionaries(NAMES, SCALARS)))
@example({'\x7f\x1f\b\f\n\r\t"\\/': '\x7f\x00\x1f\b\f\n\r\t"\\/\u2028\u2029\ufeff\U0001f54a诉'})
@example({"b": 1, "a": -0, "A": LARGEST, "facts": {"10": True, "9": None, "": False}})
def test_what_an_entry_may_hold_is_written_as_rfc_8785_says(value: dict[str, object]) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_the_names_of_every_kind_are_ascii_so_that_they_sort_as_rfc_8785_says() -> None:
    for kind in KINDS.values():
        assert all(name.isascii() for name in (*kind.facts, *kind.commits))


@pytest.mark.parametrize("fact", [LARGEST + 1, -LARGEST - 1, 1.5, ["x"]])
def test_a_fact_without_a_canonical_form_is_refused(fact: object) -> None:
    with pytest.raises(ValueError, match="canonical"):
        compose(draft(facts={"due": fact}))


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        compose(draft(facts={"due": "\ud800"}))


def test_time_is_written_in_utc_whatever_zone_it_was_given_in() -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    assert json.loads(compose(draft(at=shanghai)).leaf)["time"].startswith("2026-03-03T01:14")


@pytest.mark.parametrize(
    "changes", [{"facts": {"name": "王"}}, {"commit": {"name": b"x"}, "salt_key": KEY}]
)
def test_a_name_that_the_kind_does_not_allow_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        compose(draft(**changes))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        compose(draft(kind="person.scored"))


def test_a_commitment_needs_a_salt_and_cannot_be_guessed_without_it() -> None:
    with pytest.raises(ValueError, match="salt"):
        compose(draft(commit={"text": b"yes"}))
    first = json.loads(compose(draft(commit={"text": b"yes"}, salt_key=KEY)).leaf)
    second = json.loads(compose(draft(commit={"text": b"yes"}, salt_key=KEY)).leaf)
    assert first["commit"]["text"] != second["commit"]["text"]
    bound = commitment(salt(KEY, first["nonce"], "text"), b"yes")
    assert bound == first["commit"]["text"]
    assert bound != commitment(salt(KEY, first["nonce"], "text"), b"no")
    assert hashlib.sha256(b"yes").hexdigest() not in str(first)


@pytest.mark.django_db
def test_an_entry_is_saved_with_what_happened_or_not_at_all() -> None:
    from django.db import transaction

    def fails() -> None:
        with transaction.atomic():
            append("case.accepted", subject="case:A", now=NOW, facts={"due": "x"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Entry.objects.exists()
    append("case.accepted", subject="case:A", now=NOW, facts={"due": "x"})
    assert Entry.objects.count() == 1
