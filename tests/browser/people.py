"""Who sits before the screen, and what they do there, said as they would say it.

Everyone finds things as a person does: by the words of a button, a link, a label. Words are given
as msgids and looked for in the language of the page, so one journey can be made in both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from huiyin.demo.organisation import PASSWORD

CJK = re.compile("[\u4e00-\u9fff]")


def say(msgid: str, language: str, **values: object) -> str:
    """Return the words that a page in this language shows; a missing translation fails."""
    with translation.override(language):
        words = gettext(msgid)
    assert language == "en" or CJK.search(words), f"not translated: {msgid}"
    return words % values if values else words


@dataclass
class Person:
    """Somebody with a window of their own."""

    page: Page
    language: str = "zh-hans"

    def words(self, msgid: str, **values: object) -> str:
        return say(msgid, self.language, **values)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, msgid: str, *, within: Locator | None = None) -> None:
        name = self.words(msgid)
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, msgid: str, **values: object) -> None:
        self.page.get_by_role("link", name=self.words(msgid, **values)).first.click()

    def field(self, msgid: str) -> Locator:
        return self.page.get_by_label(self.words(msgid))

    def fill(self, msgid: str, text: str) -> None:
        self.field(msgid).fill(text)

    def tick(self, msgid: str) -> None:
        self.field(msgid).check()

    def choose(self, msgid: str, **values: object) -> None:
        self.page.get_by_role("radio", name=self.words(msgid, **values), exact=True).check()

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def sees_words(self, msgid: str, **values: object) -> None:
        self.sees(self.words(msgid, **values))

    def sees_no(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)

    def heading(self, msgid: str) -> None:
        self.heading_is(self.words(msgid))

    def heading_is(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def download(self, link: Locator) -> Path:
        with self.page.expect_download() as started:
            link.click()
        return started.value.path()


class Writer(Person):
    """Whoever writes a letter; `code` is their receipt code once they have it."""

    code: str = ""

    def tells(self, title: str, text: str) -> None:
        self.go("/file/")
        self.fill("What is it about, in one line?", title)
        self.fill("What happened?", text)
        self.press("Continue")

    def says_where(self, **chosen: str) -> None:
        """Choose options by their labels: place_unit, category, complained; or place in words."""
        for name, label in chosen.items():
            if name == "place":
                self.page.locator("[name=place]").fill(label)
            else:
                self.page.locator(f"select[name={name}]").select_option(label=label)
        self.press("Continue")

    def stays_anonymous(self) -> None:
        self.choose("Anonymous")
        self.press("Continue")

    def gives_name(self, phrase: str = "", **contact: str) -> None:
        self.choose("Named")
        self.fill("Recovery phrase", phrase)
        self.press("Continue")
        for name, value in contact.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.press("Continue")

    def attaches(self, *files: Mapping[str, Any]) -> None:
        self.page.locator("input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]
        self.press("Attach")
        for one in files:
            self.sees(one["name"])

    def sends(self) -> None:
        self.press("Send the letter")
        self.heading("Your letter has been received")
        self.reads_code()

    def reads_code(self) -> None:
        groups = self.page.locator("ol.groups li")
        expect(groups).to_have_count(8)
        self.code = "-".join(groups.all_inner_texts())

    @property
    def number(self) -> str:
        return self.code[:9]

    @property
    def locator(self) -> str:
        return self.number.replace("-", "")

    def saves_code(self) -> None:
        self.tick("I have saved the code where I alone find it")
        self.fill("The last four characters of the code, from your own copy", self.code[-4:])
        self.press("Continue")
        self.sees_words("The code is saved. You can close this page.")

    def opens_letter(self, code: str = "") -> None:
        self.go("/letter/")
        self.fill("Receipt code", code or self.code)
        self.press("Open my letter")

    def back_to_letter(self) -> None:
        self.go("/letter/case/")

    def does(self, link: str, button: str, text: str = "") -> None:
        """Follow one of "what you can do", write if there is something to say, and press."""
        self.back_to_letter()
        self.follow(link)
        if text:
            self.page.locator("textarea").fill(text)
        self.press(button)


@dataclass
class Staff(Person):
    """Whoever holds a post; `sessions` keeps the cookie of each who signed in before, by name."""

    sessions: dict[str, Any] = field(default_factory=dict)

    def becomes(self, name: str) -> None:
        """Be somebody else in this window, who signs in only the first time."""
        context = self.page.context
        context.clear_cookies()
        if name not in self.sessions:
            self.signs_in(name)
            self.page.wait_for_url(lambda url: urlsplit(url).path.startswith("/staff/"))
            kept = (cookie for cookie in context.cookies() if cookie.get("name") == "sessionid")
            self.sessions[name] = next(kept)
            context.clear_cookies()
        context.add_cookies([self.sessions[name]])

    def signs_in(self, name: str, password: str = PASSWORD) -> None:
        self.go("/staff/")
        self.enters(name, password)

    def enters(self, name: str, password: str = PASSWORD) -> None:
        """Fill in the page that asks who one is."""
        self.page.locator("input[name=login]").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.press("Sign in", within=self.page.locator("main"))

    def confirms(self, password: str = PASSWORD) -> None:
        """Type the password once more, where it is asked for."""
        self.page.locator("input[name=password]").fill(password)
        self.press("Confirm", within=self.page.locator("main"))

    def opens(self, locator: str) -> None:
        self.go(f"/staff/letters/{locator}/")

    def opens_move(self, title: str) -> None:
        nav = self.page.get_by_role("navigation", name=self.words("What can be done now"))
        nav.get_by_role("link", name=self.words(title), exact=True).click()

    def does(self, locator: str, title: str, button: str, text: str = "") -> None:
        """Open the letter, choose a move, write if there is something to say, and press."""
        self.opens(locator)
        self.opens_move(title)
        if text:
            self.page.locator("textarea").fill(text)
        self.press(button)
        self.recorded()

    def recorded(self) -> None:
        self.sees_words("This was recorded in the letter.")

    def answers(
        self,
        facts: str,
        ground: str,
        decision: str,
        promise: str = "",
        on: str = "",
        button: str = "Give the answer",
    ) -> None:
        for name, text in (("facts", facts), ("ground", ground), ("decision", decision)):
            self.page.locator(f"textarea[name={name}]").fill(text)
        if promise:
            self.page.locator("[name=what_1]").fill(promise)
            self.page.locator("[name=on_1]").fill(on)
        self.press(button)
        self.recorded()
