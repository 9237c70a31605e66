"""A name planted in a file is gone from the copy that is shown, or the writer is told that it may stay."""

import io
import zipfile

import docx
import openpyxl
import pytest

from huiyin.kernel.files.inspect import inspect
from tests.support.planted_files import (
    holds,
    word,
)
from tests.support.planted_office import EXCEL, WORD, noted
from tests.support.plants import PLANTED, SOUNDS


@pytest.mark.parametrize("place", PLANTED)
def test_a_planted_name_is_gone_or_told_of(place):
    make, name = PLANTED[place]
    data = make()
    assert holds(data)
    found = inspect(data, name)
    assert found.residue or not holds(found.clean)
    assert found.scrubbed or found.residue


@pytest.mark.parametrize("place", SOUNDS)
def test_a_name_beside_a_recording_is_gone_although_a_voice_may_stay(place):
    assert not holds(inspect(SOUNDS[place](), place).clean)


STAYING = {
    "a hidden section of an ODT", "a field of one's own of an ODT",
    "a metafile's description of a Word file", "a font of a Word file", "deleted text of a Word file",
    "hidden text of a Word file", "rows of a pivot table of an Excel file",
    "a hidden sheet of an Excel file", "a hidden column of an Excel file", "deleted text of an ODT",
    "notes in JPEG 2000 of a PDF", "a remark among drawing instructions of a PDF",
    "a photograph among drawing instructions of a PDF", "a hidden layer of a PDF",
}  # fmt: skip


@pytest.mark.parametrize("place", sorted(set(PLANTED) - STAYING - set(SOUNDS)))
def test_what_could_be_taken_out_is_not_told_of(place):
    make, name = PLANTED[place]
    assert not inspect(make(), name).residue


@pytest.mark.parametrize(
    "place", ["an embedded workbook's author of a Word file", "an object of an Excel file",
              "an object of an ODT", "an enclosed file of a PDF"]
)  # fmt: skip
def test_an_object_that_is_left_out_is_told_of(place):
    make, name = PLANTED[place]
    assert inspect(make(), name).remarks == ("object",)


def test_word_files_still_open_and_say_what_they_said():
    for place, make in WORD.items():
        if "prefix" not in place and "namespace" not in place:
            clean = inspect(make(), "a.docx").clean
            assert "strict" in place or docx.Document(io.BytesIO(clean)).element is not None
    kept = docx.Document(
        io.BytesIO(inspect(word("<w:p><w:r><w:t>三月工资</w:t></w:r></w:p>"), "a.docx").clean)
    )
    assert [paragraph.text for paragraph in kept.paragraphs] == ["正文", "三月工资"]


def test_spreadsheets_still_open_and_say_what_they_said():
    for make in EXCEL.values():
        clean = inspect(make(), "a.xlsx").clean
        with zipfile.ZipFile(io.BytesIO(clean)) as file:
            assert "加班" in file.read("xl/worksheets/sheet1.xml").decode()
    comment = (
        openpyxl.load_workbook(io.BytesIO(inspect(noted(), "a.xlsx").clean)).active["A1"].comment
    )
    assert comment.text.strip() == "见附件"


def test_a_bookmark_that_a_field_refers_to_keeps_its_name():
    body = (
        '<w:bookmarkStart w:id="1" w:name="wages"/><w:bookmarkEnd w:id="1"/>'
        '<w:p><w:fldSimple w:instr=" REF wages \\h "/></w:p>'
    )
    clean = inspect(word(body), "a.docx").clean
    with zipfile.ZipFile(io.BytesIO(clean)) as file:
        assert b'w:name="wages"' in file.read("word/document.xml")
