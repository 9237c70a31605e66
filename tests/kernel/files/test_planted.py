"""A name planted in a file is gone from the copy that is shown, or the writer is told that it may stay."""

import io
import struct
import zipfile
import zlib

import docx
import openpyxl
import pillow_heif
import pytest
from PIL import Image

from huiyin.kernel.files.inspect import inspect
from tests.support.files import box, film, sound
from tests.support.planted_files import (
    MARK,
    artist,
    holds,
    jpeg,
    png,
    profile,
    saved,
    two_pictures,
    word,
)
from tests.support.planted_office import EXCEL, OPEN_TEXT, WORD, noted
from tests.support.planted_pdf import PDF


def heic():
    pillow_heif.register_heif_opener()
    return saved("HEIF", exif=artist())


def animation():
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), color) for color in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=MARK.encode())
    return out.getvalue()


def mpo():
    out = io.BytesIO()
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue() + jpeg(exif=MARK)


PICTURES = {
    "author.jpg": lambda: jpeg(exif=MARK),
    "comment.jpg": lambda: jpeg(comment=MARK),
    "colour profile.jpg": lambda: jpeg(icc=profile()),
    "colour profile.png": lambda: saved("PNG", icc_profile=profile()),
    "second picture.jpg": two_pictures,
    "second picture of an MPO.jpg": mpo,
    "behind the end.jpg": lambda: jpeg() + MARK.encode(),
    "text.png": lambda: png((b"tEXt", b"Author\x00" + MARK.encode())),
    "compressed text.png": lambda: png((b"zTXt", b"Author\x00\x00" + zlib.compress(MARK.encode()))),
    "chunk of its own.png": lambda: png((b"zhNg", MARK.encode())),
    "author.png": lambda: saved("PNG", exif=artist()),
    "XMP.webp": lambda: saved("WEBP", xmp=f"<x>{MARK}</x>".encode()),
    "author.webp": lambda: saved("WEBP", exif=artist()),
    "comment.gif": lambda: saved("GIF", comment=MARK.encode()),
    "comment of an animation.gif": animation,
    "author.heic": heic,
}


def id3(text=MARK):
    return b"ID3\x04\x00\x00\x00\x00\x00\x20" + text.encode().ljust(32, b"\x00")


def mp3(head=b"", tail=b""):
    return head + (b"\xff\xfb\x90\x00" + bytes(413)) * 3 + tail


SOUNDS = {
    "tag.mp3": lambda: mp3(id3()),
    "two tags.mp3": lambda: mp3(id3("-") + id3()),
    "tag at the end.mp3": lambda: mp3(tail=b"TAG" + MARK.encode().ljust(125, b"\x00")),
    "words of a song.mp3": lambda: mp3(tail=b"LYRICSBEGIN" + MARK.encode() + b"LYRICS200"),
    "list.wav": lambda: sound() + b"LIST" + struct.pack("<I", 17) + MARK.encode() + b"\x00",
    "notes.flac": lambda: (
        b"fLaC" + b"\x00\x00\x00\x22" + bytes(34) + b"\x84\x00\x00\x11" + MARK.encode() + b"\xff\xf8" + bytes(40)
    ),
    "behind.amr": lambda: b"#!AMR\n" + b"\x3c" + bytes(31) + MARK.encode(),
    "behind.aac": lambda: (bytes.fromhex("fff15080043ffc") + bytes(26)) * 3 + MARK.encode(),
    "place.mp4": lambda: film() + box(b"udta", MARK.encode()),
    "box of its own.mp4": lambda: film() + box(b"who ", MARK.encode()),
    "free space.mov": lambda: film() + box(b"free", MARK.encode()),
    "handler.mp4": lambda: (
        box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2")
        + box(b"moov", box(b"trak", box(b"mdia", box(b"hdlr", bytes(24) + MARK.encode() + b"\x00"))))
        + box(b"mdat", b"\x01" * 64)
    ),
}  # fmt: skip

PLANTED = {
    **{f"{place} of a Word file": (make, "a.docx") for place, make in WORD.items()},
    **{f"{place} of an Excel file": (make, "a.xlsx") for place, make in EXCEL.items()},
    **{f"{place} of an ODT": (make, "a.odt") for place, make in OPEN_TEXT.items()},
    **{f"{place} of a PDF": (make, "a.pdf") for place, make in PDF.items()},
    **{place: (make, place) for place, make in PICTURES.items()},
    **{place: (make, place) for place, make in SOUNDS.items()},
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_planted_name_is_gone_or_told_of(place):
    make, name = PLANTED[place]
    data = make()
    assert holds(data)
    found = inspect(data, name)
    assert found.residue or not holds(found.clean)
    assert found.scrubbed or found.residue


@pytest.mark.parametrize("place", SOUNDS)
def test_a_name_beside_a_recording_is_gone_although_a_voice_may_stay(place):
    assert not holds(inspect(SOUNDS[place](), place).clean)


STAYING = {
    "a hidden section of an ODT", "a field of one's own of an ODT",
    "a metafile's description of a Word file", "a font of a Word file", "deleted text of a Word file",
    "hidden text of a Word file", "rows of a pivot table of an Excel file",
    "a hidden sheet of an Excel file", "a hidden column of an Excel file", "deleted text of an ODT",
    "notes in JPEG 2000 of a PDF", "a remark among drawing instructions of a PDF",
    "a photograph among drawing instructions of a PDF", "a hidden layer of a PDF",
}  # fmt: skip


@pytest.mark.parametrize("place", sorted(set(PLANTED) - STAYING - set(SOUNDS)))
def test_what_could_be_taken_out_is_not_told_of(place):
    make, name = PLANTED[place]
    assert not inspect(make(), name).residue


@pytest.mark.parametrize(
    "place", ["an embedded workbook's author of a Word file", "an object of an Excel file",
              "an object of an ODT", "an enclosed file of a PDF"]
)  # fmt: skip
def test_an_object_that_is_left_out_is_told_of(place):
    make, name = PLANTED[place]
    assert inspect(make(), name).remarks == ("object",)


def test_word_files_still_open_and_say_what_they_said():
    for place, make in WORD.items():
        if "prefix" not in place and "namespace" not in place:
            clean = inspect(make(), "a.docx").clean
            assert "strict" in place or docx.Document(io.BytesIO(clean)).element is not None
    kept = docx.Document(
        io.BytesIO(inspect(word("<w:p><w:r><w:t>三月工资</w:t></w:r></w:p>"), "a.docx").clean)
    )
    assert [paragraph.text for paragraph in kept.paragraphs] == ["正文", "三月工资"]


def test_spreadsheets_still_open_and_say_what_they_said():
    for make in EXCEL.values():
        clean = inspect(make(), "a.xlsx").clean
        with zipfile.ZipFile(io.BytesIO(clean)) as file:
            assert "加班" in file.read("xl/worksheets/sheet1.xml").decode()
    comment = (
        openpyxl.load_workbook(io.BytesIO(inspect(noted(), "a.xlsx").clean)).active["A1"].comment
    )
    assert comment.text.strip() == "见附件"


def test_a_bookmark_that_a_field_refers_to_keeps_its_name():
    body = (
        '<w:bookmarkStart w:id="1" w:name="wages"/><w:bookmarkEnd w:id="1"/>'
        '<w:p><w:fldSimple w:instr=" REF wages \\h "/></w:p>'
    )
    clean = inspect(word(body), "a.docx").clean
    with zipfile.ZipFile(io.BytesIO(clean)) as file:
        assert b'w:name="wages"' in file.read("word/document.xml")
