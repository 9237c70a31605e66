"""What goes wrong at a screen: nothing typed is lost, nothing is done twice."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from huiyin.kernel.vault import codes
from tests.browser.conftest import LOCALES, Opened
from tests.browser.looking import Looking
from tests.browser.people import Staff, Writer
from tests.browser.service import serving
from tests.support import demonstration

TITLE, TEXT = "宿舍热水时有时无", "三号宿舍楼热水每天只有半小时，问过两次没有答复。"


def files_quickly(writer: Writer, title: str = TITLE, text: str = TEXT, **where: str) -> None:
    """File an anonymous letter and keep its code."""
    writer.tells(title, text)
    writer.says_where(**where)
    writer.stays_anonymous()
    writer.sends()


def wrong_code_for(code: str) -> str:
    """Return a rightly formed code for the same letter that does not open it."""
    right = codes.parse(code)
    return str(codes.ReceiptCode(right.locator, codes.new_code().secret))


def test_an_error_keeps_the_draft_and_leads_to_its_field(opened: Opened, size: str) -> None:
    writer = Writer(opened(size=size))
    writer.go("/file/")
    writer.fill("What is it about, in one line?", TITLE)
    writer.press("Continue")
    summary = writer.page.get_by_role("alert")
    expect(summary).to_contain_text(writer.words("There is a problem"))
    summary.get_by_role("link", name=writer.words("Write what happened")).click()
    expect(writer.field("What happened?")).to_be_focused()
    expect(writer.field("What is it about, in one line?")).to_have_value(TITLE)


def test_going_back_and_forth_loses_nothing(opened: Opened, size: str) -> None:
    writer = Writer(opened(size=size))
    writer.tells(TITLE, TEXT)
    writer.says_where(place="三号宿舍楼")
    writer.press("Back")
    expect(writer.page.locator("[name=place]")).to_have_value("三号宿舍楼")
    writer.press("Back")
    expect(writer.field("What happened?")).to_have_value(TEXT)
    for _ in range(2):
        writer.press("Continue")
    writer.stays_anonymous()
    writer.sees(TEXT)


def test_a_form_sent_twice_is_one_letter_with_one_receipt(opened: Opened, size: str) -> None:
    writer, clerk = Writer(opened(size=size)), Staff(opened(size=size))
    title = f"重复提交的来信{size}"
    writer.tells(title, TEXT)
    writer.says_where()
    writer.stays_anonymous()
    writer.page.get_by_role("button", name=writer.words("Send the letter")).dblclick()
    writer.reads_code()
    first = writer.code
    writer.page.reload()  # the browser sends the form once more
    writer.heading("This letter was already received")
    writer.reads_code()
    assert writer.code == first
    clerk.signs_in("ys.clerk")
    clerk.go(f"/staff/letters/?words={title}&order=newest")
    expect(clerk.page.get_by_role("link", name=title)).to_have_count(1)


def test_a_wrong_code_and_an_unknown_one_get_the_same_words(opened: Opened, size: str) -> None:
    writer = Writer(opened(size=size))
    files_quickly(writer)
    said = []
    for code in (wrong_code_for(writer.code), str(codes.new_code())):
        writer.opens_letter(code)
        summary = writer.page.get_by_role("alert")
        expect(summary).to_be_visible()
        said.append(summary.inner_text())
    assert said[0] == said[1]
    writer.opens_letter()
    writer.heading_is(TITLE)


def test_after_too_many_wrong_codes_or_passwords_the_page_says_what_to_do(
    opened: Opened, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On a service of its own: the counts are kept for everyone in the same network."""
    own = tmp_path / "own"
    demonstration.copy(tmp_path_factory, own)
    with serving(own) as address:
        writer = Writer(opened(size="telephone", base=address))
        files_quickly(writer)
        wrong = wrong_code_for(writer.code)
        for _ in range(21):
            writer.opens_letter(wrong)
        for language in LOCALES:
            other = Writer(opened(language, base=address), language)
            other.opens_letter(wrong)
            other.sees_words("Too many wrong codes")
            assert Looking(language).problems(other.page, "too many codes") == []
        guesser = Staff(opened(base=address))
        guesser.go("/staff/")
        for _ in range(7):
            guesser.enters("ys.clerk", "a wrong password")
        for language in LOCALES:
            guesser = Staff(opened(language, base=address), language)
            guesser.signs_in("ys.clerk", "a wrong password")
            guesser.heading("Too many wrong sign-ins")
            assert Looking(language).problems(guesser.page, "too many sign-ins") == []
        writer.opens_letter()  # who holds the right code is never kept out
        writer.heading_is(TITLE)


def test_what_was_being_written_when_the_letter_closed_by_itself_goes_on(
    opened: Opened, size: str
) -> None:
    writer = Writer(opened(size=size))
    files_quickly(writer)
    writer.opens_letter()
    writer.follow("Write in this letter")
    writer.page.locator("textarea").fill("补充：今天早上又没有热水。")
    writer.page.context.clear_cookies(name="letter")
    writer.press("Send")
    writer.heading("Please enter your receipt code again")
    writer.fill("Receipt code", writer.code)
    writer.press("Open my letter")
    writer.sees("补充：今天早上又没有热水。")


def test_whose_sign_in_ended_signs_in_again_and_loses_nothing_that_was_typed(
    opened: Opened, size: str
) -> None:
    writer, clerk = Writer(opened(size=size)), Staff(opened(size=size))
    files_quickly(writer)
    clerk.signs_in("ys.clerk")
    clerk.opens(writer.locator)
    clerk.opens_move("Keep an internal note")
    clerk.page.context.clear_cookies(name="sessionid")
    clerk.page.locator("textarea").fill("已电话核实楼号。")
    clerk.press("Keep the note")
    clerk.heading("Please sign in again")
    assert Looking("zh-hans").problems(clerk.page, "signing in again") == []
    with clerk.page.expect_popup() as window:
        clerk.follow("Sign in (opens in a new window)")
    Staff(window.value).enters("ys.clerk")
    window.value.close()
    clerk.press("Show what I wrote")
    clerk.heading("Keep an internal note")
    expect(clerk.page.locator("textarea")).to_have_value("已电话核实楼号。")
    clerk.press("Keep the note")
    clerk.recorded()
    clerk.sees("已电话核实楼号。")


def test_two_clerks_at_once_the_second_is_told_and_keeps_what_was_written(
    opened: Opened, size: str
) -> None:
    writer = Writer(opened(size=size))
    first, second = Staff(opened(size=size)), Staff(opened(size=size))
    files_quickly(writer)
    for one in (first, second):
        one.signs_in("ys.clerk")
        one.opens(writer.locator)
        one.opens_move("Forward the letter")
        one.page.get_by_role("radio", name="物业公司", exact=True).check()
    first.page.locator("textarea").fill("宿舍归物业公司管理。")
    first.press("Forward")
    first.recorded()
    second.page.locator("textarea").fill("宿舍热水由物业公司负责。")
    second.press("Forward")
    expect(second.page.get_by_role("alert")).to_contain_text(second.words("Forwarded to a unit"))
    expect(second.page.locator("textarea")).to_have_value("宿舍热水由物业公司负责。")
    second.opens(writer.locator)
    second.sees("宿舍归物业公司管理。")
    second.sees_no("宿舍热水由物业公司负责。")
