"""What people's mail programs really send is taken whole, or what is not taken is named."""

import mailbox
import os
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone, translation

from huiyin.kernel.files.queries import files_of, read, read_name
from huiyin.kernel.ledger import sequencer
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.vault.masking import MASK
from huiyin.mailing.message import parse
from huiyin.parts.cases import sealing
from huiyin.parts.cases.messages import NOTICES
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import story
from huiyin.web.staff import words
from huiyin.wiring import language_of_notices, notice_wording
from tests.cast import Cast
from tests.support.audits import audit
from tests.support.doors import Door, code_in
from tests.support.mail import message

CASES = Path(__file__).parent / "cases"
WAGES = "三月份的工资没有发，已经问过两次，没有人回答。"
NESTED = b"From: a@example.org\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
)


def case_file(name: str) -> bytes:
    (path,) = CASES.glob(f"{name}_*.eml")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "subject", "words"),
    [
        ("m01", "朱镕喆不退押金", "经办人朱镕喆收了押金两千元不退，地点在堃园小区。请查。"),
        ("m02", "wages", WAGES),
        ("m02b", "wages", WAGES),
        ("m03", "关于三月份工资没有按时足额发放的情况反映", "没有人回答"),
        ("m05", "楼道渗水", "请在本周内派人修理"),
        ("m08", "食堂卫生", "食堂的菜里有虫"),
        ("m13", "转发公司的通知", "公司通知：本月起不再支付加班费"),
        ("m16", "工资对照表", "1月 | 4800 | 4100"),
        ("m22", "wages", "三月份的工资没有发"),
    ],
)
def test_subject_and_words_are_read(name: str, subject: str, words: str) -> None:
    mail = parse(case_file(name))
    assert mail.subject == subject
    assert words in mail.text
    assert mail.chinese
    assert mail.whole


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("m04", ["slip.png"]),
        ("m04b", ["slip.png", "contract.pdf"]),
        ("m05", ["photo.png"]),
        ("m05b", ["deposit.pdf"]),
        ("m09", ["letter.pdf"]),
        ("m13", ["notice.pdf"]),
        ("m14", ["contract.pdf"]),
        ("m15", ["加班记录.pdf", "加班记录二.pdf", "加班记录三.pdf", "加班记录四.pdf"]),
    ],
)
def test_every_attachment_comes_in_under_its_name(door: Door, name: str, files: list[str]) -> None:
    mail = parse(case_file(name))
    assert [each.name for each in mail.attachments] == files
    assert door(case_file(name))[0] == 0
    case = Case.objects.get()
    words = str(story(case, for_writer=False)[0].body["text"])
    kept = [read_name(each, sealing.text_key(case)) for each in files_of(case.ref)]
    assert all(name in kept or name in words for name in files)


@pytest.mark.parametrize("name", ["m10", "m10b"])
def test_automatic_mail_is_said_and_not_filed(
    door: Door, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert door(case_file(name)) == (0, None)
    assert "automatic" in capsys.readouterr().err
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["m17", "m17b"])
def test_the_receipt_goes_to_the_writer(door: Door, name: str) -> None:
    reply = door(case_file(name))[1]
    assert reply is not None
    assert reply["To"] == "writer@example.cn"


def test_a_reply_that_quotes_a_receipt_joins_its_letter_and_hides_the_code(door: Door) -> None:
    code = code_in(door(message())[1])
    answer = message(
        f"补充一点：工资条我也有。\n> 您的回执码：\n> {code}\n", Subject="回复：来信回执"
    )
    answer = answer.replace(b"<one@example.org>", b"<reply@example.org>")
    reply = door(answer)[1]
    again = door(answer)[1]
    case = Case.objects.get()
    told = [each for each in story(case, for_writer=False) if each.step.kind == "message_in"]
    (words,) = [str(each.body["text"]) for each in told]
    assert "补充一点" in words
    assert MASK in words
    for sent in (reply, again):
        assert sent is not None
        assert not re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){7}", sent.get_content())


def test_a_code_of_no_letter_is_hidden_in_a_letter_of_its_own(door: Door) -> None:
    door(case_file("m12"))
    case = Case.objects.get()
    words = str(story(case, for_writer=False)[0].body["text"])
    assert "2RA0" not in words
    assert MASK in words
    assert not any(b"2RA0" in read(each, sealing.text_key(case)) for each in files_of(case.ref))


def test_the_clock_runs_from_when_our_server_took_the_message(door: Door) -> None:
    now = timezone.now()
    waited = now.replace(microsecond=0) - timedelta(days=3)
    head = f"Received: from mx by mail.example.org; {waited:%a, %d %b %Y %H:%M:%S} +0000\n"
    door(head.encode() + message())
    assert Case.objects.get().received_at == waited


def test_a_message_of_a_maildir_came_when_its_file_did(door: Door, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "mail")
    box.add(message())
    (file,) = (tmp_path / "mail/new").iterdir()
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    os.utime(file, (at.timestamp(), at.timestamp()))
    door(b"", "--maildir", str(tmp_path / "mail"))
    assert Case.objects.get().received_at == at


