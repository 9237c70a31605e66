"""Notes, checkpoints and cosignatures, byte for byte as C2SP writes them.

Expected lines are put together here from the specifications with hashlib, base64 and Ed25519 alone.
"""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger.notes import (
    COSIGNATURE,
    SIGNATURES,
    Checkpoint,
    Note,
    NoteError,
    Verifier,
    check,
    cosign,
    cosigned_by,
    open_checkpoint,
    sign,
    verifiers,
)

# RFC 8032, section 7.1, tests 1 and 2
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
OTHER_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
OTHER = Ed25519PrivateKey.from_private_bytes(OTHER_SEED)

ORIGIN, WITNESS = "log.example/huiyin", "union.example/witness"
ROOT = hashlib.sha256(b"root").digest()
TEXT = f"{ORIGIN}\n300\n{base64.b64encode(ROOT).decode()}\n"
LOG = Verifier(ORIGIN, PUBLIC)
OUTSIDE = Verifier(WITNESS, OTHER.public_key().public_bytes_raw(), COSIGNATURE)
SECONDS = 1_772_500_440

# The checkpoint with a cosignature that tlog-cosignature gives as its example.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""

# The note and the key with which Go's sumdb/note, the first implementation, documents the format.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def signed(text: str = TEXT, name: str = ORIGIN, key: Ed25519PrivateKey = KEY) -> str:
    return str(Note(text, (sign(text, name, key),)))


def cosigned() -> str:
    return str(Note(TEXT, (sign(TEXT, ORIGIN, KEY), cosign(TEXT, WITNESS, OTHER, SECONDS))))


def test_a_key_id_is_the_start_of_the_hash_of_name_newline_type_and_key() -> None:
    assert KEY.public_key().public_bytes_raw() == PUBLIC
    by_hand = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC).digest()[:4]
    assert LOG.key_id == by_hand
    witness = OTHER.public_key().public_bytes_raw()
    assert OUTSIDE.key_id == hashlib.sha256(WITNESS.encode() + b"\n\x04" + witness).digest()[:4]
    assert Verifier(ORIGIN, PUBLIC, COSIGNATURE).key_id != LOG.key_id


def test_a_key_line_is_name_id_and_typed_key() -> None:
    assert str(LOG) == f"{ORIGIN}+{LOG.key_id.hex()}+{b64(bytes([1]) + PUBLIC)}"
    for verifier in (LOG, OUTSIDE):
        assert Verifier.parse(str(verifier)) == verifier
        assert Verifier.parse(f"{verifier}\n") == verifier


def test_the_note_and_key_of_the_first_implementation_are_read_and_hold() -> None:
    verifier, note = Verifier.parse(GO_KEY), Note.parse(GO_NOTE)
    assert str(verifier) == GO_KEY
    assert str(note) == GO_NOTE
    assert check(note, verifier) == 0


def test_the_specification_s_example_is_read_and_written_back_the_same() -> None:
    note = Note.parse(EXAMPLE)
    assert str(note) == EXAMPLE
    found = Checkpoint.parse(note.text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert found.text() == note.text
    log, witness = note.signatures
    assert (log.key_id.hex(), len(log.value)) == ("033de0ae", 64)
    assert (witness.key_id.hex(), len(witness.value)) == ("8d66cf3f", 72)
    assert int.from_bytes(witness.value[:8], "big") == 1_679_315_147


def test_a_checkpoint_is_three_lines_an_empty_one_and_the_signature() -> None:
    assert Checkpoint(ORIGIN, 300, ROOT).text() == TEXT
    line = f"— {ORIGIN} {b64(LOG.key_id + KEY.sign(TEXT.encode()))}\n"
    assert signed() == f"{TEXT}\n{line}"
    assert open_checkpoint(signed(), LOG) == Checkpoint(ORIGIN, 300, ROOT)


def test_a_cosignature_signs_the_time_and_the_whole_text() -> None:
    message = f"cosignature/v1\ntime {SECONDS}\n{TEXT}".encode()
    value = SECONDS.to_bytes(8, "big") + OTHER.sign(message)
    line = f"— {WITNESS} {b64(OUTSIDE.key_id + value)}"
    assert str(cosign(TEXT, WITNESS, OTHER, SECONDS)) == line
    assert cosigned_by(cosigned(), [OUTSIDE]) == {WITNESS: SECONDS}
    assert cosigned_by(signed(), [OUTSIDE]) == {}


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_a_checkpoint_with_any_byte_changed_is_refused(flip: int) -> None:
    whole = signed().encode()
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]
        with pytest.raises((NoteError, UnicodeDecodeError)):
            open_checkpoint(changed.decode(), LOG)


