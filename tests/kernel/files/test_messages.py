from typing import get_args

import pytest

from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.verdict import Code, FileRefused


@pytest.mark.parametrize("code", get_args(Code))
def test_each_refusal_is_explained_in_words(code):
    text = explain(FileRefused(code, {"size_allowed": 10 * 1024 * 1024, "files_allowed": 20}))
    assert text.endswith((".", "。"))
    assert "_" not in text
    assert "%" not in text


def test_no_two_refusals_read_alike():
    assert len({explain(FileRefused(code)) for code in get_args(Code)}) == len(get_args(Code))


def test_a_limit_is_named_in_megabytes():
    assert "10" in explain(FileRefused("too_large", {"size_allowed": 10 * 1024 * 1024}))


def test_an_iphone_photo_is_told_what_to_do():
    assert "HEIC" in explain(FileRefused("type_not_allowed", {"found": "heic"}))
