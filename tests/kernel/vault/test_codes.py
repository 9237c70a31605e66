import math
from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel.vault import codes
from huiyin.kernel.vault.codes import ALPHABET, BadCode, BadPhrase, ReceiptCode

PEPPER = b"p" * 32
a_code = st.builds(
    ReceiptCode,
    st.text(ALPHABET, min_size=8, max_size=8),
    st.text(ALPHABET, min_size=22, max_size=22),
)


@given(a_code)
def test_a_code_that_is_written_out_is_read_back(code: ReceiptCode) -> None:
    assert codes.parse(str(code)) == code


def test_the_secret_has_at_least_a_hundred_random_bits() -> None:
    assert codes.SECRET_SYMBOLS * math.log2(len(set(ALPHABET))) >= 100
    drawn = [codes.new_code() for _ in range(400)]
    assert len({code.secret for code in drawn}) == len({code.locator for code in drawn}) == 400
    for place in range(codes.SECRET_SYMBOLS):
        # Of 32 symbols drawn 400 times, one that is missing has odds of 3 in a million.
        assert len({code.secret[place] for code in drawn}) >= 30


@settings(max_examples=25, deadline=None)
@given(a_code)
def test_every_single_wrong_symbol_is_refused(code: ReceiptCode) -> None:
    whole = str(code).replace("-", "")
    for place, right in enumerate(whole):
        for wrong in ALPHABET:
            if wrong != right:
                with pytest.raises(BadCode, match="checksum"):
                    codes.parse(whole[:place] + wrong + whole[place + 1 :])


@settings(max_examples=25, deadline=None)
@given(a_code)
def test_every_swap_of_two_different_symbols_is_refused(code: ReceiptCode) -> None:
    whole = str(code).replace("-", "")
    for left, right in combinations(range(len(whole)), 2):
        if whole[left] != whole[right]:
            swapped = list(whole)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            with pytest.raises(BadCode, match="checksum"):
                codes.parse("".join(swapped))


@given(a_code, st.data())
def test_any_two_wrong_symbols_are_refused(code: ReceiptCode, data: st.DataObject) -> None:
    whole = list(str(code).replace("-", ""))
    places = data.draw(st.lists(st.integers(0, 31), min_size=2, max_size=2, unique=True))
    for place in places:
        whole[place] = data.draw(st.sampled_from(ALPHABET.replace(whole[place], "")))
    with pytest.raises(BadCode, match="checksum"):
        codes.parse("".join(whole))


@given(st.binary(min_size=32, max_size=40))
def test_a_seed_gives_one_code_and_a_changed_seed_another(seed: bytes) -> None:
    code = codes.code_from(seed)
    assert codes.parse(str(code)) == code == codes.code_from(seed)
    other = codes.code_from(bytes([seed[0] ^ 1]) + seed[1:])
    assert other.secret != code.secret


def test_a_seed_too_short_to_be_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        codes.code_from(bytes(31))


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.lower(),
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", "－"),
        lambda text: text.replace("-", "—"),
        lambda text: text.replace("-", "\u2009\n"),
        lambda text: f"  {text}\u200b\ufeff ",
        _full_width,
        lambda text: text.replace("0", "O"),
        lambda text: text.replace("0", "o"),
        lambda text: text.replace("1", "I"),
        lambda text: text.replace("1", "l"),
    ],
)
def test_a_code_is_understood_however_it_was_written_down(written) -> None:
    code = ReceiptCode("0123ABCD", "10101010EFGHJKMNPQRSTV")
    assert codes.parse(written(str(code))) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("ABCD", "length"),
        ("0" * 33, "length"),
        ("0" * 10_000, "length"),
        ("U" + "0" * 31, "character"),
        ("王" * 32, "character"),
        ("0" * 31 + "\x00", "character"),
        ("0" * 31 + "1", "checksum"),
    ],
)
def test_what_cannot_be_a_code_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadCode) as caught:
        codes.parse(text)
    assert caught.value.reason == reason


@given(st.text(max_size=300))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    with suppress(BadCode):
        assert len(codes.parse(text).locator) == 8


def test_a_locator_alone_is_read_as_leniently() -> None:
    assert codes.parse_locator(" o123-abcd ") == "0123ABCD"
    with pytest.raises(BadCode, match="length"):
        codes.parse_locator("0123")


def test_a_code_shown_in_a_log_hides_its_secret() -> None:
    code = codes.new_code()
    assert code.secret not in repr(code)


def test_the_stored_hash_needs_the_pepper_and_binds_the_locator() -> None:
    code = ReceiptCode("0123ABCD", "10101010EFGHJKMNPQRSTV")
    stored = codes.hash_secret(PEPPER, code)
    assert len(stored) == 32
    assert codes.same(stored, codes.hash_secret(PEPPER, code))
    assert not codes.same(stored, codes.hash_secret(b"q" * 32, code))
    assert not codes.same(stored, codes.hash_secret(PEPPER, ReceiptCode("0123ABCE", code.secret)))
    assert not codes.same(stored, codes.nothing(PEPPER))


def test_a_phrase_opens_however_it_is_typed_and_another_does_not() -> None:
    stored = codes.new_phrase_hash(PEPPER, "老屋门前，有三棵 Huai 树１２")
    assert stored.startswith("$argon2id$")
    assert len(stored) <= 200
    assert codes.phrase_matches(PEPPER, "老屋门前有三棵huai树12。", stored)
    assert not codes.phrase_matches(PEPPER, "老屋门前有四棵huai树12", stored)
    assert not codes.phrase_matches(b"q" * 32, "老屋门前，有三棵 Huai 树１２", stored)


def test_two_people_with_one_phrase_have_different_hashes() -> None:
    phrase = "the kettle sings at seven"
    assert codes.new_phrase_hash(PEPPER, phrase) != codes.new_phrase_hash(PEPPER, phrase)


def test_no_phrase_matches_where_none_was_chosen() -> None:
    assert not codes.phrase_matches(PEPPER, "", "")
    assert not codes.phrase_matches(PEPPER, "the kettle sings at seven", "")
    assert not codes.phrase_matches(PEPPER, "the kettle sings at seven", "damaged")


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("三棵老槐树", "short"),
        ("secret", "short"),
        ("", "short"),
        ("，。！？、；：“”（）—……《》·", "short"),
        ("13800000000 2026 1234", "digits"),
        ("１３８００００００００１２３４５６", "digits"),
        ("哈哈哈哈哈哈哈哈哈哈", "repeats"),
        ("abababababababababab", "repeats"),
        ("long phrase " * 20, "long"),
    ],
)
def test_a_phrase_that_is_too_easy_is_refused_with_its_reason(phrase: str, reason: str) -> None:
    with pytest.raises(BadPhrase) as caught:
        codes.check_phrase(phrase)
    assert caught.value.reason == reason


def test_the_shortest_good_phrases_pass() -> None:
    assert codes.check_phrase("我家门前有三棵树") == "我家门前有三棵树"
    assert codes.check_phrase("Seven kettles sing") == "sevenkettlessing"
