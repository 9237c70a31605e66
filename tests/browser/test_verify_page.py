"""The page that checks a receipt without a network finds what `huiyin verify` finds."""

import base64
import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page

from huiyin.kernel.ledger import base45, tiles
from huiyin.kernel.ledger.findings import SAID
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign
from huiyin.kernel.ledger.receipt_file import ReceiptError
from huiyin.kernel.ledger.receipt_text import pack, unpack
from huiyin.kernel.ledger.receipts import verify
from huiyin.kernel.ledger.tree import consistency_proof
from huiyin.web.record.verifying import PAGE
from tests.browser.conftest import LOCALES, SIZES
from tests.kernel.ledger.public import (
    FILED,
    MINE,
    OTHER_KEY,
    WORDS,
    PublicLog,
    leaf,
    leaves,
    verifier,
)

THEN = PublicLog(leaves())
RECEIPT = THEN.receipt()
LATER = [leaf("case.asked", f"case:later{n}", FILED, 10_000 + n) for n in range(400)]
GROWN = PublicLog([*leaves(), *LATER])
KEY_LINE = str(verifier())
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
REWORDED = {"key_unpinned", "not_compared", "no_consistency"}  # no command line to speak of
Change = Callable[[dict[str, Any]], object]

# RFC 8032, section 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def _open(chromium: Browser, language: str, size: str) -> Iterator[Page]:
    """Open the file itself, offline; whatever the browser complains of, or is asked for, fails."""
    width, height = SIZES[size]
    context = chromium.new_context(
        locale=LOCALES[language], viewport={"width": width, "height": height}
    )
    context.set_offline(True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: complaints.append(one.url))
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert complaints == [PAGE.as_uri()]


@pytest.fixture
def page(chromium: Browser, language: str, size: str) -> Iterator[Page]:
    """The page in a window of its own."""
    yield from _open(chromium, language, size)


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """The page in one language and size, for what does not depend on them."""
    yield from _open(chromium, "en", "desktop")


def growth(log: PublicLog, old: int = 700) -> tuple[str, list[str]]:
    """Return a log's note and the proof, in base64, that it continues one of `old` entries."""
    proof = consistency_proof(old, log.size, tiles.Tiles(log.size, log.read).subtree)
    return log.note, [base64.b64encode(one).decode() for one in proof]


def agreed(page: Page, receipt: object, **given: Any) -> set[str]:
    """Check on the page and in Python; return what fails, after comparing codes, states, words."""
    asked: dict[str, Any] = {"key": KEY_LINE, **given}
    asked["words"] = list(given["words"]) if "words" in given else None
    script = """([receipt, given]) => verify(receipt, {...given,
        words: given.words && Uint8Array.from(given.words), newer: given.newer || undefined})"""
    found = page.evaluate(script, [receipt, asked])
    expected = verify(
        receipt,  # type: ignore[arg-type]
        key=Verifier.parse(asked["key"]) if asked["key"] else None,
        checkpoint=given.get("newer"),
        consistency=[base64.b64decode(one) for one in given["consistency"]]
        if given.get("consistency") is not None
        else None,
        witnesses=[Verifier.parse(one) for one in given.get("witnesses", ())],
        text=given.get("words"),
    )
    assert [(one["code"], one["state"]) for one in found] == [
        (one.code, one.state.value) for one in expected.findings
    ]
    for here, there in zip(found, expected.findings, strict=True):
        if there.code not in REWORDED | {"unreadable"}:
            assert here["en"] == there.en
        if there.code not in REWORDED | {"unreadable", "not_canonical"}:  # reasons in English there
            assert here["zh"] == there.zh
        assert "{" not in here["zh"] + here["en"]
        assert "undefined" not in here["zh"] + here["en"]
    return set(expected.failed)


def changed(change: Change) -> dict[str, Any]:
    receipt = copy.deepcopy(RECEIPT)
    change(receipt)
    return receipt


def _swap(receipt: dict[str, Any]) -> None:
    one, two = receipt["entries"][:2]
    one["leaf"], two["leaf"] = two["leaf"], one["leaf"]


def _redate(receipt: dict[str, Any]) -> None:
    was = base64.b64decode(receipt["entries"][0]["leaf"])
    now = was.replace(b"2026-03-03", b"2026-02-03")
    receipt["entries"][0]["leaf"] = base64.b64encode(now).decode()


