"""Names planted in files of every kind, each by its place: how it is made, and what it is called."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image

from tests.support.files import box, film, sound
from tests.support.planted_files import (
    MARK,
    artist,
    jpeg,
    png,
    profile,
    saved,
    two_pictures,
)
from tests.support.planted_office import EXCEL, OPEN_TEXT, WORD
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
