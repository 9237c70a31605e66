"""A receipt proves what it says, to anyone; whatever was done to it or to the log is named."""

import base64
import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger.against import against
from huiyin.kernel.ledger.findings import Verdict
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign, sign
from huiyin.kernel.ledger.receipt_file import Held, ReceiptError
from huiyin.kernel.ledger.receipts import verify
from tests.kernel.ledger.public import (
    FILED,
    KEY,
    MINE,
    OTHER_KEY,
    PLACES,
    WORDS,
    PublicLog,
    leaf,
    leaves,
    verifier,
)

THEN = PublicLog(leaves())
RECEIPT = THEN.receipt()
LATER = [leaf("case.asked", f"case:later{n}", FILED, 10_000 + n) for n in range(400)]


def compared(receipt: dict[str, Any], log: PublicLog, note: str | None = None) -> Verdict:
    """Check a receipt against what a log shows."""
    note = note or log.note
    today = against(receipt, note, verifier(), log.read)
    found = verify(receipt, key=verifier(), checkpoint=note, consistency=today.consistency)
    return found.joined(today.findings)


def changed(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(RECEIPT) | fields


def edited(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    receipt = copy.deepcopy(RECEIPT)
    change(receipt)
    return receipt


def rewritten(place: int, **fields: Any) -> PublicLog:
    """Return a log that its owner made anew, with one entry edited, and signed again."""
    whole = [*leaves(), *LATER]
    said = json.loads(whole[place]) | fields
    whole[place] = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return PublicLog(whole)


def test_a_log_that_has_only_grown_proves_everything_in_plain_words() -> None:
    verdict = compared(RECEIPT, PublicLog([*leaves(), *LATER]))
    assert verdict.proven
    english = [one.en for one in verdict.findings]
    assert "your letter of 3 March 2026 09:14 is entry 70 of the log" in english
    assert (
        "“The answer was given” was entered on 13 April 2026 09:14, 41 days after the letter, as entry 610"
        in english
    )
    assert "from the receipt to size 1,100 the log has only grown" in english
    chinese = [one.zh for one in verdict.findings]
    assert "您 2026年3月3日 09:14 的来信是公开日志的第 70 条记录" in chinese
    assert "“书面答复”于 2026年4月13日 09:14 写入，距来信 41 天，是第 610 条记录" in chinese


def test_without_the_log_it_is_said_that_growth_is_not_proven() -> None:
    verdict = verify(RECEIPT, key=verifier())
    assert not verdict.proven
    assert not verdict.failed
    assert "not_compared" in verdict.codes


def test_the_key_in_the_receipt_alone_proves_nothing() -> None:
    forged = PublicLog(leaves(), key=OTHER_KEY)
    verdict = verify(forged.receipt(), checkpoint=forged.note)
    assert not verdict.proven
    assert "key_unpinned" in verdict.codes


@pytest.mark.parametrize("size", [611, 700, 701, 768, 1024, 1100])
def test_growth_is_proven_for_every_size_of_the_log(size: int) -> None:
    assert compared(RECEIPT, PublicLog([*leaves(), *LATER][: max(size, 700)])).proven


def test_the_words_that_were_kept_are_compared_with_what_was_bound() -> None:
    pretty = json.dumps(json.loads(WORDS), indent=2).encode()
    for kept in (WORDS, WORDS + b"\n", pretty):
        assert "text" in verify(RECEIPT, key=verifier(), text=kept).codes
    other = WORDS.replace("三".encode(), "四".encode())
    assert verify(RECEIPT, key=verifier(), text=other).failed == {"other_text"}


def test_what_waits_for_its_place_is_said_and_leaves_the_receipt_unproven() -> None:
    receipt = THEN.receipt(70, waiting=(leaf("case.accepted", MINE, FILED, 1),))
    verdict = compared(receipt, THEN)
    assert not verdict.proven
    assert not verdict.failed
    assert any("fetch the receipt again in a moment" in one.en for one in verdict.findings)


def test_a_receipt_before_the_first_checkpoint_proves_nothing_and_fails_nothing() -> None:
    verdict = verify(changed(checkpoint="", entries=[]), key=verifier())
    assert verdict.codes == {"nothing"}
    assert not verdict.proven


def test_a_receipt_from_another_log_is_named() -> None:
    other = PublicLog(leaves(), origin="elsewhere.example/huiyin")
    assert verify(other.receipt(), key=verifier()).failed == {"another_log"}
    disguised = changed(checkpoint=other.note)
    assert verify(disguised, key=verifier()).failed == {"another_log"}
    assert "another_log" in compared(RECEIPT, THEN, other.note).failed


def test_a_log_that_changed_its_key_is_checked_by_either() -> None:
    text = Note.parse(RECEIPT["checkpoint"]).text
    new = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    name = verifier().name
    both = Note(text, (sign(text, name, new), *Note.parse(RECEIPT["checkpoint"]).signatures))
    later = Verifier(name, new.public_key().public_bytes_raw())
    receipt = changed(checkpoint=str(both), key=str(later))
    for key in (verifier(), later):
        verdict = verify(receipt, key=key)
        assert not verdict.failed
        assert "key_pinned" in verdict.codes
    alone = changed(checkpoint=RECEIPT["checkpoint"], key=str(later))  # named, and does not sign
    assert verify(alone, key=verifier()).failed == {"another_key"}


def test_a_signature_from_another_key_is_named() -> None:
    other = PublicLog(leaves(), key=OTHER_KEY)
    assert verify(other.receipt(), key=verifier()).failed == {"another_key"}
    assert verify(changed(checkpoint=other.note), key=verifier()).failed == {"another_key"}
    assert "another_key" in compared(RECEIPT, THEN, other.note).failed


def test_a_checkpoint_with_another_size_or_root_has_no_signature() -> None:
    for was, becomes in (("\n700\n", "\n701\n"), ("\n700\n", "\n610\n")):
        note = RECEIPT["checkpoint"].replace(was, becomes)
        assert verify(changed(checkpoint=note), key=verifier()).failed == {"bad_signature"}


def test_a_leaf_that_was_altered_is_named() -> None:
    def later(receipt: dict[str, Any]) -> None:
        given = base64.b64decode(receipt["entries"][0]["leaf"]).replace(
            b"2026-03-03", b"2026-02-03"
        )
        receipt["entries"][0]["leaf"] = base64.b64encode(given).decode()

    verdict = verify(edited(later), key=verifier())
    assert verdict.failed == {"altered"}
    assert any("entry 70 is not what the log holds" in one.en for one in verdict.findings)


def test_an_entry_under_another_number_is_named() -> None:
    def renumber(receipt: dict[str, Any]) -> None:
        receipt["entries"][0]["index"] = 71

    assert verify(edited(renumber), key=verifier()).failed == {"altered"}


@pytest.mark.parametrize("index", [700, 2**40])
def test_an_index_past_the_signed_size_is_refused(index: int) -> None:
    receipt = edited(lambda one: one["entries"][2].update(index=index))
    assert verify(receipt, key=verifier()).failed == {"altered"}


def test_leaf_0_with_an_empty_path_is_proven_in_a_log_of_one_and_in_no_other() -> None:
    filed = leaves()[70]
    alone = PublicLog([filed])
    receipt = RECEIPT | {"checkpoint": alone.note}
    entry = {"index": 0, "leaf": RECEIPT["entries"][0]["leaf"], "proof": [], "openings": {}}
    assert compared(receipt | {"entries": [entry]}, alone).proven
    assert verify(RECEIPT | {"entries": [entry]}, key=verifier()).failed == {"altered"}


def test_two_entries_of_a_receipt_that_were_swapped_are_named() -> None:
    def swap(receipt: dict[str, Any]) -> None:
        one, two = receipt["entries"][:2]
        one["leaf"], two["leaf"] = two["leaf"], one["leaf"]

    assert verify(edited(swap), key=verifier()).failed == {"swapped"}


def test_the_entry_of_another_letter_is_named() -> None:
    verdict = verify(THEN.receipt(70, 71), key=verifier())
    assert verdict.failed == {"another_letter"} or "bad_opening" in verdict.failed
    assert "another_letter" in verdict.failed


def test_another_commitment_than_the_entrys_is_named() -> None:
    receipt = edited(lambda one: one["entries"][0]["openings"]["text"].update(digest="0" * 64))
    assert verify(receipt, key=verifier()).failed == {"bad_opening"}


def test_a_backdated_entry_is_named() -> None:
    whole = leaves()
    whole[610] = leaf("case.answered", MINE, FILED + timedelta(days=5), 610)
    receipt = PublicLog(whole).receipt()
    for entry in receipt["entries"]:
        entry["openings"] = {}
    assert verify(receipt, key=verifier()).failed == {"backdated"}


def test_a_deleted_row_is_named() -> None:
    whole = [*leaves(), *LATER]
    del whole[300]
    failed = compared(RECEIPT, PublicLog(whole)).failed
    assert failed == {"forked", "deleted", "moved"}


def test_an_entry_that_moved_because_another_one_was_deleted_is_named() -> None:
    whole = [*leaves(), *LATER]
    del whole[5]
    assert compared(RECEIPT, PublicLog(whole)).failed == {"forked", "moved"}


def test_an_answer_that_was_edited_is_named() -> None:
    verdict = compared(RECEIPT, rewritten(610, commit={"text": "0" * 64}))
    assert verdict.failed == {"forked", "edited"}
    assert any(one.en == "entry 610 was edited (commit)" for one in verdict.findings)


def test_a_time_that_was_moved_is_named_with_both_times() -> None:
    verdict = compared(RECEIPT, rewritten(610, time="2026-03-20T01:14:00.000Z"))
    assert verdict.failed == {"forked", "time_moved"}
    assert any("13 April 2026 09:14, the log now 20 March" in one.en for one in verdict.findings)


def test_two_entries_of_the_letter_swapped_in_the_log_are_named() -> None:
    whole = [*leaves(), *LATER]
    whole[70], whole[610] = whole[610], whole[70]
    assert compared(RECEIPT, PublicLog(whole)).failed == {"forked", "swapped"}


def test_an_entry_swapped_with_a_strangers_is_named() -> None:
    whole = [*leaves(), *LATER]
    whole[70], whole[72] = whole[72], whole[70]
    assert compared(RECEIPT, PublicLog(whole)).failed == {"forked", "moved"}


def test_a_truncated_log_is_named() -> None:
    verdict = compared(RECEIPT, PublicLog(leaves()[:620]))
    assert verdict.failed >= {"truncated"}


def test_an_old_checkpoint_before_a_whole_log_is_named() -> None:
    log = PublicLog([*leaves(), *LATER])
    old = PublicLog(leaves()[:620])
    log.files |= THEN.files | old.files  # a log keeps its partial tiles
    assert compared(RECEIPT, log, old.note).failed == {"old_checkpoint"}


@pytest.mark.parametrize("more", [0, 1, 400])
def test_a_log_that_was_forked_for_one_client_is_named(more: int) -> None:
    whole = [*leaves(), *LATER[:more]]
    whole[690] = leaf("case.asked", "case:another", FILED, 690)
    verdict = compared(RECEIPT, PublicLog(whole))
    assert verdict.failed == {"forked"}
    assert {"letter", "later", "stands"} <= verdict.codes  # what stands is still said


TILES = sorted(THEN.files)


@pytest.mark.parametrize("name", TILES)
def test_a_corrupted_file_of_the_log_is_named_by_its_path(name: str) -> None:
    log = PublicLog(leaves())
    content = bytearray(log.files[name])
    content[40] ^= 1
    log.files[name] = bytes(content)
    verdict = compared(RECEIPT, log)
    assert verdict.failed == {"tile"}
    named = next(one.en for one in verdict.findings if one.code == "tile")
    assert name in named


@pytest.mark.parametrize("name", [name for name in TILES if name.startswith("tile/0")])
def test_a_missing_file_of_the_log_is_named(name: str) -> None:
    log = PublicLog(leaves())
    del log.files[name]
    verdict = compared(RECEIPT, log)
    assert "tile" in verdict.failed
    assert any(name in one.en for one in verdict.findings)


def test_a_witness_is_named_with_its_time_and_a_false_one_fails() -> None:
    note = Note.parse(THEN.note)
    seconds = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
    mark = cosign(note.text, "union.example", OTHER_KEY, seconds)
    witness = Verifier("union.example", OTHER_KEY.public_key().public_bytes_raw(), COSIGNATURE)
    receipt = changed(checkpoint=str(Note(note.text, (*note.signatures, mark))))
    verdict = verify(receipt, key=verifier(), witnesses=[witness])
    assert any("union.example cosigned this checkpoint at 1 May 2026 08:00" in one.en for one in verdict.findings)  # fmt: skip
    assert "cosigned_unknown" in verify(receipt, key=verifier()).codes
    forged = cosign("another text\n", "union.example", OTHER_KEY, seconds)
    receipt = changed(checkpoint=str(Note(note.text, (*note.signatures, forged))))
    assert verify(receipt, key=verifier(), witnesses=[witness]).failed == {"bad_cosignature"}


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    return [path, *(deeper for key, one in inner for deeper in _paths(one, (*path, key)))]


@pytest.mark.parametrize("junk", [None, 7, -1, "", "AAAA", [], {}, True, "\ud800"])
def test_junk_in_any_field_is_never_proven_and_never_breaks_the_check(junk: object) -> None:
    for path in _paths(RECEIPT)[1:]:
        receipt = copy.deepcopy(RECEIPT)
        inner: Any = receipt
        for key in path[:-1]:
            inner = inner[key]
        if inner[path[-1]] == junk:
            continue
        inner[path[-1]] = junk
        verdict = compared(receipt, THEN)
        harmless = path[-1] == "openings" or "salt" in path  # compared with a text only
        assert harmless or not verdict.proven, (path, junk)


def test_every_finding_has_its_words_in_both_languages() -> None:
    log = PublicLog([*leaves(), *LATER])
    for one in compared(RECEIPT, log).findings:
        assert re.search("[\u4e00-\u9fff]", one.zh)
        assert re.search("[a-z]", one.en)
        assert "{" not in one.zh + one.en


def test_the_receipt_holds_no_word_of_the_letter() -> None:
    whole = json.dumps(RECEIPT, ensure_ascii=False)
    opened = whole + "".join(base64.b64decode(one["leaf"]).decode() for one in RECEIPT["entries"])
    assert "工资" not in opened
    assert len(PLACES) == len(RECEIPT["entries"])
    assert KEY.private_bytes_raw().hex() not in whole


@pytest.mark.parametrize(
    ("year", "known"), [(1969, False), (1970, True), (9000, True), (9001, False)]
)
def test_an_entry_is_of_a_year_that_every_time_zone_can_show(year: int, known: bool) -> None:
    held = Held(leaf("case.filed", MINE, FILED.replace(year=year), 70))
    if known:
        assert held.at.year == year
    else:
        with pytest.raises(ReceiptError, match="no time"):
            _ = held.at


def test_an_entry_nested_beyond_all_reading_is_refused_as_any_other() -> None:
    with pytest.raises(ReceiptError, match="no JSON"):
        _ = Held(b"[" * 200_000).said


def test_an_entry_of_another_kind_is_told_by_its_name_in_both_languages() -> None:
    alone = copy.deepcopy(RECEIPT)
    del alone["entries"][0]  # without the letter's own entry nothing counts from it
    told = {one.code: one for one in verify(alone, key=verifier(), checkpoint=THEN.note).findings}
    assert "“The answer was given”" in told["entry"].en
    assert "13 April 2026 09:14" in told["entry"].en
    assert "“书面答复”" in told["entry"].zh


def test_a_log_cut_off_right_before_an_entry_is_found_out_as_any_shorter_one() -> None:
    whole = leaves()[:610]  # the receipt holds entry 610
    whole[70] = leaf("case.filed", MINE, FILED, 7_000)
    verdict = compared(RECEIPT, PublicLog(whole))
    assert verdict.failed
    assert compared(RECEIPT, PublicLog(whole[:600])).failed == verdict.failed
