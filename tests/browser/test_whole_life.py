"""A letter from the first word to its closing, as everyone who has to do with it sees it."""

from datetime import timedelta
from pathlib import Path

import docx
from django.utils import timezone
from pypdf import PdfReader

from tests.browser.conftest import Opened
from tests.browser.people import Staff, Writer
from tests.browser.pictures import photograph_with_place, place_in

FACTS = "工时记录与工资单核对，一至三月少计加班四十二小时。"
GROUND = "劳动法第四十四条。"
DECISION = "补发加班工资，并更正工时系统的取整方式。"
PROMISE = "补发一至三月加班工资"


def in_days(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


def text_of_pdf(path: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")


def text_of_docx(path: Path) -> str:
    return "".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def test_the_whole_life_of_a_letter(opened: Opened, size: str) -> None:
    writer = Writer(opened(size=size))
    clerk, owner = Staff(opened(size=size)), Staff(opened(size=size))
    reviewer, deputy = Staff(opened(size=size)), Staff(opened(size=size))

    # The writer tells what happened, gives a name that is sealed, and adds a photograph.
    writer.go("/")
    writer.page.locator("main").get_by_role("link", name="写信").click()
    writer.tells("加班工资少算", "装备制造公司装配线一月到三月的加班没有按记录计发，请核对并补发。")
    writer.says_where(place_unit="装备制造公司", category="工资福利")
    writer.gives_name(name="林小满", telephone="13900000017", address="南区三号楼")
    photograph = photograph_with_place()
    assert place_in(photograph)
    writer.attaches({"name": "工资条.jpg", "mimeType": "image/jpeg", "buffer": photograph})
    writer.sees("加班工资少算")
    writer.sees("林小满")
    writer.sends()
    writer.saves_code()
    writer.opens_letter()
    writer.heading_is("加班工资少算")

    # The reception forwards it to the unit that is suggested.
    clerk.signs_in("ys.clerk")
    clerk.opens(writer.locator)
    clerk.sees_no("林小满")
    clerk.opens_move("Forward the letter")
    suggested = clerk.page.get_by_role("radio").first
    suggested.check()
    clerk.press("Forward")
    clerk.recorded()

    # The owner accepts, asks, and the writer replies.
    owner.signs_in("equip.handler")
    owner.does(writer.locator, "Accept the letter", "Accept", "已经受理，正在核对工时。")
    owner.does(writer.locator, "Write to the writer", "Send", "请问三月的工资条有没有？")
    writer.back_to_letter()
    writer.sees("请问三月的工资条有没有？")
    writer.does("Write in this letter", "Send", "有，照片里就是三月的工资条。")
    owner.opens(writer.locator)
    owner.sees("有，照片里就是三月的工资条。")
    picture = owner.download(owner.page.get_by_role("link", name="工资条.jpg"))
    assert place_in(picture.read_bytes()) == {}

    # To pay, the name is needed: opening it takes a reason, which the writer sees.
    owner.sees_no("林小满")
    owner.opens_move("Open the sealed identity")
    owner.confirms()
    owner.page.locator("textarea").fill("补发工资需要核对工号和姓名。")
    owner.press("Open it now")
    owner.sees("林小满")
    owner.sees("13900000017")
    owner.opens(writer.locator)
    owner.sees_no("林小满")
    writer.back_to_letter()
    writer.sees("补发工资需要核对工号和姓名。")

    # The answer, with a promise, as a page and as an official letter.
    owner.opens_move("Give the written answer")
    owner.answers(FACTS, GROUND, DECISION, PROMISE, in_days(10))
    writer.back_to_letter()
    writer.follow("Read the answer")
    for said in (FACTS, GROUND, DECISION, PROMISE):
        writer.sees(said)
    pdf = writer.download(writer.page.get_by_role("link", name="PDF"))
    word = writer.download(writer.page.get_by_role("link", name="Word"))
    for whole in (text_of_pdf(pdf), text_of_docx(word)):
        assert FACTS in whole
        assert writer.locator in whole

    # The writer rates, and asks for a review by somebody who never touched the letter.
    writer.back_to_letter()
    writer.follow("Rate the handling and the outcome")
    for group, grade in (("How was your letter handled?", "4"), ("And what came of it?", "2")):
        scale = writer.page.get_by_role("group", name=writer.words(group))
        scale.get_by_role("radio", name=grade, exact=True).check()
    writer.press("Send the rating")
    writer.does("Ask for a review", "Ask for a review", "二月也少算了，答复没有提到。")
    reviewer.signs_in("ys.reviewer")
    reviewer.opens(writer.locator)
    reviewer.opens_move("Decide the review")
    reviewer.choose("The answer stands")
    reviewer.answers("二月工时已在核对范围之内。", GROUND, "维持原答复。", button="Decide")

    # And for the final one.
    writer.does("Ask for the final review", "Ask for a review", "请独立的人再看一次二月的记录。")
    deputy.signs_in("ys.deputy")
    deputy.opens(writer.locator)
    deputy.opens_move("Decide the review")
    deputy.choose("The answer stands")
    deputy.answers("逐日核对，二月无误。", GROUND, "维持复查决定。", button="Decide")
    writer.back_to_letter()
    writer.sees("逐日核对，二月无误。")

    # What was promised is done; the writer confirms it and is content; the letter closes.
    owner.opens(writer.locator)
    owner.opens_move("Report a promise as kept")
    owner.page.get_by_role("radio").first.check()
    owner.page.locator("textarea").fill("已随本月工资补发。")
    owner.press("Report")
    owner.recorded()
    writer.does("It is solved", "Yes, it is solved")
    writer.follow("Was it kept?")
    writer.choose("Yes")
    writer.press("Send")
    writer.back_to_letter()
    writer.sees_words("Closed")
    owner.opens(writer.locator)
    owner.sees_words("Closed")
