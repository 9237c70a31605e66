"""The auditor finds and names whatever somebody with the server in hand may try; a clean life is clean."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as live
from django.db import connection

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.models import Step as Taken
from huiyin.kernel.ledger import publishing, sequencer, signing
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.ledger.notes import Checkpoint, Note, sign
from huiyin.kernel.ledger.tiles import bundle, path, unbundle
from huiyin.kernel.ledger.tree import leaf_hash, root
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions import closing
from huiyin.parts.cases.models import Case, Rating, Step
from huiyin.parts.record.audit import Audit
from huiyin.parts.record.findings import Finding
from huiyin.parts.record.tally import Tally
from huiyin.wiring import AUDITED
from tests.cast import Cast
from tests.parts.cases.letters import Letter, accepted, filed, finally_reviewed
from tests.support.audits import audit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


@pytest.fixture
def letter(cast: Cast, now: datetime) -> Letter:
    """A letter answered long after its time, in a log that is out."""
    found = accepted(cast, now, naming="named", identity={"name": "张三"})
    found.later(days=100)
    found.answer()
    sequencer.round_now(found.now)
    return found


def named(found: list[Finding], what: str, subject: str) -> Finding:
    """Return the finding of that kind on that subject; it names its entry."""
    matching = [one for one in found if (one.what, one.subject) == (what, subject)]
    assert matching, [str(one) for one in found]
    return matching[0]


def number_of(letter: Letter, kind: str) -> int:
    seq = Entry.objects.filter(subject=letter.case.ref, kind=kind).latest("id").seq
    assert seq is not None
    return seq


def sign_anew(size: int, leaves: list[bytes], key: Ed25519PrivateKey | None = None) -> bytes:
    """Return a checkpoint over these entries, as whoever holds the log's key could make."""
    text = Checkpoint(signing.origin(), size, root([leaf_hash(one) for one in leaves])).text()
    return str(Note(text, (sign(text, signing.origin(), key or signing.private()),))).encode()