def test_a_checkpoint_with_any_byte_missing_or_twice_is_refused() -> None:
    whole = signed().encode()
    for at in range(len(whole)):
        for changed in (whole[:at] + whole[at + 1 :], whole[:at] + whole[at : at + 1] + whole[at:]):
            with pytest.raises((NoteError, UnicodeDecodeError)):
                open_checkpoint(changed.decode(), LOG)


def test_a_cosignature_with_any_byte_changed_does_not_count() -> None:
    whole = cosigned().encode()
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        try:
            open_checkpoint(changed.decode(), LOG)
            held = cosigned_by(changed.decode(), [OUTSIDE])
        except (NoteError, UnicodeDecodeError):
            continue
        assert held == {}


def test_a_key_line_with_any_byte_changed_is_refused() -> None:
    whole = str(LOG).encode()
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(NoteError):
            Verifier.parse(changed.decode())


@pytest.mark.parametrize("size", [0, 1, 299, 301, 512])
def test_a_size_other_than_the_signed_one_is_refused(size: int) -> None:
    """A path alone does not fix the size (test_tree), the signature does."""
    with pytest.raises(NoteError, match="does not hold"):
        open_checkpoint(signed().replace("\n300\n", f"\n{size}\n"), LOG)


def test_a_signature_from_another_key_is_refused() -> None:
    with pytest.raises(NoteError, match="no signature"):
        open_checkpoint(signed(key=OTHER), LOG)
    forged = sign(TEXT, ORIGIN, OTHER)
    claimed = Note(TEXT, (type(forged)(ORIGIN, LOG.key_id, forged.value),))
    with pytest.raises(NoteError, match="does not hold"):
        open_checkpoint(str(claimed), LOG)


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused() -> None:
    text = TEXT.replace(ORIGIN, "other.example/log")
    with pytest.raises(NoteError, match=r"is of other\.example/log"):
        open_checkpoint(signed(text), LOG)


def test_signatures_of_unknown_keys_are_passed_over_even_with_a_known_name_or_id() -> None:
    mine = sign(TEXT, ORIGIN, KEY)
    same_id = type(mine)("stranger.example", mine.key_id, b"x" * 64)
    same_name = type(mine)(ORIGIN, b"\x00\x00\x00\x00", b"y" * 64)
    note = str(Note(TEXT, (same_id, same_name, mine)))
    assert open_checkpoint(note, LOG).size == 300
    theirs = type(mine)("stranger.example", OUTSIDE.key_id, b"z" * 72)
    assert cosigned_by(str(Note(TEXT, (mine, theirs))), [OUTSIDE]) == {}


def test_a_signature_is_not_a_cosignature_though_the_key_is_the_same() -> None:
    both = Verifier(ORIGIN, PUBLIC, COSIGNATURE)
    with pytest.raises(NoteError, match="no signature"):
        check(Note.parse(signed()), both)
    plain = sign(TEXT, ORIGIN, KEY)
    claimed = Note(TEXT, (type(plain)(ORIGIN, both.key_id, bytes(8) + plain.value),))
    with pytest.raises(NoteError, match="does not hold"):
        check(claimed, both)


@pytest.mark.parametrize("value", [b"x" * 64, b"x" * 71, b"x" * 73, b"\xff" * 72])
def test_a_cosignature_of_another_length_or_of_no_time_is_refused(value: bytes) -> None:
    line = type(sign(TEXT, ORIGIN, KEY))(WITNESS, OUTSIDE.key_id, value)
    with pytest.raises(NoteError, match=r"72 bytes|out of bounds"):
        check(Note(TEXT, (line,)), OUTSIDE)


