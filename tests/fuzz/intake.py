"""What a fuzzer calls for letters from elsewhere: plain functions of bytes.

Each returns for whatever is refused by name, and raises for everything else.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from huiyin.importing.mapping import load
from huiyin.importing.rows import Letter, Reader
from huiyin.importing.sheets import BadSheet, read_table
from huiyin.kernel.given import clean
from huiyin.mailing.message import TooManyParts, parse

LETTERS = load("letters")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def fuzz_mail(data: bytes) -> None:
    """Read bytes as a message: what is read can be kept as UTF-8 and once cleaned stays clean."""
    try:
        mail = parse(data)
    except TooManyParts:
        return
    for text in (mail.subject, mail.name, mail.address, mail.message_id, *mail.untaken):
        text.encode()
        assert "\n" not in text
    kept = clean(mail.text)
    kept.encode()
    assert clean(kept) == kept
    assert mail.address == "" or mail.address.count("@") == 1
    assert all(isinstance(each.data, bytes) for each in mail.attachments)


def fuzz_sheet(data: bytes) -> None:
    """Read bytes as a spreadsheet: each row is a letter, or is told by its row."""
    reader = Reader(LETTERS, ZoneInfo("Asia/Shanghai"), NOW, [], [])
    try:
        table = read_table(data, LETTERS.needed())
        reader.since_1904 = table.since_1904
        for number, cells in table.rows:
            read = reader.read(number, cells)
            assert isinstance(read, Letter) or (read and all(each.row == number for each in read))
    except BadSheet as error:
        assert error.code  # noqa: PT017 - every refusal has its name