def _backdated() -> dict[str, Any]:
    whole = leaves()
    whole[610] = leaf("case.answered", MINE, FILED + timedelta(days=5), 610)
    receipt = PublicLog(whole).receipt()
    for entry in receipt["entries"]:
        entry["openings"] = {}
    return receipt


def _unwell() -> dict[str, Any]:
    whole = leaves()
    whole[70] = whole[70] + b" "
    return PublicLog(whole).receipt(70)


def _other_size(receipt: dict[str, Any]) -> None:
    receipt["checkpoint"] = receipt["checkpoint"].replace("\n700\n", "\n701\n")


TAMPERED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "the leaf": (changed(_redate), {"altered"}),
    "the number": (changed(lambda one: one["entries"][0].update(index=71)), {"altered"}),
    "a number past the end": (changed(lambda one: one["entries"][2].update(index=2**40)), {"altered"}),
    "the proof": (changed(lambda one: one["entries"][0]["proof"].pop()), {"altered"}),
    "a longer proof": (changed(lambda one: one["entries"][0]["proof"].append("A" * 43 + "=")), {"altered"}),
    "two entries": (changed(_swap), {"swapped"}),
    "the order": (THEN.receipt(610, 300), {"order"}),
    "another's letter": (THEN.receipt(70, 71), {"another_letter"}),
    "the opening": (changed(lambda one: one["entries"][0]["openings"]["text"].update(digest="0" * 64)), {"bad_opening"}),
    "backdated": (_backdated(), {"backdated"}),
    "not canonical": (_unwell(), {"not_canonical"}),
    "the checkpoint": (changed(_other_size), {"bad_signature"}),
    "another key": (PublicLog(leaves(), key=OTHER_KEY).receipt(), {"another_key"}),
    "another signer": (changed(lambda one: one.update(checkpoint=PublicLog(leaves(), key=OTHER_KEY).note)), {"another_key"}),
    "another log": (PublicLog(leaves(), origin="elsewhere.example/huiyin").receipt(), {"another_log"}),
    "no note": (changed(lambda one: one.update(checkpoint="x")), {"unreadable"}),
    "no version": (changed(lambda one: one.pop("huiyin_receipt")), {"unreadable"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_each_tampering_is_named_as_the_command_names_it(plain: Page, name: str) -> None:
    receipt, failed = TAMPERED[name]
    assert agreed(plain, receipt) == failed


def test_a_good_receipt_says_what_the_command_says(plain: Page) -> None:
    newer, proof = growth(GROWN)
    assert agreed(plain, RECEIPT) == set()
    assert agreed(plain, RECEIPT, key="") == set()
    assert agreed(plain, RECEIPT, newer=newer, consistency=proof, words=WORDS) == set()
    assert agreed(plain, RECEIPT, newer=THEN.note) == set()
    assert agreed(plain, RECEIPT, newer=newer) == set()
    assert agreed(plain, RECEIPT | {"checkpoint": "", "entries": []}) == set()
    waiting = THEN.receipt(70, waiting=(leaf("case.accepted", MINE, FILED, 1), b"{}"))
    assert agreed(plain, waiting) == {"not_canonical"}


@pytest.mark.parametrize("size", [701, 768, 1024, 1100])
def test_growth_is_proven_for_every_shape_of_the_log(plain: Page, size: int) -> None:
    newer, proof = growth(PublicLog([*leaves(), *LATER][:size]))
    assert agreed(plain, RECEIPT, newer=newer, consistency=proof) == set()
    assert agreed(plain, RECEIPT, newer=newer, consistency=proof[:-1]) == {"forked"}


def test_forks_old_checkpoints_and_strangers_notes_are_named(plain: Page) -> None:
    for more in (0, 1, 400):
        whole = [*leaves(), *LATER[:more]]
        whole[690] = leaf("case.asked", "case:another", FILED, 690)
        newer, proof = growth(PublicLog(whole))
        assert agreed(plain, RECEIPT, newer=newer, consistency=proof) == {"forked"}
    assert agreed(plain, RECEIPT, newer=PublicLog(leaves()[:620]).note) == {"old_checkpoint"}
    other = PublicLog(leaves(), key=OTHER_KEY).note
    assert agreed(plain, RECEIPT, newer=other) == {"another_key"}
    away = PublicLog(leaves(), origin="elsewhere.example").note
    assert agreed(plain, RECEIPT, newer=away) == {"another_log"}
    assert agreed(plain, RECEIPT, newer="no note") == {"unreadable"}


def test_the_words_that_were_kept_are_compared(plain: Page) -> None:
    pretty = json.dumps(json.loads(WORDS), indent=2).encode()
    for kept in (WORDS, WORDS + b"\n", pretty, b"later", b" later\r\n"):
        assert agreed(plain, RECEIPT, words=kept) == set()
    for other in (b"", b"\xff\xfe", WORDS.replace("三".encode(), "四".encode()), b"\n"):
        assert agreed(plain, RECEIPT, words=other) == {"other_text"}


def test_witnesses_are_checked(plain: Page) -> None:
    note = Note.parse(THEN.note)
    seconds = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
    public = OTHER_KEY.public_key().public_bytes_raw()
    witness = str(Verifier("union.example", public, COSIGNATURE))
    for text, when, failed in (
        (note.text, seconds, set()),
        ("another text\n", seconds, {"bad_cosignature"}),
        (note.text, 1 << 40, {"bad_cosignature"}),
    ):
        mark = cosign(text, "union.example", OTHER_KEY, when)
        receipt = RECEIPT | {"checkpoint": str(Note(note.text, (*note.signatures, mark)))}
        assert agreed(plain, receipt, witnesses=[witness]) == failed
        assert agreed(plain, receipt) == set()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    return [path, *(deeper for key, one in inner for deeper in _paths(one, (*path, key)))]


@pytest.mark.parametrize("junk", [None, 7, -1, "", "AAAA", [], {}])
def test_junk_in_any_field_gets_the_same_verdict(plain: Page, junk: object) -> None:
    receipt = THEN.receipt(70)
    for path in _paths(receipt)[1:]:
        broken = copy.deepcopy(receipt)
        inner: Any = broken
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = junk
        agreed(plain, broken)


def test_the_test_vectors_of_rfc_8032_hold_and_a_changed_bit_does_not(plain: Page) -> None:
    script = "given => ed25519(...given.map(one => Uint8Array.from(one)))"
    for vector in VECTORS:
        key, message, signature = (list(bytes.fromhex(one)) for one in vector)
        assert plain.evaluate(script, [key, message, signature])
        for at in (0, 31, 32, 63):
            wrong = [*signature[:at], signature[at] ^ 1, *signature[at + 1 :]]
            assert not plain.evaluate(script, [key, message, wrong])
        order = 2**252 + 27742317777372353535851937790883648493
        s = int.from_bytes(bytes(signature[32:]), "little") + order  # malleable: refused, 5.1.7
        assert not plain.evaluate(script, [key, message, [*signature[:32], *s.to_bytes(32, "little")]])  # fmt: skip


def test_hashes_and_signatures_agree_with_those_of_python_on_random_input(plain: Page) -> None:
    chance = random.Random(20260303)
    lengths = [0, 1, 55, 56, 63, 64, 111, 112, 119, 127, 128, 129, 1000]
    for length in lengths:
        message = chance.randbytes(length)
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        given = [list(one) for one in (private.public_key().public_bytes_raw(), message, private.sign(message))]  # fmt: skip
        found = plain.evaluate(
            """given => { const [key, message, signature] = given.map(one => Uint8Array.from(one));
            return [hex(sha256(message)), hex(sha512(message)), ed25519(key, message, signature),
            ed25519(key, join(message, [0]), signature)]; }""",
            given,
        )
        assert found == [sha256(message).hexdigest(), sha512(message).hexdigest(), True, False]


def test_the_words_in_the_page_are_those_of_the_command(plain: Page) -> None:
    said = plain.evaluate("JSON.parse(document.getElementById('said').textContent)")
    assert said == {code: list(words) for code, words in SAID.items()}
    kinds = plain.evaluate("JSON.parse(document.getElementById('kinds').textContent)")
    assert kinds == {kind.name: [kind.zh, kind.en] for kind in KINDS.values()}


def _problems(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
        )
        found += [f"{scheme}: {one['id']} {one['nodes'][0]['html']}" for one in seen["violations"]]
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return found + ([f"{wide[0]} px wide"] if wide[0] > wide[1] else [])


def test_a_person_checks_a_receipt_and_reads_the_verdict(
    page: Page, language: str, tmp_path: Path
) -> None:
    chinese = language == "zh-hans"
    newer, proof = growth(GROWN)
    files = {
        "receipt": json.dumps(RECEIPT),
        "newer": "old 700\n" + "".join(f"{one}\n" for one in proof) + "\n" + newer,
        "words": WORDS.decode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    button = page.get_by_role("button", name="核验" if chinese else "Check", exact=True)
    status = page.get_by_role("status")
    button.click()
    assert (
        "请先选择回执文件" if chinese else "Choose the receipt file first"
    ) in status.inner_text()
    page.get_by_label("回执文件" if chinese else "Receipt file").set_input_files(
        tmp_path / "receipt"
    )
    button.click()
    page.locator("#result.open").wait_for()
    assert ("未获证明" if chinese else "is not proven") in status.inner_text()
    assert "since/700" in status.inner_text()
    assert _problems(page) == []
    page.get_by_label("日志公钥" if chinese else "The log’s key").fill(
        f"{verifier(OTHER_KEY)}\n{KEY_LINE}\n"
    )
    later = "日志后来的检查点" if chinese else "A later checkpoint"
    page.get_by_label(later).set_input_files(tmp_path / "newer")
    page.get_by_text("信的内容、见证人" if chinese else "The words, witnesses").click()
    words = "信的内容（letter.json）" if chinese else "The words of the letter"
    page.get_by_label(words).set_input_files(tmp_path / "words")
    button.click()
    page.locator("#result.proven").wait_for()
    shown = "从回执到第 1,100 条，日志只增不改" if chinese else "has only grown"
    assert shown in status.inner_text()
    assert _problems(page) == []
    page.get_by_role("button", name="English" if chinese else "中文").click()
    turned = "All is proven." if chinese else "全部证明成立。"
    assert turned in status.inner_text()
    assert page.locator("html").get_attribute("lang") == ("en" if chinese else "zh-Hans")
    assert _problems(page) == []
    (tmp_path / "another").write_text(json.dumps(changed(_redate)))
    page.locator("#receipt").set_input_files(tmp_path / "another")
    assert status.inner_text() == ""  # no verdict stays beside another file
    page.locator("button:not([type])").click()
    page.locator("#result.failed").wait_for()
    assert page.locator("li.failed").evaluate_all("all => all.map(one => one.dataset.code)") == ["altered"]  # fmt: skip
    assert _problems(page) == []


def test_a_proof_from_another_size_accuses_nobody(plain: Page) -> None:
    newer, proof = growth(GROWN, 610)
    text = "old 610\n" + "".join(f"{one}\n" for one in proof) + "\n" + newer
    found = plain.evaluate(
        "([receipt, text, key]) => verify(receipt, {key, ...parseNewer(text, receipt)})",
        [RECEIPT, text, KEY_LINE],
    )
    assert [one["code"] for one in found if one["state"] != "proven"] == ["no_consistency"]


def test_a_key_or_a_file_that_cannot_be_read_is_said(plain: Page, tmp_path: Path) -> None:
    (tmp_path / "receipt").write_text("{")
    plain.locator("#receipt").set_input_files(tmp_path / "receipt")
    button, status = (
        plain.get_by_role("button", name="Check", exact=True),
        plain.get_by_role("status"),
    )
    button.click()
    plain.get_by_text("The receipt file is not JSON.").wait_for()
    (tmp_path / "receipt").write_text(json.dumps(RECEIPT))
    plain.locator("#receipt").set_input_files(tmp_path / "receipt")
    plain.locator("#key").fill("letters.example/huiyin+00000000+AAAA")
    button.click()
    plain.get_by_text("The log’s key can’t be read").wait_for()
    assert "proven" not in status.inner_text().lower()


def unpacked(page: Page, text: str) -> Any:
    """Open the text of a receipt on the page and in Python; return what both make of it."""
    script = """text => { try { return unpack(text); }
        catch (error) { if (error instanceof Refused) return error.message; throw error; } }"""
    found = page.evaluate(script, text)
    try:
        expected: Any = unpack(text)
    except ReceiptError as error:
        expected = str(error)
    assert found == expected, text
    return found


def test_the_text_of_a_qr_code_opens_to_the_same_receipt_as_in_the_command(plain: Page) -> None:
    note = Note.parse(THEN.note)
    mark = cosign(note.text, "union.example", OTHER_KEY, 1_777_593_600)
    cosigned = RECEIPT | {"checkpoint": str(Note(note.text, (*note.signatures, mark)))}
    odd = [leaf("case.filed", MINE, FILED, 70, text="\ue000\U0001f600\n\x7f"), b'{"subject":"' + MINE.encode() + b'", "commit":{}}']  # fmt: skip
    texts = [pack(RECEIPT, 70), pack(RECEIPT, 610), pack(cosigned, 70)]
    for one in odd:
        receipt = PublicLog([one]).receipt(0)
        receipt["entries"][0]["openings"] = {}
        texts.append(pack(receipt, 0))
    for text in texts:
        found = unpacked(plain, text)
        assert found["huiyin_receipt"] == 1
        assert unpacked(plain, f" \ufeff{text[:100]}\r\n{text[100:]}\n") == found
        agreed(plain, found)
        for wrong in (text[:-1], text[4:], text + ".", "HY1:", "HY1:.", "hy1" + text[3:], text * 6):
            assert isinstance(unpacked(plain, wrong), str)


def test_texts_with_wrong_characters_or_bytes_are_refused_as_the_command_refuses_them(
    plain: Page,
) -> None:
    chance = random.Random(20260303)
    text = pack(RECEIPT, 70)
    raw = bytearray(base45.decode(text[4:-1]))
    refused = 0
    for _turn in range(150):
        at = chance.randrange(4, len(text) - 1)
        found = unpacked(
            plain, text[:at] + chance.choice(base45.ALPHABET + "a\x85") + text[at + 1 :]
        )
        refused += isinstance(found, str)
        broken = bytearray(raw)
        broken[chance.choice([0, *range(20, 70), *range(300, len(raw))])] ^= 1 << chance.randrange(
            8
        )
        refused += isinstance(unpacked(plain, f"HY1:{base45.encode(broken)}."), str)
        junk = chance.randbytes(chance.randrange(12))
        refused += isinstance(unpacked(plain, f"HY1:{base45.encode(junk)}."), str)
        head = bytes([0x80 + chance.randrange(32)]) + junk
        refused += isinstance(unpacked(plain, f"HY1:{base45.encode(head)}."), str)
    assert refused > 300


def test_a_person_pastes_the_text_of_a_qr_code_or_chooses_a_file_of_it(
    page: Page, language: str, tmp_path: Path
) -> None:
    chinese = language == "zh-hans"
    button = page.get_by_role("button", name="核验" if chinese else "Check", exact=True)
    status = page.get_by_role("status")
    box = page.get_by_label("或者纸上二维码里的文字" if chinese else "Or the text of the QR code")
    text = pack(RECEIPT, 70)
    box.fill(text[:300])
    button.click()
    page.locator("#result.failed").wait_for()
    assert ("请重新扫描" if chinese else "Scan it again") in status.inner_text()
    box.fill(text)
    assert status.inner_text() == ""
    page.get_by_label("日志公钥" if chinese else "The log’s key").fill(KEY_LINE)
    button.click()
    page.locator("#result.open").wait_for()
    assert page.locator("#result li").evaluate_all("all => all.map(one => one.dataset.code)") == [
        "key_pinned",
        "letter",
        "not_compared",
    ]
    assert _problems(page) == []
    (tmp_path / "scanned.txt").write_text(text + "\n", encoding="utf-8")
    page.locator("#receipt").set_input_files(tmp_path / "scanned.txt")
    button.click()
    assert ("请清空其中一项" if chinese else "clear one of them") in status.inner_text()
    box.fill("")
    newer, proof = growth(GROWN)
    since = "old 700\n" + "".join(f"{one}\n" for one in proof) + "\n" + newer
    (tmp_path / "newer").write_text(since, encoding="utf-8")
    page.locator("#newer").set_input_files(tmp_path / "newer")
    button.click()
    page.locator("#result.proven").wait_for()


def test_a_receipt_under_an_older_key_is_compared_with_a_log_under_the_new_one(
    plain: Page, tmp_path: Path
) -> None:
    newer, proof = growth(PublicLog([*leaves(), *LATER], key=OTHER_KEY))
    other = str(verifier(OTHER_KEY))
    given = {"key": KEY_LINE, "newer": newer, "newerKey": other, "consistency": proof}
    found = plain.evaluate("([receipt, given]) => verify(receipt, given)", [RECEIPT, given])
    assert {one["state"] for one in found} == {"proven"}
    (tmp_path / "receipt").write_text(json.dumps(RECEIPT), encoding="utf-8")
    since = "old 700\n" + "".join(f"{one}\n" for one in proof) + "\n" + newer
    (tmp_path / "newer").write_text(since, encoding="utf-8")
    for name in ("receipt", "newer"):
        plain.locator(f"#{name}").set_input_files(tmp_path / name)
    plain.locator("#key").fill(f"{other}\n{KEY_LINE}\n")
    plain.get_by_role("button", name="Check", exact=True).click()
    plain.locator("#result.proven").wait_for()