def leaves() -> list[bytes]:
    size = Log.objects.get().published
    return unbundle(publishing.read(path("entries", size // 256, size % 256)))


def test_a_whole_life_audits_clean(cast: Cast, now: datetime) -> None:
    letter = finally_reviewed(cast, now)
    letter.later(days=200)
    sequencer.round_now(letter.now)
    assert audit(letter.now) == []


def test_a_late_answer_that_is_marked_late_audits_clean(letter: Letter) -> None:
    assert audit(letter.now) == []


def test_the_demonstration_audits_clean(db: None) -> None:
    from huiyin import demo

    now = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
    demo.load(now)
    sequencer.round_now(now)
    assert audit(now) == []


def test_an_import_of_earlier_days_audits_clean_and_is_counted(cast: Cast, now: datetime) -> None:
    accepted(cast, now)
    before = filed(cast, now - timedelta(days=30), channel="import").forward().accept()
    before.answer()
    sequencer.round_now(now)
    done = Audit(signing.verifier(), AUDITED, now=now)
    done.run()
    assert done.found == []
    assert (
        done.summary()["imported_entries"] == Entry.objects.filter(subject=before.case.ref).count()
    )
    found = Tally()
    found.advance(Log.objects.get().published)
    assert found.kept == {"HX": 1, "HX-W": 1}  # the imported ones count for nobody


def test_a_letter_from_before_deadlines_were_entered_audits_clean(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.kernel.clock import entries
    from huiyin.kernel.ledger import actions as ledger

    whole = ledger.append

    def before(kind: str, **given: Any) -> Entry:
        if kind == "case.filed":
            given["facts"] = {"channel": "web"}
        return whole(kind, **given)

    with monkeypatch.context() as then:
        then.setattr(ledger, "append", before)
        for name in ("owed", "ended"):
            then.setattr(entries, name, lambda *given, **named: None)
        letter = accepted(cast, now)
    letter.answer()
    sequencer.round_now(now)
    done = Audit(signing.verifier(), AUDITED, now=now)
    done.run()
    assert [str(one) for one in done.found] == []
    assert done.summary()["deadlines_unlogged"] == 4


def test_a_deleted_step_is_named(letter: Letter) -> None:
    number = number_of(letter, "case.answered")
    Step.objects.filter(kind="answered").delete()
    assert named(audit(letter.now), "missing", letter.case.ref).entry == number


def test_a_deleted_letter_is_named_with_its_first_entry(letter: Letter) -> None:
    ref, number = letter.case.ref, number_of(letter, "case.filed")
    Case.objects.all().delete()
    assert number in {one.entry for one in audit(letter.now) if one.subject == ref}


def test_a_deleted_entry_is_named(letter: Letter) -> None:
    number = number_of(letter, "case.accepted")
    row = Entry.objects.get(seq=number)
    Step.objects.filter(entry=row).update(entry=None)
    row.delete()
    found = audit(letter.now)
    assert number in {one.entry for one in found if one.what == "missing"}
    assert letter.case.ref in {
        one.subject for one in found
    }  # what it said is gone, but not for whom


def test_an_answer_sealed_anew_with_other_words_is_named(letter: Letter) -> None:
    step = Step.objects.get(kind="answered")
    packed = sealing.pack(sealing.body(letter.case, step) | {"decision": "不予补发。"})
    step.body = sealing.seal(letter.case, str(step.number), packed)
    step.save()
    found = named(audit(letter.now), "commitment", letter.case.ref)
    assert found.entry == number_of(letter, "case.answered")


def test_an_answer_whose_bytes_were_changed_is_named(letter: Letter) -> None:
    step = Step.objects.get(kind="answered")
    Step.objects.filter(pk=step.pk).update(body=bytes(step.body or b"")[:-1] + b"\0")
    assert named(audit(letter.now), "altered", letter.case.ref)


def test_a_step_moved_to_an_earlier_time_is_named(letter: Letter) -> None:
    step = Step.objects.get(kind="answered")
    Step.objects.filter(pk=step.pk).update(at=step.at - timedelta(days=50))
    found = named(audit(letter.now), "backdated", letter.case.ref)
    assert found.entry == number_of(letter, "case.answered")


def test_the_time_of_a_row_of_the_ledger_moved_is_named(letter: Letter) -> None:
    number = number_of(letter, "case.answered")
    row = Entry.objects.get(seq=number)
    Entry.objects.filter(pk=row.pk).update(at=row.at - timedelta(days=1))
    assert named(audit(letter.now), "altered", letter.case.ref).entry == number


def test_an_entry_made_later_with_an_earlier_time_is_named(letter: Letter) -> None:
    from huiyin.kernel.ledger import actions as ledger

    ledger.append("case.asked", subject=letter.case.ref, now=letter.now - timedelta(days=60))
    sequencer.round_now(letter.now)
    assert (
        named(audit(letter.now), "backdated", letter.case.ref).entry == Log.objects.get().size - 1
    )


def test_the_time_of_the_answer_on_the_letter_itself_is_held_against_the_log(
    letter: Letter,
) -> None:
    Case.objects.update(answered_at=letter.now - timedelta(days=90))
    assert "answered_at" in named(audit(letter.now), "altered", letter.case.ref).detail


def test_two_entries_that_changed_places_in_the_database_are_named(letter: Letter) -> None:
    one, two = number_of(letter, "case.accepted"), number_of(letter, "case.answered")
    Entry.objects.filter(seq=one).update(seq=1_000_000)
    Entry.objects.filter(seq=two).update(seq=one)
    Entry.objects.filter(seq=1_000_000).update(seq=two)
    assert {one, two} <= {each.entry for each in audit(letter.now) if each.what == "altered"}


def test_two_entries_that_changed_places_in_the_files_are_named(letter: Letter) -> None:
    whole, size = leaves(), Log.objects.get().size
    whole[2], whole[5] = whole[5], whole[2]
    publishing.write(path("entries", 0, size), bundle(whole))
    found = audit(letter.now)
    assert {2, 5} <= {one.entry for one in found if one.what == "tile"}
    assert any(one.what == "root" for one in found)


def test_a_history_signed_anew_is_found_by_an_earlier_checkpoint(letter: Letter) -> None:
    earlier = publishing.current() or b""
    whole, size = leaves(), Log.objects.get().size
    whole[2], whole[5] = whole[5], whole[2]
    publishing.write(path("entries", 0, size), bundle(whole))
    hashes = b"".join(leaf_hash(one) for one in whole)
    publishing.write(path(0, 0, size), hashes)
    publishing.write(publishing.CHECKPOINT, sign_anew(size, whole))
    assert any(one.what == "forked" and one.entry == size for one in audit(letter.now, earlier))


def test_a_log_cut_short_is_named_with_every_entry_that_is_gone(letter: Letter) -> None:
    whole, size = leaves(), Log.objects.get().size
    less = size - 3
    publishing.write(path("entries", 0, less), bundle(whole[:less]))
    publishing.write(path(0, 0, less), b"".join(leaf_hash(one) for one in whole[:less]))
    publishing.write(publishing.CHECKPOINT, sign_anew(less, whole[:less]))
    found = audit(letter.now)
    assert {one.entry for one in found if one.what == "unlogged"} >= {less, less + 1, less + 2}
    assert any(one.what == "shorter" and one.entry == less for one in found)


def test_a_log_and_database_cut_short_are_found_by_an_earlier_checkpoint(letter: Letter) -> None:
    earlier = publishing.current() or b""
    whole = leaves()
    less = len(whole) - 3
    publishing.write(path("entries", 0, less), bundle(whole[:less]))
    publishing.write(path(0, 0, less), b"".join(leaf_hash(one) for one in whole[:less]))
    publishing.write(publishing.CHECKPOINT, sign_anew(less, whole[:less]))
    Log.objects.update(size=less, published=less)
    assert any(one.what == "shorter" for one in audit(letter.now, earlier))


def test_an_old_checkpoint_put_back_is_found(letter: Letter) -> None:
    old = publishing.current() or b""
    letter.later(days=1)
    letter.ask()
    sequencer.round_now(letter.now)
    publishing.write(publishing.CHECKPOINT, old)
    assert any(one.what == "shorter" for one in audit(letter.now))


@pytest.mark.parametrize("level", ["entries", 0])
def test_a_damaged_tile_is_named(letter: Letter, level: int | str) -> None:
    name = path(level, 0, Log.objects.get().size)
    content = bytearray(publishing.read(name))
    content[40] ^= 1
    publishing.write(name, bytes(content))
    found = audit(letter.now)
    assert any(one.what in {"tile", "format", "bundle", "root"} for one in found)
    assert any("tile/" in one.detail for one in found)


def test_a_missing_tile_is_named(letter: Letter) -> None:
    name = path("entries", 0, Log.objects.get().size)
    (live.HUIYIN_LOG / name).unlink()
    assert any(one.what == "bundle" and name in one.detail for one in audit(letter.now))


def test_a_checkpoint_signed_by_another_key_is_found(letter: Letter) -> None:
    whole = leaves()
    other = sign_anew(len(whole), whole, Ed25519PrivateKey.generate())
    publishing.write(publishing.CHECKPOINT, other)
    assert [one.what for one in audit(letter.now)] == ["signature"]


def test_a_signature_under_the_right_name_that_does_not_hold_is_found(letter: Letter) -> None:
    note = Note.parse((publishing.current() or b"").decode())
    first, size, _ = note.text.split("\n", 2)
    forged = f"{first}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
    publishing.write(publishing.CHECKPOINT, str(Note(forged, note.signatures)).encode())
    assert [one.what for one in audit(letter.now)] == ["signature"]


@pytest.mark.parametrize("field", ["due_at", "ended_at", "started_at"])
def test_a_deadline_whose_times_were_moved_is_named(letter: Letter, field: str) -> None:
    row = Deadline.objects.get(kind="case.conclude")
    moved = getattr(row, field) + timedelta(days=60 if field == "due_at" else -60)
    Deadline.objects.filter(pk=row.pk).update(**{field: moved})
    found = named(audit(letter.now), "altered", letter.case.ref)
    assert "case.conclude" in found.detail
    assert found.entry is not None


def test_a_deleted_deadline_is_named(letter: Letter) -> None:
    Deadline.objects.filter(kind="case.conclude").delete()
    assert "case.conclude" in named(audit(letter.now), "missing", letter.case.ref).detail


def test_a_late_mark_that_was_removed_is_named(letter: Letter) -> None:
    assert (
        Taken.objects.filter(deadline__kind="case.conclude", rung="owner")
        .exclude(kind="warn")
        .delete()[0]
    )
    assert "case.conclude" in named(audit(letter.now), "unmarked", letter.case.ref).detail


def test_what_is_late_and_was_never_marked_is_named(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    sequencer.round_now(letter.now)
    long_after = letter.now + timedelta(days=120)
    found = named(audit(long_after), "unmarked", letter.case.ref)
    assert "case.conclude" in found.detail


def test_a_step_without_an_entry_is_named(letter: Letter) -> None:
    Case.objects.update(steps_count=letter.case.steps_count + 1)
    Step.objects.create(
        case=letter.case, number=letter.case.steps_count, kind="content", at=letter.now, by="writer"
    )
    assert named(audit(letter.now), "unlogged", letter.case.ref)


def test_a_stage_that_no_entry_led_to_is_named(letter: Letter) -> None:
    Case.objects.update(stage="closed")
    assert "closed" in named(audit(letter.now), "altered", letter.case.ref).detail


def test_a_rating_that_was_changed_is_named(letter: Letter) -> None:
    from huiyin.parts.cases.actions import writer

    writer.rate(letter.locator, 1, 2, now=letter.now)
    sequencer.round_now(letter.now)
    assert audit(letter.now) == []
    Rating.objects.update(outcome=5)
    assert "rating" in named(audit(letter.now), "altered", letter.case.ref).detail


def test_after_erasure_the_log_still_verifies_and_says_nothing_of_the_person(
    letter: Letter,
) -> None:
    from huiyin.parts.cases.actions import writer

    letter.later(days=400)
    writer.withdraw(letter.locator, "不再需要", now=letter.now)
    key = sealing.text_key(letter.case)
    guess = sealing.pack({"text": "不再需要"})
    sequencer.round_now(letter.now)
    letter.later(days=4000)
    assert closing.erase_due(letter.now) == 1
    sequencer.round_now(letter.now)
    assert audit(letter.now) == []
    whole = b"\n".join(leaves())
    for word in ("张三", "工资", "不再需要", "补发"):
        assert word.encode() not in whole
        assert json.dumps(word)[1:-1].encode() not in whole
    # Who guesses the words can't confirm them either: the salt is gone with the key.
    withdrawn = json.loads(bytes(Entry.objects.get(kind="case.withdrawn").leaf))
    from huiyin.kernel.ledger.actions import commitment, salt

    salted = salt(key, withdrawn["nonce"], "text")
    assert commitment(salted, guess) == withdrawn["commit"]["text"]
    assert letter.case.text_key is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE text_key IS NOT NULL")
        assert cursor.fetchone()[0] == 0


def test_an_audit_that_is_stopped_says_so(letter: Letter) -> None:
    done = Audit(signing.verifier(), AUDITED, now=letter.now, stop=lambda: True)
    done.run()
    assert done.summary()["stopped"] is True
    assert done.summary()["ok"] is False
