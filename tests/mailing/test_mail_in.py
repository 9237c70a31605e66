"""A message becomes one letter; who sent it is sealed; the receipt goes back, once and to people."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core import mail as outgoing
from django.db import DatabaseError, connection

from huiyin.kernel.files.queries import files_of, read
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import case_of_code
from tests.support.doors import Door, code_in
from tests.support.mail import message


def test_a_message_is_a_letter_and_its_receipt_opens_it(door: Door) -> None:
    status, reply = door(message(), "--site", "https://letters.example.org")
    assert status == 0
    case = case_of_code(code_in(reply))
    assert (case.channel, case.naming, sealing.title(case)) == ("email", "named", "工资")
    assert reply is not None
    assert (reply["To"], reply["Auto-Submitted"]) == ("zhao@example.org", "auto-replied")
    assert reply["In-Reply-To"] == "<one@example.org>"
    assert "https://letters.example.org/letter/" in reply.get_content()
    assert "没有发工资" not in reply.get_content()
    assert SealedIdentity.objects.filter(subject=case.ref).exists()


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="looks into the rows as SQLite gives them"
)
def test_the_senders_address_is_in_no_row_of_the_database(door: Door) -> None:
    door(message())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert not any(
                    b"zhao@example" in (bytes(v) if isinstance(v, bytes) else str(v).encode())
                    for v in row
                ), table


def test_the_same_message_twice_is_one_letter(door: Door) -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.org"
    mail["Message-ID"] = "<two@example.org>"
    mail.set_content("见附件中的工资条，请核实。")
    mail.add_attachment("五月 5480\n".encode(), maintype="text", subtype="plain", filename="a.txt")
    first, second = door(mail.as_bytes())[1], door(mail.as_bytes())[1]
    assert code_in(first) == code_in(second)
    case = Case.objects.get()
    (kept,) = files_of(case.ref)
    assert read(kept, sealing.text_key(case)) == "五月 5480\n".encode()


def test_another_message_under_the_same_id_gets_no_ones_code(door: Door) -> None:
    first = door(message())[1]
    other = door(message(From="eve@example.org"))[1]
    assert code_in(first) != code_in(other)
    assert Case.objects.count() == 2


def test_a_refused_attachment_is_named_in_the_receipt(door: Door) -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.org"
    mail.set_content("见附件中的工资条，请核实。")
    mail.add_attachment(b"MZ" + bytes(99), maintype="application", subtype="x", filename="a.exe")
    reply = door(mail.as_bytes())[1]
    assert reply is not None
    assert "a.exe" in reply.get_content()
    assert Case.objects.count() == 1


def test_a_text_that_is_too_long_is_attached_whole(door: Door) -> None:
    door(message("没有发工资。" * 5000))
    case = Case.objects.get()
    (kept,) = files_of(case.ref)
    assert read(kept, sealing.text_key(case)).decode() == "没有发工资。" * 5000


@pytest.mark.parametrize(
    ("headers", "letters"),
    [({"Auto_Submitted": "auto-replied"}, 0), ({"X_Huiyin": "receipt"}, 0), ({"Precedence": "list"}, 1)],
)  # fmt: skip
def test_machines_are_not_answered(door: Door, headers: dict[str, str], letters: int) -> None:
    assert door(message(**headers)) == (0, None)
    assert Case.objects.count() == letters


def test_our_own_receipt_coming_back_is_no_letter(door: Door) -> None:
    reply = door(message())[1]
    assert reply is not None
    assert door(reply.as_bytes()) == (0, None)
    assert Case.objects.count() == 1


def test_a_message_without_words_is_told_so(door: Door) -> None:
    status, reply = door(message("", Subject=""))
    assert status == 0
    assert reply is not None
    assert reply["To"] == "zhao@example.org"
    assert not Case.objects.exists()


def test_the_receipt_is_sent_through_the_mail_backend(door: Door) -> None:
    status, printed = door(message(), "--send", "--from", "letters@example.org")
    assert (status, printed) == (0, None)
    (sent,) = outgoing.outbox
    assert (sent.to, sent.from_email) == (["zhao@example.org"], "letters@example.org")
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"


def test_a_database_that_is_away_makes_the_server_try_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr("huiyin.mailing.filing.file_case", away)
    assert door(message()) == (75, None)


def test_new_messages_of_a_maildir_are_taken_once(door: Door, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "mail")
    box.add(message())
    assert door(b"", "--maildir", str(tmp_path / "mail"))[0] == 0
    assert door(b"", "--maildir", str(tmp_path / "mail"))[0] == 0
    assert Case.objects.count() == 1
    assert len(list((tmp_path / "mail/cur").iterdir())) == 1
