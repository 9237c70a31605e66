"""Files that people attach, with what must not stay in them."""

import io
import struct
import wave
import zipfile
from pathlib import Path

import docx
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

CASES = Path(__file__).parents[1] / "kernel" / "files" / "cases"
"""Files of the kinds that people's programs really send."""

SECRET = "Zhang-San-1380000"


def picture(form="JPEG", size=(64, 32), *, exif=True, mode="RGB"):
    image = Image.new(mode, size, "red" if mode == "RGB" else 1)
    image.paste("blue" if mode == "RGB" else 0, (0, 0, size[0] // 2, size[1]))
    notes = Image.Exif()
    if exif:
        notes[0x0112] = 6  # to be turned a quarter clockwise
        notes[0x013B] = SECRET
        place = notes.get_ifd(0x8825)
        place[1], place[2] = "N", (39.0, 54.0, 26.0)
        place[3], place[4] = "E", (116.0, 23.0, 29.0)
    out = io.BytesIO()
    image.save(out, form, exif=notes)
    return out.getvalue()


def pdf(*, pages=1, password=None):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET})
    writer.add_attachment("private.txt", b"enclosed " + SECRET.encode())
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('x')"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(script)
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word_file(extra=None, drop=()):
    document = docx.Document()
    document.core_properties.author = SECRET
    document.add_paragraph("调休未兑现")
    document.add_picture(io.BytesIO(picture()))
    plain = io.BytesIO()
    document.save(plain)
    if not extra:
        return plain.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in drop and name not in extra:
                new.writestr(name, old.read(name))
        for name, body in extra.items():
            new.writestr(name, body)
    return out.getvalue()


def box(name, body):
    return struct.pack(">I4s", 8 + len(body), name) + body


def film():
    place = box(b"udta", box(b"\xa9xyz", b"+39.9042+116.4074/"))
    header = box(b"mvhd", bytes(4) + struct.pack(">II", 3_900_000_000, 3_900_000_001) + bytes(92))
    return (
        box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2")
        + box(b"moov", header + place)
        + box(b"mdat", b"\x01" * 64)
    )


def sound():
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return out.getvalue()
