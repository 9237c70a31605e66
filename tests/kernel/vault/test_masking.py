"""No receipt code gets through into a text, however it is typed; nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.given import clean
from huiyin.kernel.vault import codes
from huiyin.kernel.vault.masking import MASK, codes_in, mask

CODE = codes.parse("2RA0-R93R-RPY6-WAVV-Y1J7-0RKQ-JEA5-P5C3")
WHOLE = str(CODE)
BARE = WHOLE.replace("-", "")


@pytest.mark.parametrize(
    "typed",
    [
        WHOLE,
        WHOLE.lower(),
        WHOLE.replace("-", "–"),
        WHOLE.replace("-", "—"),
        WHOLE.replace("-", " - "),
        WHOLE.replace("-", " "),
        WHOLE.replace("-", "\u3000"),
        WHOLE.replace("-", ""),
        WHOLE.replace("-", "杠"),
        WHOLE.replace("-", "\n> > "),
        WHOLE[:20] + "\n" + WHOLE[20:],
        WHOLE.replace("0", "O").replace("1", "l"),
        WHOLE.replace("A", "А").replace("E", "Е"),  # Cyrillic letters
        "".join(chr(ord(each) + 0xFEE0) for each in WHOLE),  # full width
        WHOLE[:-1] + "7",  # one sign is wrong
        "\u200b".join(WHOLE),
    ],
)
def test_a_code_is_hidden_however_it_is_typed(typed: str) -> None:
    kept = clean(f"我的回执码是{typed}，请查。")
    assert kept == f"我的回执码是{MASK}，请查。"
    assert len(kept) <= len(f"我的回执码是{typed}，请查。")


@pytest.mark.parametrize(
    "text",
    [
        "d41d8cd98f00b204e9800998ecf8427e",  # MD5
        "合同号 1234-5678-9012-3456-7890-1234-5678-9012",
        "they said that them were here when your boss came back from work with lots more time",
        "The wages of March 2026 were not paid. " * 40,
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25",
        "d9b2d63d-a233-4123-847a-7e5a6e3f0b6c",
        "https://example.org/a/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert clean(text) == text.strip()


@pytest.mark.parametrize(
    "typed",
    [
        " ".join(BARE),
        "-".join(BARE[at : at + 5] for at in range(0, 32, 5)),
        WHOLE[:-3],  # its end is missing: what is left nearly opens the letter
    ],
)
def test_a_code_of_any_shape_is_hidden_where_its_number_is_a_letters(typed: str) -> None:
    known = {CODE.locator}
    assert mask(f"回执码 {typed}。", lambda some: known & set(some)) == f"回执码 {MASK}。"
    assert mask(f"回执码 {typed}。") == f"回执码 {typed}。"


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", "-", " ", "—", "·", "\r\n> "]))
def test_every_code_is_found_and_hidden(seed: bytes, between: str) -> None:
    code = codes.code_from(seed)
    typed = between.join(str(code).split("-"))
    text = f"三月没有发工资 {typed} 请查"
    assert code in codes_in(text)
    assert mask(text, lambda some: {code.locator} & set(some)).count(MASK) == 1
    assert not codes_in(clean(text))


@given(st.text())
def test_a_text_that_is_cleaned_is_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_characters_of_any_age_stay_and_signs_that_turn_the_order_go() -> None:
    new = "\U0001fadf\U0003134a\u200d\U000323b0"
    assert clean(f"工资{new}") == f"工资{new}"
    assert clean("invoice\u202efdp.exe\u2066x\u2069") == "invoicefdp.exex"
    assert clean("ئۇيغۇر\u200f تىلى") == "ئۇيغۇر\u200f تىلى"
    assert clean("一\r\n二\r三\u2028四\x00") == "一\n二\n三\n四"
