"""Filing what was read: all letters of a file in one transaction, or none."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.importing import sheets
from huiyin.importing.mapping import Mapping
from huiyin.importing.rows import Letter, Problem, Reader
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault.keys import ring
from huiyin.parts.cases import routing
from huiyin.parts.cases.actions import answering, forwarding, handling
from huiyin.parts.cases.actions.filing import Filed, Submission, file_case
from huiyin.parts.cases.models import Case, Category, Claim, ImportedNumber
from huiyin.parts.cases.suggest import category_line

GROUND = {"zh-hans": "原答复未单列依据", "en": "The original answer names no separate ground"}
DECISION = {"zh-hans": "以上为原答复全文", "en": "The above is the whole of the original answer"}
INTRODUCED = {"zh-hans": "原答复全文如下：", "en": "The original answer in full: "}


class Stopped(Exception):
    """The import was stopped; nothing of it is kept."""


@dataclass
class Checked:
    """What a dry run found: letters that can come in, those here already, what is wrong, and from
    which sheet with how many rows; `notes` are codes of messages.NOTES with details."""

    letters: list[Letter] = field(default_factory=list)
    known: list[Letter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sheet: str = ""
    rows: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)


def digest_of(number: str) -> bytes:
    """Return the keyed BLAKE2b (RFC 7693) under which a row's number is remembered."""
    return hashlib.blake2b(
        number.encode(), key=ring().pepper, digest_size=32, person=b"huiyin import"
    ).digest()


def check(path: Path, mapping: Mapping, now: datetime) -> Checked:
    """Read the whole file without writing anything; raise sheets.BadSheet."""
    reader = Reader(
        mapping,
        ZoneInfo(organisation().zone),
        now,
        [name for pair in Category.objects.values_list("code", "name") for name in pair],
        [name for pair in Unit.objects.values_list("code", "name") for name in pair],
    )
    found = Checked()
    table = sheets.open_table(
        path,
        mapping.needed(),
        encoding=mapping.encoding,
        sheet=mapping.sheet,
        heading=mapping.heading,
        separator=mapping.separator,
    )
    found.sheet, found.notes, reader.since_1904 = table.sheet, table.notes, table.since_1904
    for number, cells in table.rows:
        found.rows += 1
        read = reader.read(number, cells)
        if isinstance(read, Letter):
            found.letters.append(read)
        else:
            found.problems += read
    known = _known(found.letters)
    found.known = [one for one in found.letters if digest_of(one.number) in known]
    found.letters = [one for one in found.letters if digest_of(one.number) not in known]
    return found


def _known(letters: list[Letter]) -> set[bytes]:
    digests = [digest_of(one.number) for one in letters]
    known: set[bytes] = set()
    for start in range(0, len(digests), 500):
        some = ImportedNumber.objects.filter(digest__in=digests[start : start + 500])
        known |= {bytes(digest) for digest in some.values_list("digest", flat=True)}
    return known


class Places:
    """Categories and units by code or name, and who acts for a unit's post, looked up once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.categories: dict[str, Category] = {}
        for category in Category.objects.order_by("-id"):
            self.categories |= {category.name: category, category.code: category}
        self.units: dict[str, Unit] = {}
        for unit in Unit.objects.order_by("-id"):
            self.units |= {unit.name: unit, unit.code: unit}
        self.by_id = {unit.pk: unit for unit in self.units.values()}
        able = Post.objects.filter(role__in=forwarding.ANSWERING, closed_at__isnull=True)
        self.answering = set(able.values_list("unit_id", flat=True))
        self.claims = [
            routing.ClaimData(
                claim.unit_id,
                claim.category_id,
                len(category_line(claim.category)) if claim.category_id else 0,
                claim.place,
                claim.matter,
            )
            for claim in Claim.objects.select_related("category")
        ]

    def acting(self, post: Post) -> Acting:
        """Return the importing user, acting for the post: the trace names who really did it."""
        return Acting(self.user, post)


def submission(letter: Letter, mapping: Mapping, places: Places) -> Submission:
    """Return the letter as the filing takes it."""
    return Submission(
        title=letter.title,
        text=letter.text,
        naming=Case.Naming.NAMED if letter.identity else Case.Naming.ANONYMOUS,
        place=letter.place,
        category=places.categories.get(letter.category),
        identity=letter.identity,
        language=mapping.language,
    )


def answer_text(letter: Letter, language: str) -> answering.AnswerText:
    """Return an answer that was given elsewhere, in the parts that an answer has here."""
    return answering.AnswerText(
        f"{INTRODUCED[language]}\n{letter.answer}", GROUND[language], DECISION[language]
    )


def destination(letter: Letter, places: Places, here: int) -> Unit | None:
    """Return the unit to which a letter goes; None to leave it where it was received (`here`)."""
    if letter.unit:
        return places.units[letter.unit]
    category = places.categories.get(letter.category)
    found = routing.suggest(
        places.claims,
        categories=category_line(category),
        text="\n".join((letter.title, letter.text, letter.place)),
        place_unit=None,
        lines={},
    )
    best = next((one.unit for one in found if one.unit in places.answering), None)
    return None if best in {None, here} else places.by_id[best]


def file_one(letter: Letter, mapping: Mapping, places: Places, now: datetime) -> Filed:
    """File one letter. One that was answered elsewhere lives its life at the times of the file:
    received then, forwarded, accepted and answered when it was answered.
    """
    given = submission(letter, mapping, places)
    at = letter.received_at if letter.answered_at else now
    filed = file_case(
        given, channel=Case.Channel.IMPORT, now=at, received_at=letter.received_at, code_shared=True
    )
    ImportedNumber.objects.create(digest=digest_of(letter.number), case=filed.case)
    locator, answered = filed.case.locator, letter.answered_at
    owner = filed.case.owner
    unit = destination(letter, places, owner.unit_id) if answered or letter.unit else None
    if unit is not None:
        case = forwarding.forward(places.acting(owner), locator, unit, now=answered or now)
        owner = case.owner
    if answered is not None:
        handling.accept(places.acting(owner), locator, now=answered)
        text = answer_text(letter, mapping.language)
        answering.answer(places.acting(owner), locator, text, now=answered)
    return filed


@transaction.atomic
def commit(
    letters: Iterable[Letter],
    mapping: Mapping,
    *,
    user: User,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[tuple[str, str]]:
    """File all letters in one transaction; return each row's number with its receipt code.

    Raise Stopped when `stop` says so, with nothing kept; BadInput names the action's refusal.
    """
    places = Places(user)
    receipts = list(_filed(letters, mapping, places, now, progress, stop))
    ledger.append("import.done", subject="import", now=now, facts={"rows": len(receipts)})
    return receipts


def _filed(
    letters: Iterable[Letter],
    mapping: Mapping,
    places: Places,
    now: datetime,
    progress: Callable[[int], None],
    stop: Callable[[], bool],
) -> Iterator[tuple[str, str]]:
    for done, letter in enumerate(letters, 1):
        if stop():
            raise Stopped
        filed = file_one(letter, mapping, places, now)
        progress(done)
        yield letter.number, str(filed.code)
