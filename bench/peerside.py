"""What one does at the peer's pages: send a ticket, look at the list, search."""

from __future__ import annotations

import re
from urllib.parse import quote

from client import Browser, UnexpectedAnswerError, path_of
from texts import letter

SUBMIT = "/tickets/submit/"
LIST = "/tickets/"
ROWS = 25
DATA = re.compile(rb'"url": "(/datatables_ticket_list/[^"]*)"')


def submit(browser: Browser, number: int) -> None:
    """A new person opens the form and sends it; the peer answers with a redirect to the ticket."""
    browser.forget()
    text = letter(number)
    form = browser.get(SUBMIT).expect(200)
    answer = browser.post_parts(
        SUBMIT,
        {
            "csrfmiddlewaretoken": form.token(),
            "queue": "1",
            "title": text.title,
            "body": text.text,
            "priority": "3",
            "submitter_email": f"writer{number}@example.org",
        },
    )
    if "ticket=" not in path_of(answer.expect(302).header("location")):
        raise UnexpectedAnswerError("no ticket came back")


def rows_path(page: bytes) -> str:
    """Where the list's page fetches its first rows from, as its own script asks for them."""
    found = DATA.search(page)
    if not found:
        raise UnexpectedAnswerError("the list names no source of rows")
    columns = "&".join(f"columns[{n}][data]={n}" for n in range(12))
    return f"{found[1].decode()}?draw=1&{columns}&start=0&length={ROWS}&search[value]="


def worklist(browser: Browser, number: int) -> None:
    """The list of tickets, as staff sees it: the page, then the rows that it fetches."""
    page = browser.get(LIST).expect(200)
    rows = browser.get(rows_path(page.body)).expect(200)
    if rows.body.count(b'"ticket"') != ROWS:
        raise UnexpectedAnswerError(f"not {ROWS} rows: {rows.body[:300]!r}")


def search(word: str, browser: Browser) -> int:
    """Search the tickets as staff does; return how many the peer says that there are."""
    page = browser.get(f"{LIST}?q={quote(word)}").expect(200)
    rows = browser.get(rows_path(page.body)).expect(200)
    found = re.search(rb'"recordsFiltered":\s*(\d+)', rows.body)
    if not found or int(found[1]) == 0:
        raise UnexpectedAnswerError(f"nothing found for {word}")
    return int(found[1])
