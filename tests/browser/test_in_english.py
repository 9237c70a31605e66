"""A short life in English, by somebody who gives no name and runs no script."""

from tests.browser.conftest import Opened
from tests.browser.people import Staff, Writer


def test_an_anonymous_letter_in_english_without_javascript(opened: Opened, size: str) -> None:
    writer = Writer(opened("en", size, java_script_enabled=False), "en")
    clerk, owner = Staff(opened("en", size), "en"), Staff(opened("en", size), "en")

    writer.tells("No heating in the lobby", "The lobby of building five has been cold for a week.")
    writer.says_where(place="East area, building five", category="Heating")
    writer.stays_anonymous()
    writer.sees("No heating in the lobby")
    writer.sends()
    writer.saves_code()

    clerk.signs_in("ys.clerk")
    clerk.opens(writer.locator)
    clerk.opens_move("Forward the letter")
    clerk.page.get_by_role("radio", name="District Heating", exact=True).check()
    clerk.press("Forward")
    clerk.recorded()

    owner.signs_in("heat.handler")
    owner.does(writer.locator, "Accept the letter", "Accept")
    owner.opens_move("Give the written answer")
    owner.answers("A valve was stuck.", "The supply contract, article 6.", "It was replaced.")

    writer.opens_letter()
    writer.follow("Read the answer")
    writer.sees("A valve was stuck.")
    writer.does("It is solved", "Yes, it is solved")
    writer.back_to_letter()
    writer.sees_words("Closed")


def test_the_language_is_changed_with_one_press_and_what_was_typed_stays(
    opened: Opened, size: str
) -> None:
    writer = Writer(opened(size=size, java_script_enabled=False))
    writer.go("/file/")
    writer.fill("What is it about, in one line?", "加班工资少算")
    writer.page.get_by_role("button", name="English", exact=True).click()
    writer.language = "en"
    writer.heading("What happened")
    assert writer.field("What is it about, in one line?").input_value() == "加班工资少算"
