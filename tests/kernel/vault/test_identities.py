"""Sealing, opening, correcting and destroying, in the database."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units import actions as units
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.vault import actions, envelope, keyring, keys, queries
from huiyin.kernel.vault.actions import IdentityErased, NoIdentity, ReasonTooThin
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.kernel.vault.keyring import KeyringError
from huiyin.kernel.vault.models import IdentityOpening, SealedIdentity
from tests.support.disk import database_bytes, left_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SALT_KEY = bytes(range(32))
WHO = {"name": "虚构人乙", "telephone": "000-7654321", "address": "无名路 0 号", "email": ""}
KEPT = {name: text for name, text in WHO.items() if text}
REASON = "需要当面核实欠薪的月份，已电话约定"


@pytest.fixture
def ring(tmp_path: Path, settings) -> Path:
    settings.HUIYIN_KEYS = tmp_path / "keys"
    keyring.create(settings.HUIYIN_KEYS)
    return settings.HUIYIN_KEYS


@pytest.fixture
def acting(db) -> Acting:
    unit = units.add_unit("X", "虚构公司", now=NOW)
    post = units.add_post(unit, "handler", "承办岗", now=NOW)
    return Acting(User.objects.create_user("handler"), post)


def _open(acting: Acting, subject: str = "case:A", reason: str = REASON) -> dict[str, str]:
    return actions.open_identity(subject, acting, reason, now=NOW, salt_key=SALT_KEY)


def test_an_opened_identity_is_what_was_sealed_without_its_empty_fields(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    assert _open(acting) == KEPT


def test_each_opening_is_in_the_ledger_and_its_complainant_reads_who_and_why(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    _open(acting)
    _open(acting, reason="Second look: the address is needed for the letter")
    first, second = queries.openings("case:A", SALT_KEY)
    assert (first.at, first.post, first.user, first.reason) == (
        NOW,
        acting.post,
        acting.user,
        REASON,
    )
    assert second.reason.startswith("Second look")
    entries = list(Entry.objects.filter(kind="vault.opened", subject="case:A"))
    assert [row.entry for row in IdentityOpening.objects.order_by("id")] == entries
    leaf = json.loads(bytes(entries[0].leaf))
    assert leaf["post"] == acting.post.code
    assert set(leaf["commit"]) == {"reason", "who"}
    assert REASON not in bytes(entries[0].leaf).decode()


def test_a_reason_is_unreadable_once_the_letters_key_is_gone(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    _open(acting)
    assert REASON.encode() not in bytes(IdentityOpening.objects.get().reason)
    with pytest.raises(SealBroken):
        queries.openings("case:A", envelope.new_key())


@pytest.mark.parametrize(
    "reason",
    ["", "   ", "核实", "。。。。。。。。。。。。", "核核核核核核核核核核核核", "abababababab"],
)
def test_without_a_reason_of_substance_nothing_is_opened_or_recorded(ring, acting, reason) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    with pytest.raises(ReasonTooThin):
        _open(acting, reason=reason)
    assert not IdentityOpening.objects.exists()
    assert not Entry.objects.filter(kind="vault.opened").exists()


def test_an_anonymous_letter_has_nothing_to_open(ring, acting) -> None:
    with pytest.raises(NoIdentity):
        _open(acting)


@pytest.mark.parametrize("fault", ["missing", "damaged", "open to others"])
def test_without_the_private_key_letters_are_still_taken_and_no_opening_is_recorded(
    ring, acting, fault
) -> None:
    path = keyring.identity_path(ring, 1)
    if fault == "missing":
        path.unlink()
    elif fault == "damaged":
        path.write_text("not a key")
    else:
        path.chmod(0o644)
    actions.seal_identity("case:A", WHO, now=NOW)
    with pytest.raises(KeyringError, match=fault):
        _open(acting)
    assert not IdentityOpening.objects.exists()


def test_an_identity_copied_to_another_letter_stays_shut(ring, acting) -> None:
    row = actions.seal_identity("case:A", WHO, now=NOW)
    actions.seal_identity("case:B", {"name": "另一人"}, now=NOW)
    SealedIdentity.objects.filter(subject="case:B").update(
        wrapped_key=row.wrapped_key, sealed=row.sealed
    )
    with pytest.raises(SealBroken):
        _open(acting, "case:B")
    assert not IdentityOpening.objects.exists()


def test_the_serving_process_holds_nothing_that_opens_what_it_sealed(ring, acting) -> None:
    row = actions.seal_identity("case:A", WHO, now=NOW)
    held = keys.ring()
    symmetric = [held.pepper, held.search_key, held.files_key, *held.text_keys.values()]
    for key in symmetric:
        with pytest.raises(SealBroken):
            envelope.unseal(key, row.sealed, b"huiyin identity text\x00case:A")
    assert all("private" not in name.lower() for name in vars(held))


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ({"nickname": "x"}, "no such fields"),
        ({}, "without any field"),
        ({"name": "  "}, "without any field"),
        ({"other": "长" * 501}, "longer than"),
    ],
)
def test_only_known_filled_fields_of_fair_length_are_sealed(ring, db, identity, said) -> None:
    with pytest.raises(ValueError, match=said):
        actions.seal_identity("case:A", identity, now=NOW)
    assert not SealedIdentity.objects.exists()


def test_a_letter_has_one_identity(ring, db) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.seal_identity("case:A", WHO, now=NOW)


def test_a_corrected_identity_replaces_the_old_one_under_a_new_key(ring, acting) -> None:
    before = actions.seal_identity("case:A", WHO, now=NOW)
    after = actions.replace_identity("case:A", {"name": "虚构人丙"}, now=NOW, salt_key=SALT_KEY)
    assert bytes(after.wrapped_key) != bytes(before.wrapped_key)
    assert _open(acting) == {"name": "虚构人丙"}
    assert Entry.objects.filter(kind="vault.replaced", subject="case:A").count() == 1


def test_an_identity_corrected_while_it_is_being_opened_is_shown_as_corrected(
    ring, acting, monkeypatch
) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    disclose = actions._disclose

    def correct_meanwhile(row: SealedIdentity) -> dict[str, str]:
        monkeypatch.setattr(actions, "_disclose", disclose)
        actions.replace_identity("case:A", {"name": "虚构人丙"}, now=NOW, salt_key=SALT_KEY)
        return disclose(row)

    monkeypatch.setattr(actions, "_disclose", correct_meanwhile)
    assert _open(acting) == {"name": "虚构人丙"}
    assert IdentityOpening.objects.count() == 1


def test_after_a_rotation_old_and_new_identities_open(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    keyring.rotate(ring)
    keys._load.cache_clear()
    assert actions.seal_identity("case:B", WHO, now=NOW).key_version == 2
    assert _open(acting, "case:A") == _open(acting, "case:B") == KEPT
    assert queries.key_versions() == {1, 2}
    actions.erase("case:A", NOW)
    assert queries.key_versions() == {2}


def test_an_erased_identity_is_gone_for_good_and_its_openings_stay(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    _open(acting)
    assert actions.erase("case:A", NOW)
    row = SealedIdentity.objects.get()
    assert (row.wrapped_key, bytes(row.sealed), row.erased_at) == (None, b"", NOW)
    assert not queries.is_sealed("case:A")
    with pytest.raises(IdentityErased):
        _open(acting)
    with pytest.raises(IdentityErased):
        actions.replace_identity("case:A", WHO, now=NOW, salt_key=SALT_KEY)
    assert len(queries.openings("case:A", SALT_KEY)) == 1


def test_erasing_twice_is_harmless_and_recorded_once(ring, db) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    assert [actions.erase("case:A", NOW), actions.erase("case:A", NOW)] == [True, False]
    assert not actions.erase("case:unknown", NOW)
    assert Entry.objects.filter(kind="vault.erased").count() == 1


def test_what_is_due_is_erased_and_what_is_not_stays(ring, db) -> None:
    units.set_up("虚构集团", now=NOW, zone="Asia/Shanghai")
    today = date(2026, 3, 2)
    for subject, last in (
        ("case:past", today - timedelta(days=1)),
        ("case:today", today),
        ("case:open", None),
    ):
        actions.seal_identity(subject, WHO, now=NOW, erase_after=last)
    actions.seal_identity("case:put-off", WHO, now=NOW, erase_after=today + timedelta(days=9))
    assert actions.erase_due(NOW) == 1
    assert actions.erase_due(NOW) == 0
    gone = SealedIdentity.objects.filter(erased_at__isnull=False)
    assert [row.subject for row in gone] == ["case:past"]
    evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)  # one minute before midnight in Shanghai
    assert actions.erase_due(evening) == 0
    assert actions.erase_due(evening + timedelta(minutes=1)) == 1


def test_the_database_itself_refuses_an_erased_identity_that_keeps_its_key(ring, db) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SealedIdentity.objects.update(erased_at=NOW)


def test_keys_are_made_for_an_empty_database_and_never_over_a_full_one(
    tmp_path, settings, db
) -> None:
    settings.HUIYIN_KEYS = tmp_path / "new"
    keys.ensure()
    keys.ensure()
    assert keys.ring().text_version == 1
    units.add_unit("X", "虚构公司", now=NOW)
    settings.HUIYIN_KEYS = tmp_path / "lost"
    with pytest.raises(KeyringError, match="restore the keys"):
        keys.ensure()
    assert not (tmp_path / "lost").exists()


@pytest.mark.django_db(transaction=True)
def test_the_database_file_alone_gives_no_name_telephone_address_or_reason(ring, acting) -> None:
    actions.seal_identity("case:A", WHO, now=NOW)
    _open(acting)
    actions.replace_identity("case:A", {**WHO, "other": "虚构的备注"}, now=NOW, salt_key=SALT_KEY)
    stored = database_bytes()
    assert b"case:A" in stored
    for text in (*KEPT.values(), "虚构的备注", REASON):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert text.encode(encoding) not in stored
        assert json.dumps(text)[1:-1].encode() not in stored


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_key_leaves_no_copy_in_the_database_file(ring) -> None:
    row = actions.seal_identity("case:A", WHO, now=NOW)
    wrapped, sealed = bytes(row.wrapped_key), bytes(row.sealed)
    assert wrapped in database_bytes()
    actions.erase("case:A", NOW)
    assert left_of([wrapped, sealed[-64:]]) == []
    assert b"case:A" in database_bytes()
