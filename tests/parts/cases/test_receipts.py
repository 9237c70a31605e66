"""The receipt of a real letter: made from the published log, checked by whoever holds it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from huiyin.kernel.ledger import leaves, publishing, sequencer, signing
from huiyin.kernel.ledger.actions import leaf_hash
from huiyin.kernel.ledger.against import against
from huiyin.kernel.ledger.findings import Verdict
from huiyin.kernel.ledger.models import Entry, Log, Round
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign
from huiyin.kernel.ledger.receipts import verify
from huiyin.parts.cases.actions import answering, forwarding, handling, identity
from huiyin.parts.cases.actions.filing import Filed
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.receipts import NothingKept, receipt, words
from tests.cast import Cast

pytestmark = pytest.mark.django_db

ANSWER = answering.AnswerText(
    facts="The sheets of March to May were compared.",
    ground="Wage rules, section 12",
    decision="The difference of 700 a month is paid.",
)


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Filed:
    named = {"name": "李晓禾", "telephone": "13900001234"}
    return cast.file(now, naming="named", identity=named)


def live(filed: Filed, cast: Cast, now: datetime) -> datetime:
    """Answer the letter 41 days later; return when."""
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    handling.accept(cast.owner, filed.case.locator, now=now + timedelta(days=2))
    handling.note(cast.owner, filed.case.locator, "look at the ledger first", now=now)
    later = now + timedelta(days=41)
    answering.answer(cast.owner, filed.case.locator, ANSWER, now=later)
    return later


def made(filed: Filed) -> dict[str, Any]:
    return receipt(Case.objects.get(pk=filed.case.pk))


def check(given: dict[str, Any], text: bytes | None = None) -> Verdict:
    note = (publishing.current() or b"").decode()
    today = against(given, note, signing.verifier(), publishing.read)
    return verify(
        given,
        key=signing.verifier(),
        checkpoint=note,
        consistency=today.consistency,
        text=text,
    ).joined(today.findings)


def said(given: dict[str, Any]) -> list[str]:
    return [one.en for one in verify(given, key=signing.verifier()).findings]


def test_a_receipt_proves_the_letter_and_each_step_its_writer_sees(
    filed: Filed, cast: Cast, now: datetime
) -> None:
    later = live(filed, cast, now)
    sequencer.round_now(later)
    given = made(filed)
    assert check(given).proven
    sentences = "\n".join(said(given))
    assert "your letter of 3 March 2026 09:14 is entry" in sentences
    assert "“The answer was given” was entered on 13 April 2026 09:14, 41 days after" in sentences
    assert "internal note" not in sentences


def test_the_log_may_grow_afterwards(filed: Filed, cast: Cast, now: datetime) -> None:
    sequencer.round_now(now)
    given = made(filed)
    live(filed, cast, now)
    sequencer.round_now(now + timedelta(days=41))
    assert check(given).proven
    assert "grown" in check(given).codes


def test_what_is_not_in_the_published_checkpoint_is_said_to_wait(
    filed: Filed, cast: Cast, now: datetime
) -> None:
    before = made(filed)
    assert before["entries"] == []
    assert not verify(before, key=signing.verifier()).failed
    sequencer.round_now(now)
    live(filed, cast, now)
    with sequencer.alone():
        sequencer.integrate(now)  # numbered and not published
    given = made(filed)
    assert len(given["entries"]) == 1
    assert any("fetch the receipt again in a moment" in sentence for sentence in said(given))
    assert not check(given).failed


def test_an_opening_of_the_sealed_identity_is_in_the_receipt(
    filed: Filed, cast: Cast, now: datetime
) -> None:
    live(filed, cast, now)
    reason = "要向来信人核实三个月的工资条和考勤"
    identity.open_identity(cast.owner, filed.case.locator, reason, now=now + timedelta(days=42))
    sequencer.round_now(now + timedelta(days=42))
    given = made(filed)
    assert any("sealed identity was opened" in sentence for sentence in said(given))
    assert check(given, text=reason.encode()).proven


def test_the_words_of_the_letter_are_what_was_bound(filed: Filed, now: datetime) -> None:
    sequencer.round_now(now)
    kept = words(filed.case)
    assert json.loads(kept)["title"] == "三个月没有发工资"
    assert check(made(filed), text=kept).proven
    assert check(made(filed), text=kept.replace("三".encode(), "四".encode())).failed == {
        "other_text"
    }


def test_a_receipt_holds_no_content_and_no_name(filed: Filed, cast: Cast, now: datetime) -> None:
    live(filed, cast, now)
    sequencer.round_now(now + timedelta(days=41))
    given = made(filed)
    leaves = [bytes(leaf).decode() for leaf in Entry.objects.values_list("leaf", flat=True)]
    whole = json.dumps(given, ensure_ascii=False) + "".join(leaves)
    for secret in (
        "工资",
        "装配车间",
        "李晓禾",
        "13900001234",
        "The difference of 700",
        str(filed.code),
    ):
        assert secret not in whole


def test_after_erasure_the_receipt_still_proves_when_and_opens_nothing(
    filed: Filed, now: datetime
) -> None:
    sequencer.round_now(now)
    Case.objects.filter(pk=filed.case.pk).update(text_key=None)
    given = made(filed)
    assert all(one["openings"] == {} for one in given["entries"])
    assert check(given).proven
    with pytest.raises(NothingKept):
        words(Case.objects.get(pk=filed.case.pk))


def rewrite(now: datetime) -> None:
    """Do what an owner does who rewrites the log: number all entries anew, and sign again."""
    for path in sorted(settings.HUIYIN_LOG.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    Entry.objects.update(seq=None)
    Log.objects.update(size=0, edge=b"", published=0)
    Round.objects.all().delete()
    sequencer.round_now(now)


def forge(entry: Entry, was: bytes, becomes: bytes) -> None:
    """Change an entry as somebody who owns the database and knows how it is hashed."""
    leaf = bytes(entry.leaf).replace(was, becomes)
    assert leaf != bytes(entry.leaf)
    name = Case.objects.get(locator=entry.subject.removeprefix("case:")).public_name
    shown = leaves.published(leaf, name)
    Entry.objects.filter(pk=entry.pk).update(leaf=leaf, shown=shown, digest=leaf_hash(shown))


@pytest.fixture
def held(filed: Filed, cast: Cast, now: datetime) -> dict[str, Any]:
    """The receipt that the writer fetched after the answer."""
    sequencer.round_now(live(filed, cast, now))
    return made(filed)


def answer_of(filed: Filed) -> Entry:
    return Entry.objects.get(subject=filed.case.ref, kind="case.answered")


def test_a_row_that_its_owner_deletes_is_named(
    held: dict[str, Any], filed: Filed, now: datetime
) -> None:
    with connection.constraint_checks_disabled():
        filed.case.steps.filter(kind="answered").update(entry=None)
        answer_of(filed).delete()
        rewrite(now)
    assert check(held).failed & {"deleted", "truncated"}


def test_an_answer_that_its_owner_edits_is_named(
    held: dict[str, Any], filed: Filed, now: datetime
) -> None:
    entry = answer_of(filed)
    digest = json.loads(bytes(entry.leaf))["commit"]["text"].encode()
    forge(entry, digest, b"0" * 64)
    rewrite(now)
    assert check(held).failed == {"forked", "deleted"}  # sealed: nobody sees what stands there now


def test_a_time_that_its_owner_moves_is_named(
    held: dict[str, Any], filed: Filed, now: datetime
) -> None:
    forge(answer_of(filed), b"2026-04-13", b"2026-03-20")
    rewrite(now)
    assert check(held).failed == {"forked", "deleted"}


def test_two_entries_that_their_owner_swaps_are_named(
    held: dict[str, Any], filed: Filed, now: datetime
) -> None:
    one = Entry.objects.get(subject=filed.case.ref, kind="case.filed")
    two = answer_of(filed)
    for row, other in ((one, two), (two, one)):
        Entry.objects.filter(pk=row.pk).update(
            leaf=other.leaf, shown=other.shown, digest=other.digest
        )
    rewrite(now)
    assert "swapped" in check(held).failed


def test_a_log_that_its_owner_cuts_is_named(
    held: dict[str, Any], filed: Filed, now: datetime
) -> None:
    last = held["entries"][-1]["index"]
    with connection.constraint_checks_disabled():
        filed.case.steps.filter(kind="answered").update(entry=None)
        Entry.objects.filter(seq__gte=last).delete()
        rewrite(now)
    assert "truncated" in check(held).failed


def test_a_receipt_is_made_of_the_cosigned_checkpoint_that_covers_it(
    filed: Filed, cast: Cast, now: datetime, settings: Any
) -> None:
    sequencer.round_now(now)
    private = Ed25519PrivateKey.generate()
    witness = Verifier(
        "union.example/witness", private.public_key().public_bytes_raw(), COSIGNATURE
    )
    settings.HUIYIN_WITNESSES = f"{witness} https://union.example"
    then = Note.parse((publishing.current() or b"").decode())
    line = cosign(then.text, witness.name, private, int(now.timestamp()))
    cast.file(now)
    sequencer.round_now(now)  # a newer one, which nobody cosigned
    publishing.write(f".witnesses/{witness.key_id.hex()}", str(Note(then.text, (*then.signatures, line))).encode())  # fmt: skip
    given = made(filed)
    assert Note.parse(given["checkpoint"]) == Note(then.text, (*then.signatures, line))
    assert "cosigned" in verify(given, key=signing.verifier(), witnesses=[witness]).codes
    assert check(given).proven
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    assert len(made(filed)["entries"]) == 1
    sequencer.round_now(now)  # its newest step is beyond what was cosigned
    given = made(filed)
    assert given["checkpoint"].encode() == publishing.current()
    assert len(given["entries"]) == 2
    assert check(given).proven


def test_a_receipt_shows_who_cosigned_and_since_when_the_letter_is_there(
    filed: Filed, now: datetime
) -> None:
    sequencer.round_now(now)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    witness = Verifier("union.example/witness", public, COSIGNATURE)
    text = Note.parse((publishing.current() or b"").decode()).text
    line = cosign(text, witness.name, private, int(now.timestamp()))
    assert publishing.countersign(text, line)
    verdict = verify(made(filed), key=signing.verifier(), witnesses=[witness])
    assert not verdict.failed
    assert any(one.code == "cosigned" and witness.name in one.zh for one in verdict.findings)
