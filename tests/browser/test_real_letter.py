"""One real letter, written by somebody to a public body: filed and answered, its words unchanged.

The letters are not in the repository. A row is chosen by its number and never quoted.
"""

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import Opened
from tests.browser.people import Staff, Writer

LETTERS = Path(
    os.environ.get("HUIYIN_REAL_LETTERS", Path(__file__).parents[3] / "shared/data/letters")
)
SUBJECT, TEXT = "留言主题", "留言详情"
ROW = 12
DECISION = "按所反映的情况办理，两周内完成。"


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="package")
def real() -> tuple[str, str]:
    """Subject and text of the chosen row."""
    path = LETTERS / "letters.xlsx"
    if not path.exists():
        pytest.skip(f"no real letters at {path}: none is filed in a browser")
    sheet = load_workbook(path, read_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    names = [str(name) for name in next(rows)]
    row = dict(zip(names, [one for _, one in zip(range(ROW), rows, strict=False)][-1], strict=True))
    return str(row[SUBJECT]).strip()[:120], str(row[TEXT]).strip()


def test_a_real_letter_is_filed_and_answered_and_its_words_are_unchanged(
    opened: Opened, size: str, real: tuple[str, str]
) -> None:
    title, text = real
    writer, clerk = Writer(opened(size=size)), Staff(opened(size=size))
    owner = Staff(opened(size=size))
    writer.tells(title, text)
    writer.says_where()
    writer.stays_anonymous()
    writer.sends()

    clerk.signs_in("ys.clerk")
    clerk.opens(writer.locator)
    assert squeezed(text) in squeezed(clerk.page.locator("main").inner_text())
    clerk.opens_move("Forward the letter")
    clerk.page.get_by_role("radio", name="物业公司", exact=True).check()
    clerk.press("Forward")
    clerk.recorded()
    owner.signs_in("estate.handler")
    owner.does(writer.locator, "Accept the letter", "Accept")
    owner.opens_move("Give the written answer")
    owner.answers("已到现场核实所反映的情况。", "本单位来信办理规定第三条。", DECISION)

    writer.opens_letter()
    story = writer.page.locator("main ol.story p.letter").first
    assert story.text_content() == text.replace("\r", "")
    writer.follow("Read the answer")
    writer.sees(DECISION)
