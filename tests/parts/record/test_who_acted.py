"""Who acted, what opens a letter to its writer, and who wrote it: changed past everything, it is found."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger import sequencer
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.vault import actions as vault
from huiyin.kernel.vault.models import IdentityOpening, SealedIdentity
from huiyin.parts.cases import receipts
from huiyin.parts.cases.actions import filing, forwarding, handling, identity, writer
from huiyin.parts.cases.models import Case, Involvement, Step
from tests.cast import Cast
from tests.parts.cases.letters import Letter, finally_reviewed
from tests.support import files as samples
from tests.support.audits import audit

pytestmark = pytest.mark.django_db
WHO = {"name": "张三", "telephone": "13912345678"}


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"
    settings.HUIYIN_FILES = tmp_path / "files"


@pytest.fixture
def letter(cast: Cast, now: datetime) -> Letter:
    """A letter with a name, reviewed twice, whose identity was opened and corrected."""
    found = finally_reviewed(cast, now, naming="named", identity=WHO)
    sequencer.round_now(found.now)
    assert audit(found.now) == []
    return found


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Case:
    """A letter with a name, a phrase and a picture, whose identity was opened and corrected."""
    seed = b"s" * 16
    filing.attach_to_draft(seed, samples.picture(), "gate.jpg", now=now)  # type: ignore[no-untyped-call]
    case = cast.file(
        now,
        naming="named",
        identity=WHO,
        phrase="春风又绿江南岸明月何时",
        seed=seed,
        has_files=True,
    ).case
    forwarding.categorise(cast.clerk, case.locator, cast.safety, now=now)
    forwarding.forward(cast.clerk, case.locator, cast.works, now=now)
    handling.accept(cast.owner, case.locator, now=now)
    identity.open_identity(cast.owner, case.locator, "需要核对工资发放名单。", now=now)
    identity.replace_identity(case.locator, {"name": "张叁"}, now=now)
    sequencer.round_now(now)
    assert audit(now) == []
    return Case.objects.get(pk=case.pk)


def words(now: datetime, subject: str) -> set[str]:
    return {one.what for one in audit(now) if one.subject == subject}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("secret_hash", b"x" * 32),
        ("phrase_hash", ""),
        ("phrase_hash", "pbkdf2$another"),
        ("code_shared", True),
        ("language", "en"),
    ],
)
def test_what_opens_a_letter_to_its_writer_is_found_changed(
    filed: Case, now: datetime, column: str, value: object
) -> None:
    Case.objects.update(**{column: value})
    assert "commitment" in words(now, filed.ref)


def test_another_category_is_found_before_and_after_it_was_corrected(
    filed: Case, cast: Cast, now: datetime
) -> None:
    other = cast.file(now).case
    sequencer.round_now(now)
    assert audit(now) == []
    Case.objects.filter(pk=filed.pk).update(category=cast.wages)
    Case.objects.filter(pk=other.pk).update(category=cast.safety)
    assert "commitment" in words(now, filed.ref)
    assert "commitment" in words(now, other.ref)


def test_a_new_code_is_held_and_an_earlier_one_put_back_with_its_step_is_found(
    cast: Cast, now: datetime
) -> None:
    case = cast.file(now, acting=cast.clerk, channel="counter").case
    writer.renew_code(case.locator, now=now)
    before = Case.objects.get(pk=case.pk)
    sequencer.round_now(now)
    assert audit(now) == []
    step = Step.objects.get(case=case, kind="recovered")
    entry = Entry.objects.get(pk=step.entry_id)
    Case.objects.filter(pk=case.pk).update(secret_hash=case.secret_hash)
    assert "commitment" in words(now, case.ref)
    entry.pk, entry.seq = None, None
    entry.save(force_insert=True)
    step.pk, step.number, step.entry = None, step.number + 1, entry
    step.save(force_insert=True)
    Case.objects.filter(pk=case.pk).update(secret_hash=before.secret_hash, steps_count=step.number)
    sequencer.round_now(now)
    assert "commitment" in words(now, case.ref)


def test_garbage_in_place_of_an_identity_is_found(filed: Case, now: datetime) -> None:
    SealedIdentity.objects.update(sealed=b"garbage")
    assert "commitment" in words(now, filed.ref)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("wrapped_key", b"another"),
        ("key_version", 7),
        ("created_at", datetime.fromisoformat("2026-01-01T00:00:00+00:00")),
        ("erase_after", datetime.fromisoformat("2026-01-01T00:00:00+00:00").date()),
    ],
)
def test_each_column_of_an_identity_is_found_changed(
    filed: Case, now: datetime, column: str, value: object
) -> None:
    SealedIdentity.objects.update(**{column: value})
    assert "commitment" in words(now, filed.ref)


def test_another_identity_well_sealed_is_found(filed: Case, now: datetime) -> None:
    """Sealing takes public keys alone: whoever has the database can seal whom they like."""
    row = SealedIdentity.objects.get()
    other = vault.seal_identity("case:OTHER", {"name": "李四"}, now=now)
    SealedIdentity.objects.filter(pk=row.pk).update(
        sealed=other.sealed, wrapped_key=other.wrapped_key
    )
    SealedIdentity.objects.filter(pk=other.pk).delete()
    assert "commitment" in words(now, filed.ref)


def test_a_name_given_later_is_held(cast: Cast, now: datetime) -> None:
    case = cast.file(now).case
    identity.replace_identity(case.locator, WHO, now=now)
    sequencer.round_now(now)
    assert audit(now) == []
    SealedIdentity.objects.update(sealed=b"garbage")
    assert "commitment" in words(now, case.ref)


def test_who_took_each_step_is_found_changed(letter: Letter, cast: Cast) -> None:
    missed = []
    for step in Step.objects.exclude(user=None):
        for user in (cast.outsider, None):
            Step.objects.filter(pk=step.pk).update(user=user)
            if "commitment" not in words(letter.now, letter.case.ref):
                missed.append(f"{step.kind} by {user}")
            Step.objects.filter(pk=step.pk).update(user=step.user)
    assert missed == []


def test_a_step_of_the_writer_ascribed_to_somebody_is_found(letter: Letter, cast: Cast) -> None:
    Step.objects.filter(kind="review_asked").update(user=cast.outsider)
    assert "unlogged" in words(letter.now, letter.case.ref)


def test_who_handled_a_letter_is_found_changed(letter: Letter, cast: Cast) -> None:
    missed = []
    for row in Involvement.objects.all():
        for user in (cast.outsider, None):
            if row.user == user:
                continue
            Involvement.objects.filter(pk=row.pk).update(user=user)
            if not words(letter.now, letter.case.ref):
                missed.append(f"{row.capacity} {row.post.code} {row.user} by {user}")
            Involvement.objects.filter(pk=row.pk).update(user=row.user)
    assert missed == []


def test_who_opened_an_identity_is_found_changed(filed: Case, cast: Cast, now: datetime) -> None:
    IdentityOpening.objects.update(user=cast.outsider)
    assert "commitment" in words(now, filed.ref)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mime", "text/html"),
        ("extension", "html"),
        ("residue", True),
        ("remarks", "macros"),
        ("identity_version", 9),
    ],
)
def test_how_an_attachment_is_shown_is_found_changed(
    filed: Case, now: datetime, column: str, value: object
) -> None:
    StoredFile.objects.update(**{column: value})
    assert "commitment" in words(now, filed.ref)


def test_the_writer_s_receipt_opens_words_and_no_account(letter: Letter) -> None:
    """With its salt, the number of an account could be guessed."""
    opened = {name for one in receipts.receipt(letter.case)["entries"] for name in one["openings"]}
    assert "text" in opened
    assert not opened & {"who", "code", "identity", "category"}


def test_after_erasure_who_acted_can_no_longer_be_told(filed: Case, now: datetime) -> None:
    from huiyin.parts.cases.actions import closing

    writer.withdraw(filed.locator, "", now=now)
    later = now + timedelta(days=800)
    sequencer.round_now(later)
    assert closing.erase_due(later) == 1
    sequencer.round_now(later)
    wrong = [one for one in audit(later) if one.what in {"commitment", "altered", "unlogged"}]
    assert wrong == []
    assert User.objects.exists()
