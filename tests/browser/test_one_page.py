"""What a page weighs, what it asks for, how it prints, and that a keyboard is enough."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Opened
from tests.browser.people import Staff, Writer
from tests.browser.printing import plain, printed

LIMIT = 100_000


def weight(page: Page, path: str) -> int:
    """Return how many bytes the page brings with it: bodies, uncompressed, and headers."""
    answers: list[Response] = []

    def came(one: Response) -> None:
        answers.append(one)

    page.on("response", came)
    page.goto(path, wait_until="networkidle")
    assert answers
    return sum(
        len(one.body()) + sum(len(name) + len(value) + 4 for name, value in one.headers.items())
        for one in answers
    )


@pytest.mark.parametrize("path", ["/", "/file/", "/letter/"])
def test_a_first_page_with_all_it_loads_weighs_under_100_kb(opened: Opened, path: str) -> None:
    assert weight(opened(size="telephone"), path) < LIMIT


def test_receipt_case_and_answer_print_without_what_is_only_for_the_screen(
    opened: Opened, language: str, tmp_path: Path, codes: dict[str, str]
) -> None:
    writer = Writer(opened(language), language)
    hidden = [writer.words("Follow my letter"), writer.words("Skip to the content")]

    writer.tells("打印出来的回执", "回执打印出来应当有回执码和日期。")
    writer.says_where()
    writer.stays_anonymous()
    writer.sends()
    due = writer.page.locator("details.deadline time").first.inner_text()
    receipt = printed(writer.page, tmp_path)
    assert writer.code.replace("-", "") in receipt
    assert plain(due) in receipt

    writer.opens_letter(codes["heating"])
    writer.heading_is("东片区顶楼暖气不热")
    dates = writer.page.locator("details.deadline time").all_inner_texts()
    case = printed(writer.page, tmp_path)
    assert codes["heating"][:9].replace("-", "") in case
    assert dates
    assert all(plain(date) in case for date in dates if date)

    writer.follow("Read the answer")
    writer.heading("The answer")
    answer = printed(writer.page, tmp_path)
    assert codes["heating"][:9].replace("-", "") in answer
    given_on = writer.page.locator("section.panel p.soft").first.inner_text()
    assert plain(given_on) in answer
    for sheet in (receipt, case, answer):
        for words in hidden:
            assert plain(words) not in sheet


def test_a_keyboard_alone_files_a_letter(opened: Opened, language: str) -> None:
    writer = Writer(opened(language), language)
    keys = writer.page.keyboard

    def reach(msgid: str, role: str) -> None:
        """Press Tab until the focus is on what has this name."""
        wanted = writer.page.get_by_role(role, name=writer.words(msgid)).first  # type: ignore[arg-type]
        for _ in range(60):
            keys.press("Tab")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        pytest.fail(f"the Tab key never reaches “{writer.words(msgid)}”")

    writer.go("/")
    keys.press("Tab")
    skip = writer.page.get_by_role("link", name=writer.words("Skip to the content"))
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    reach("Write a letter", "link")
    keys.press("Enter")
    reach("What is it about, in one line?", "textbox")
    keys.type("只用键盘写的信")
    reach("What happened?", "textbox")
    keys.type("没有鼠标也应当能写信。")
    reach("Continue", "button")
    keys.press("Enter")
    reach("Continue", "button")
    keys.press("Enter")
    reach("Anonymous", "radio")
    keys.press("Space")
    reach("Continue", "button")
    keys.press("Enter")
    reach("Send the letter", "button")
    keys.press("Enter")
    writer.heading("Your letter has been received")
    writer.reads_code()
    reach("I have saved the code where I alone find it", "checkbox")
    keys.press("Space")
    reach("The last four characters of the code, from your own copy", "textbox")
    keys.type(writer.code[-4:])
    keys.press("Enter")  # as in any form, this sends it
    writer.sees_words("The code is saved. You can close this page.")


def test_enter_in_a_field_goes_on_and_changes_no_language(opened: Opened, language: str) -> None:
    writer = Writer(opened(language), language)
    writer.go("/file/")
    writer.fill("What happened?", "没有鼠标也应当能写信。")
    writer.fill("What is it about, in one line?", "按回车继续")
    writer.page.keyboard.press("Enter")
    writer.heading("Where, and whom it is about")


def test_no_choice_above_the_list_of_letters_is_cut_off(
    opened: Opened, size: str, language: str
) -> None:
    clerk = Staff(opened(language, size), language)
    clerk.signs_in("ys.clerk")
    clerk.go("/staff/letters/")
    for name in ("view", "order"):
        has, needs = clerk.page.locator(f"#{name}").evaluate(
            """one => {
                const has = one.getBoundingClientRect().width;
                one.style.width = "max-content";
                return [has, one.getBoundingClientRect().width];
            }"""
        )
        assert has >= needs - 0.5, f"{name}: {has} px of {needs} px"