@pytest.mark.parametrize("date", ["Fri, 27 Nov 2099 18:00:00 +0800", "Fri, 27 Nov 1999 18:00:00 +0800", "99"])  # fmt: skip
def test_a_time_that_cannot_be_is_not_believed(door: Door, date: str) -> None:
    began = timezone.now()
    door(f"Received: by mail.example.org; {date}\n".encode() + message())
    assert Case.objects.get().received_at >= began


@pytest.mark.parametrize("poison", [NESTED, b"Content-Type: message/rfc822\n\n" * 3000])
def test_a_message_that_can_not_be_read_is_parked_and_the_next_one_is_taken(
    door: Door, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], poison: bytes
) -> None:
    (tmp_path / "mail").mkdir()
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir()
    (tmp_path / "mail/new/1").write_bytes(poison)
    (tmp_path / "mail/new/2").write_bytes(message())
    assert door(b"", "--maildir", str(tmp_path / "mail"))[0] == os.EX_DATAERR
    assert "ALARM" in capsys.readouterr().err
    assert Case.objects.count() == 1
    assert (tmp_path / "mail/cur/1:2,F").read_bytes() == poison
    assert (tmp_path / "mail/cur/2:2,S").exists()
    assert Notice.objects.filter(kind="mail.parked").count() == 1
    assert door(b"", "--maildir", str(tmp_path / "mail"))[0] == 0
    assert door(poison) == (os.EX_DATAERR, None)


def test_an_error_nobody_thought_of_parks_the_message(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("huiyin.mailing.filing.file_case", fails)
    assert door(message()) == (os.EX_DATAERR, None)


@pytest.mark.parametrize("header", [b"From: " + b"(" * 30_000, b"Subject: " + b"=?utf-8?q?" * 9000])
def test_headers_without_end_are_read(door: Door, header: bytes) -> None:
    assert door(header + b"\nMessage-ID: <x@y>\n\n" + WAGES.encode())[0] == 0
    assert Case.objects.count() == 1


def test_a_page_of_comments_without_end_is_read_with_its_words() -> None:
    page = b"Content-Type: text/html; charset=utf-8\n\n" + b"<!--" * 40_000 + WAGES.encode()
    assert parse(page).text == WAGES
    deep = b"Content-Type: text/html; charset=utf-8\n\n" + b"<div>" * 9000 + WAGES.encode()
    assert parse(deep).text == WAGES


def test_of_an_unreadable_message_the_whole_is_kept_sealed(door: Door) -> None:
    door(
        b"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\nwages \xff\xff\xfa missing"
    )
    case = Case.objects.get()
    (kept,) = files_of(case.ref)
    assert kept.original_digest is not None
    assert b"wages" not in read(kept, sealing.text_key(case))


@pytest.mark.parametrize(
    ("results", "sender", "naming"),
    [
        ("mx.example.net; dkim=pass header.d=example.org", "verified", "named"),
        ("mx.example.net; spf=pass smtp.mailfrom=zhao@example.org", "verified", "named"),
        ("mx.example.net; dmarc=fail header.from=example.org", "unverified", "anonymous"),
        ("mx.example.net; dkim=pass header.d=evil.example", "unverified", "anonymous"),
        ("evil.example; dkim=pass header.d=example.org", "unverified", "anonymous"),
        ("", "unverified", "anonymous"),
    ],
)
def test_a_sender_is_named_where_our_server_vouches_for_it(
    door: Door, settings: object, results: str, sender: str, naming: str
) -> None:
    settings.HUIYIN_MAIL_SERVER = "mx.example.net"  # type: ignore[attr-defined]
    door(message(Authentication_Results=results) if results else message())
    case = Case.objects.get()
    assert case.naming == naming
    assert story(case, for_writer=False)[0].body["sender"] == sender


def test_without_a_server_that_vouches_the_handler_is_told(door: Door, cast: Cast) -> None:
    door(message())
    case = Case.objects.get()
    assert case.naming == "named"
    assert story(case, for_writer=False)[0].body["sender"] == "unverified"


def test_the_handler_sees_that_the_sender_is_not_verified(door: Door, cast: Cast) -> None:
    door(message())
    case = Case.objects.get()
    told = story(case, for_writer=False)
    (filed, *_rest) = words.chapters(told, readable=True)
    assert any("not verified" in detail or "未经核实" in detail for detail in filed.details)


def test_reception_reads_that_a_message_was_parked(cast: Cast, door: Door) -> None:
    now = timezone.now()
    notice = notices.queue(cast.clerk.post.pk, "mail.parked", "mail", now)
    (shown,) = words.notices([notice])
    assert shown["text"] == str(NOTICES["mail.parked"])
    cast.organisation.language = "en"
    cast.organisation.save()
    with translation.override(language_of_notices()):
        assert "could not be read" in notice_wording(notice)[0]


def test_letters_by_mail_and_what_joined_them_audit_clean(door: Door) -> None:
    code = code_in(door(message())[1])
    door(message(f"补充一点。\n> {code}", Subject="回复"))
    sequencer.round_now(timezone.now())
    assert [str(each) for each in audit(timezone.now())] == []


def test_a_picture_that_stands_in_the_page_itself_comes_in() -> None:
    mail = EmailMessage()
    mail.set_content('<p>见图</p><img src="data:image/png;base64,iVBORw0K">', subtype="html")
    (picture,) = parse(mail.as_bytes()).attachments
    assert (picture.name, picture.data) == ("picture-1.png", b"\x89PNG\r\n")