def test_extension_lines_are_kept_signed_and_never_empty() -> None:
    text = f"{TEXT}one more line\n"
    found = open_checkpoint(signed(text), LOG)
    assert found.extensions == ("one more line",)
    assert found.text() == text
    with pytest.raises(NoteError, match="does not hold"):
        open_checkpoint(signed(text).replace("one more", "two more"), LOG)
    with pytest.raises(NoteError, match="not a checkpoint"):
        open_checkpoint(signed(f"{TEXT}\nafter an empty line\n"), LOG)


@pytest.mark.parametrize("size", ["", "03", "00", "-1", "+1", "1.0", "1e3", " 1", "1_0", "٣"])
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    with pytest.raises(NoteError, match="not a checkpoint"):
        Checkpoint.parse(TEXT.replace("\n300\n", f"\n{size}\n"))


@pytest.mark.parametrize("text", ["", "a\n", "a\n1\n", f"\n1\n{b64(ROOT)}\n", TEXT[:-1]])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="not a checkpoint"):
        Checkpoint.parse(text)


@pytest.mark.parametrize("root", [b"", ROOT[:-1], ROOT + b"x"])
def test_a_root_of_another_length_is_refused(root: bytes) -> None:
    with pytest.raises(NoteError, match=r"not a checkpoint|32 bytes"):
        Checkpoint.parse(f"{ORIGIN}\n300\n{b64(root)}\n")


def test_base64_that_is_not_the_shortest_spelling_is_refused() -> None:
    raw = b64(ROOT)
    assert raw.endswith("=")
    last = raw[-2]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = raw[:-2] + alphabet[alphabet.index(last) ^ 1] + "="
    assert base64.b64decode(twin) == ROOT
    for wrong in (twin, raw[:-1], raw + "=", f" {raw}", raw.replace("=", "-")):
        with pytest.raises(NoteError):
            Checkpoint.parse(f"{ORIGIN}\n300\n{wrong}\n")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\u00a0b", "a\tb", "a\nb"])
def test_a_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="not a verifier key"):
        Verifier(name, PUBLIC)
    with pytest.raises(NoteError, match="not a verifier key"):
        sign(TEXT, name, KEY)
    with pytest.raises(NoteError):
        Note.parse(f"{TEXT}\n— {name} {b64(b'idid' + b'x' * 64)}\n")


@pytest.mark.parametrize("key", [b"", b"\x01", bytes([1]) + PUBLIC[:-1], bytes([2]) + PUBLIC])
def test_a_key_of_another_length_or_type_is_refused(key: bytes) -> None:
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + key).digest()[:4].hex()
    with pytest.raises(NoteError):
        Verifier.parse(f"{ORIGIN}+{key_id}+{b64(key)}")


@pytest.mark.parametrize("control", ["\x00", "\t", "\r", "\x1f"])
def test_control_characters_are_refused(control: str) -> None:
    text = TEXT.replace("300", f"300\n{control}")
    with pytest.raises(NoteError, match="a note is a text"):
        Note.parse(signed(text))


def test_sixteen_signatures_are_read_and_a_flood_of_them_is_not() -> None:
    one = sign(TEXT, ORIGIN, KEY)
    assert len(Note.parse(str(Note(TEXT, (one,) * 16))).signatures) == 16
    with pytest.raises(NoteError, match="more than"):
        Note.parse(str(Note(TEXT, (one,) * (SIGNATURES + 1))))


def test_keys_stand_one_a_line_and_none_is_no_key() -> None:
    assert verifiers(f"{LOG}\n\n  {OUTSIDE}\n") == [LOG, OUTSIDE]
    for nothing in ("", "\n \n"):
        with pytest.raises(NoteError):
            verifiers(nothing)
    with pytest.raises(NoteError):
        verifiers(f"{LOG}\nno key")
