"""Messages are read whatever is wrong with them; machines are told from people."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.mailing.message import parse, text_of_html
from tests.support.mail import message


def test_sender_subject_and_text_are_read() -> None:
    mail = parse(message())
    assert (mail.name, mail.address, mail.subject) == ("赵六", "zhao@example.org", "工资")
    assert mail.text == "机械厂三个月没有发工资。"
    assert mail.answerable
    assert mail.chinese


@pytest.mark.parametrize(
    ("headers", "answerable", "automatic"),
    [
        ({"Auto_Submitted": "auto-replied"}, False, True),
        ({"Auto_Submitted": "auto-generated"}, False, False),
        ({"Auto_Submitted": "no"}, True, False),
        ({"Precedence": "bulk"}, False, False),
        ({"Precedence": "auto_reply"}, False, True),
        ({"List_Id": "<all.example.org>"}, False, False),
        ({"Return_Path": "<>"}, False, True),
        ({"X_Huiyin": "receipt"}, False, True),
        ({"From": "MAILER-DAEMON@example.org"}, False, False),
        ({"From": "no-reply@example.org"}, False, False),
        ({"From": "nobody at all"}, False, False),
    ],
)
def test_machines_get_no_answer(headers: dict[str, str], answerable: bool, automatic: bool) -> None:
    mail = parse(message(**headers))
    assert (mail.answerable, mail.automatic) == (answerable, automatic)


def test_the_text_of_a_page_is_taken_without_its_scripts() -> None:
    page = "<head><title>t</title></head><p>三个月<b>没有</b>发工资</p><script>alert(1)</script><p>请查</p>"
    assert text_of_html(page) == "三个月没有发工资\n请查"
    assert text_of_html("<head><p>没有关上的头") == "没有关上的头"


def test_a_text_in_an_old_or_unknown_character_set_is_read() -> None:
    head = b"From: a@example.org\nSubject: x\nContent-Type: text/plain; charset="
    body = b"\nContent-Transfer-Encoding: 8bit\n\n"
    assert parse(head + b"gb2312" + body + "没有发工资".encode("gb2312")).text == "没有发工资"
    assert parse(head + b"no-such" + body + "没有发工资".encode()).text == "没有发工资"


def test_attachments_are_taken_with_their_names() -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.org"
    mail.set_content("见附件中的工资条。")
    mail.add_attachment(b"12", maintype="application", subtype="pdf", filename="工资.pdf")
    (found,) = parse(mail.as_bytes()).attachments
    assert (found.name, found.data) == ("工资.pdf", b"12")


@given(st.binary(max_size=600))
def test_no_bytes_whatever_make_it_fail(raw: bytes) -> None:
    parse(raw)
    parse(b"From: a@example.org\nSubject: " + raw)
    parse(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw + b"\n--b--")
    parse(b"Content-Type: text/html; charset=utf-8\n\n" + raw)
