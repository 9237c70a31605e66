"""The portal as a person without JavaScript uses it: press a button of the page that was shown."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import Cast


class _Inputs(HTMLParser):
    """Collects what a browser would send with each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.actions: list[str] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self.actions.append(given.get("action", ""))
        if not self.forms:
            return
        here = self.forms[-1]
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"radio", "checkbox"} and "checked" not in given:
                return
            if kind != "file":
                here.setdefault(name, []).append(
                    given.get("value", "on" if kind == "checkbox" else "")
                )
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            here.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            here.setdefault(name, []).append("")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            here = self.forms[-1][self._area]
            here[-1] = here[-1].removeprefix("\n").removeprefix("\r\n")
            self._area = ""


@dataclass
class Person:
    """Somebody at a browser: `page` is the last answer."""

    client: Client
    page: HttpResponse | None = None
    typed: dict[str, object] = field(default_factory=dict)

    def go(self, path: str) -> HttpResponse:
        self.page = self.client.get(path, follow=True)
        return self.page

    def form(self, has: str) -> tuple[str, dict[str, list[str]]]:
        """Return action and answers of the form of this page that has a field of that name."""
        assert self.page is not None
        found = _Inputs()
        found.feed(self.text)
        return next(
            (action or self.page.request["PATH_INFO"], values)
            for action, values in zip(found.actions, found.forms, strict=True)
            if has in values
        )

    def send(self, has: str = "step", **typed: object) -> HttpResponse:
        """Fill in the form that has a field of that name, and send it."""
        action, values = self.form(has)
        self.page = self.client.post(action, {**values, **typed}, follow=True)
        return self.page

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.content.decode()

    @property
    def words(self) -> str:
        """The page without its tags."""
        return html.unescape(re.sub(r"<[^>]+>", " ", self.text))

    @property
    def code(self) -> str:
        """The receipt code that the page shows."""
        groups = re.search(r'<ol class="groups">(.*?)</ol>', self.text, re.S)
        assert groups, "no receipt code on the page"
        return "-".join(re.findall(r"<li>(\w{4})</li>", groups[1]))


@pytest.fixture
def person(cast: Cast) -> Person:
    return Person(Client(headers={"accept-language": "en"}))


TITLE = "Overtime of May not paid"
TEXT = "Our shift worked eleven nights in May.\nNone of it was paid."


def write(person: Person, **changes: object) -> Person:
    """Go through the steps up to the last one, which is shown; `changes` by field name."""
    person.go("/file/")
    person.send(title=changes.pop("title", TITLE), text=changes.pop("text", TEXT), go="next")
    person.send(
        go="next",
        **{
            name: changes.pop(name)
            for name in ("place_unit", "place", "category", "complained")
            if name in changes
        },
    )
    naming = changes.pop("naming", "anonymous")
    person.send(go="next", naming=naming, phrase=changes.pop("phrase", ""))
    if naming != "anonymous":
        person.send(go="next", **changes)
    return person
