"""What an official letter and a receipt slip say: plain data, no layout.

A letter is addressed to a case's number, never to a name: whoever prints or forwards it learns
nothing of who wrote.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

LetterKind = Literal["answer", "accepted", "not_accepted", "extended", "review", "final_review"]
"""处理意见书, 受理告知书, 不予受理告知书, 延期告知书, 复查意见书, 复核意见书."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One remedy (整改承诺): what will be done, by when, by which post."""

    text: str
    due: date
    post: str = ""


@dataclass(frozen=True, slots=True)
class OfficialLetter:
    """One letter of an organisation in one case.

    `facts`, `ground` and `decision` may hold several paragraphs, one a line. `new_date` is the
    date that follows from the letter: until when an answer is due (accepted, extended). `review_by`
    is the last day to ask for the next review, `review_how` where and how; empty where there is
    none. `elsewhere` names places outside that remain open.
    """

    kind: LetterKind
    issuer: str
    number: str
    locator: str
    issued_on: date
    title: str = ""
    facts: str = ""
    ground: str = ""
    decision: str = ""
    new_date: date | None = None
    new_date_because: str = ""
    promises: tuple[Promise, ...] = ()
    review_how: str = ""
    review_by: date | None = None
    elsewhere: tuple[str, ...] = ()
    signing_post: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """The paper receipt (回执): a code, where to use it, until when one is owed a word.

    `code` is the whole receipt code, in groups set apart by hyphens; `qr_text` is what the QR
    code holds, as a rule the address of the page that asks for the code. Neither content nor
    name is among the fields. `proof` is the receipt of the letter's entry (kernel/ledger/paper.py)
    for a second page, where the writer wants it; `proof_address` of the page that checks it.
    """

    organisation: str
    locator: str
    code: str
    address: str
    qr_text: str
    filed_on: date
    owed_by: date | None = None
    contact: str = ""
    proof: str = ""
    proof_entry: int = 0
    proof_address: str = ""
