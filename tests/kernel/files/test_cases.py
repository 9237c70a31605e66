"""Files of the kinds that people's programs really send: taken, or refused with what to do."""

import io

import docx
import pillow_heif
import pytest
from django.utils import translation
from PIL import Image
from pypdf import PdfReader

from huiyin.kernel.files.inspect import FileRefused, Limits, inspect
from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.text import decode_text
from tests.support.files import CASES


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def taken(name):
    return inspect((CASES / name).read_bytes(), name)


def refused(name):
    with pytest.raises(FileRefused) as caught:
        taken(name)
    return caught.value


def opened(found):
    return Image.open(io.BytesIO(found.clean)).convert("RGB")


def test_a_pdf_with_an_owners_password_is_taken():
    found = taken("f01_pdf_owner_password.pdf")
    assert len(PdfReader(io.BytesIO(found.clean)).pages) >= 1


def test_a_pdf_with_a_users_password_is_refused_for_it():
    assert refused("f02_pdf_user_password.pdf").code == "encrypted"


def test_a_form_that_only_its_program_draws_is_refused_for_it():
    from pypdf.generic import BooleanObject

    from tests.support.planted_pdf import rooted

    with pytest.raises(FileRefused) as caught:
        inspect(rooted(NeedsRendering=BooleanObject(True)), "a.pdf")
    assert caught.value.code == "form"
    assert "form" in explain(caught.value)


@pytest.mark.parametrize("size", [(9248, 6936), (12000, 9000), (16320, 12240)])
def test_a_photograph_of_very_many_pixels_is_made_smaller_and_that_is_said(size):
    out = io.BytesIO()
    Image.new("L", size, 120).save(out, "JPEG")
    found = inspect(out.getvalue(), "photo.jpg")
    assert found.remarks == ("smaller",)
    assert found.width * found.height <= Limits().kept_pixels
    assert abs(found.width / found.height - size[0] / size[1]) < 0.01


def test_a_photograph_of_usual_size_keeps_its_pixels():
    out = io.BytesIO()
    Image.new("RGB", (4000, 3000), "red").save(out, "JPEG")
    found = inspect(out.getvalue(), "photo.jpg")
    assert (found.width, found.height, found.remarks) == (4000, 3000, ())


def test_a_photograph_that_lies_on_its_side_is_turned():
    found = taken("f06_photo_lying_on_its_side.jpg")
    assert (found.width, found.height) == (40, 80)
    assert dict(Image.open(io.BytesIO(found.clean)).getexif()) == {}


def test_red_stays_red_in_cmyk():
    red, green, blue = opened(taken("f07_photo_cmyk.jpg")).getpixel((30, 20))
    assert red > 150 > 100 > max(green, blue)


def test_the_first_picture_of_several_is_taken():
    found = taken("f08_photo_mpo.jpg")
    sent = Image.open(CASES / "f08_photo_mpo.jpg")
    assert opened(found).size == sent.size
    assert found.clean.count(b"\xff\xd8\xff") == 1
    before, after = sent.convert("RGB").getpixel((9, 9)), opened(found).getpixel((9, 9))
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 12


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("f09_iphone.mov", "video/quicktime"),
        ("f09b_old_quicktime_without_ftyp.mov", "video/quicktime"),
        ("f10_voice.amr", "audio/amr"),
        ("f10b_voice.aac", "audio/aac"),
    ],
)
def test_recordings_of_telephones_are_taken(name, mime):
    found = taken(name)
    assert (found.mime, found.name) == (mime, name)
    assert found.residue


def test_an_iphones_photograph_becomes_a_jpeg():
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(out, "HEIF")
    found = inspect(out.getvalue(), "IMG_0001.HEIC")
    assert (found.mime, found.name, found.kind) == ("image/jpeg", "IMG_0001.jpg", "picture")
    assert opened(found).size == (64, 32)
    assert opened(found).getpixel((9, 9))[0] > 200


def test_a_broken_photograph_of_an_iphone_is_told_what_to_do():
    assert "JPEG" in explain(refused("f11_photo.heic"))


def test_a_document_with_an_equation_is_taken_without_the_object_and_that_is_said():
    found = taken("f12_docx_with_equation_object.docx")
    assert found.remarks == ("object",)
    assert docx.Document(io.BytesIO(found.clean)).paragraphs[0].text == "劳动合同复印件说明"


def test_a_picture_that_lies_on_another_site_is_named_as_the_reason():
    assert "another site" in explain(refused("f12b_docx_picture_copied_from_a_page.docx"))


def test_a_document_of_wps_is_taken():
    found = taken("f12c_docx_by_wps.docx")
    assert docx.Document(io.BytesIO(found.clean)).paragraphs[0].text == "劳动合同复印件说明"
    assert (found.residue, found.remarks) == (False, ())


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("f13_old_word.doc", ".docx"),
        ("f13b_wps_text.wps", "WPS"),
        ("f13c_old_excel.xls", ".xlsx"),
        ("f13d_photos.zip", "Unpack"),
        ("f13e_invoice.ofd", "PDF"),
    ],
)
def test_what_is_not_taken_is_told_what_to_do(name, advice):
    assert advice in explain(refused(name))


@pytest.mark.parametrize(
    ("head", "name", "advice"),
    [
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "Unpack"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a.7z", "Unpack"),
        (b"{\\rtf1 x}", "a.rtf", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "a.docx", ".docx"),
    ],
)
def test_siblings_of_them_are_told_too(head, name, advice):
    with pytest.raises(FileRefused) as caught:
        inspect(head + b" " * 40, name)
    assert advice in explain(caught.value)


def test_a_document_behind_a_password_is_told_so():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(FileRefused) as caught:
        inspect(data, "a.docx")
    assert caught.value.code == "encrypted"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("f14_text_big5.txt", "big5"),
        ("f14b_text_new_emoji.txt", "utf-8"),
        ("f14c_text_utf16_without_mark.txt", "utf-16-le"),
        ("f14e_text_gb18030.txt", "gb18030"),
    ],
)
def test_texts_are_read_in_the_encoding_they_have(name, encoding):
    sent = (CASES / name).read_bytes()
    assert taken(name).clean.decode() == sent.decode(encoding)


SIMPLIFIED = "经办人收了押金两千元不退，地点在堃园小区。请查。\n三月份的工资没有发，已经问过两次，没有人回答。"
TRADITIONAL = "經辦人收了押金兩千元不退，請查。三月份的工資沒有發，已經問過兩次，沒有人回答。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"), (SIMPLIFIED, "gb2312"), (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"), (SIMPLIFIED, "utf-16"), (SIMPLIFIED, "utf-8-sig"),
        (TRADITIONAL, "big5"), (TRADITIONAL, "utf-16-be"), (TRADITIONAL, "gb18030"),
        ("加班46小时", "gb18030"), ("欠薪", "gb18030"), ("欠薪", "utf-16-le"), ("薪資", "big5"),
        ("overtime 46 hours", "utf-16-le"), ("plain", "ascii"),
        ("new \U0001fae9 sign 👩🏽‍🔧", "utf-8"), ("new \U0001fae9 sign", "gb18030"), ("new \U0001fae9", "utf-16"),
    ],
)  # fmt: skip
def test_a_text_comes_back_as_it_was_written(text, encoding):
    written = text.replace("堃", "昆") if encoding == "gb2312" else text
    assert decode_text(written.encode(encoding)) == written


def test_a_text_in_an_encoding_that_is_not_known_is_refused_for_it():
    with pytest.raises(FileRefused) as caught:
        decode_text("Überstunden für März, größer als üblich".encode("latin-1"))
    assert caught.value.code == "unknown_encoding"
