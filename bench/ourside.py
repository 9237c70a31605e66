"""What one does at our pages: send a letter, look at the worklist, search."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from client import Browser, UnexpectedAnswerError
from texts import letter

FILE = "/file/"
WORKLIST = "/staff/letters/"
SEED = re.compile(rb'name="seed" value="([^"]+)"')
CODE = re.compile(rb'<ol class="groups">(?:\s*<li>\w{4}</li>){8}')
ROW = re.compile(rb'href="/staff/letters/[0-9A-Z]{8}/"')
STEPS = ("matter", "place", "naming", "contact")


def _answers(number: int) -> dict[str, str]:
    """What the person of this number fills in: a named letter, its identity to be sealed."""
    text = letter(number)
    return {
        "title": text.title,
        "text": text.text,
        "place": "三号门旁",
        "naming": "named",
        "name": f"写信人{number}",
        "telephone": f"1390000{number % 10_000:04}",
        "email": f"writer{number}@example.org",
    }


def _carried(page: bytes) -> dict[str, str]:
    found = SEED.search(page)
    if not found:
        raise UnexpectedAnswerError("the form has no seed")
    return {"seed": html.unescape(found[1].decode())}


def submit(browser: Browser, number: int) -> None:
    """A new person opens the form and sends it whole; the answer shows the receipt code."""
    browser.forget()
    form = browser.get(FILE).expect(200)
    answer = browser.post_parts(
        FILE,
        {
            "csrfmiddlewaretoken": form.token(),
            "step": "send",
            "go": "next",
            **_carried(form.body),
            **_answers(number),
        },
    )
    if not CODE.search(answer.expect(200).body):
        raise UnexpectedAnswerError("no receipt code came back")


def submit_by_steps(browser: Browser, number: int) -> None:
    """The same, step by step, as a person without haste: one page and five posts."""
    browser.forget()
    page = browser.get(FILE).expect(200)
    carried = _carried(page.body)
    for step in (*STEPS, "send"):
        page = browser.post_parts(
            FILE,
            {
                "csrfmiddlewaretoken": page.token(),
                "step": step,
                "go": "next",
                **carried,
                **_answers(number),
            },
        ).expect(200)
    if not CODE.search(page.body):
        raise UnexpectedAnswerError("no receipt code came back")


def worklist(browser: Browser, number: int) -> None:
    """The letters of the unit and those below it, in order of due time: one page."""
    _rows(browser.get(WORKLIST).expect(200).body)


def search(word: str, browser: Browser) -> int:
    """Search the letters as staff does; return how many the first page shows."""
    return _rows(browser.get(f"/staff/search/?words={quote(word)}").expect(200).body)


def _rows(page: bytes) -> int:
    rows = len(set(ROW.findall(page)))
    if not rows:
        raise UnexpectedAnswerError("the page shows no letter")
    return rows
