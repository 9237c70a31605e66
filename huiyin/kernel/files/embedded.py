"""Pictures inside other documents: cut down to what draws them, at their end, pixels untouched."""

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_COPIES = 14
"""Bytes a pixel of a bitmap that is written anew, all copies together."""
_BITMAPS = {b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"BM": "BMP", b"GIF8": "GIF"}


def clean_embedded(data: bytes, limits: Limits) -> tuple[bytes, bool]:
    """`data` as it may stay in a document, and whether it may still tell of its author.

    JPEG, PNG and WebP lose their notes and whatever follows their end; TIFF, BMP and GIF are
    written anew; what is anything else (drawings in EMF or WMF among it), or can't be read, stays
    as it is and is told of. Raises FileRefused (bomb) for a bitmap of too many pixels.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return b"".join(jpeg_parts(data)), False
        if data.startswith(_PNG):
            return b"".join(_png_parts(data)), False
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data), False
        for mark, form in _BITMAPS.items():
            if data.startswith(mark):
                return _redrawn(data, form, limits), False
    except DECODER_ERRORS:
        return data, True
    return data, True


def jpeg_parts(data: bytes) -> Iterator[bytes]:
    """The segments that decode a JPEG's first picture, up to the mark of its end.

    Raises struct.error, IndexError or ValueError where it can't be followed.
    """
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        at += 2 + length
        if marker == 0xE0:
            # JFIF's head without its thumbnail; its extension holds nothing but one
            if segment[4:9] == b"JFIF\x00":
                yield b"\xff\xe0\x00\x10" + segment[4:16].ljust(12, b"\x00") + b"\x00\x00"
        elif marker == 0xEE:
            if segment[4:9] == b"Adobe":  # whose colour transform is needed to decode
                yield b"\xff\xee\x00\x0e" + segment[4:16].ljust(12, b"\x00")
        elif not (0xE1 <= marker <= 0xEF or marker == 0xFE):  # other APPn and comments: notes
            yield segment
        if marker == 0xDA:
            mark = _MARKER.search(data, at)
            end = mark.start() if mark else len(data)
            yield data[at:end]
            at = end
            if mark is None:
                yield b"\xff\xd9"
                return


def _png_parts(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise ValueError("checksum")
        if name in _PNG_KEPT:
            yield chunk
        if name == b"IEND":
            return
        at += 12 + length
    raise ValueError("no end")


def _webp(data: bytes) -> bytes:
    kept = []
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        if len(body) < size:
            raise ValueError("cut off")
        if name == b"VP8X":
            body = bytes([body[0] & 0x12]) + body[1:10]  # animation and alpha alone
        if name in {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}:
            kept.append(struct.pack("<4sI", name, len(body)) + body + b"\x00" * (len(body) & 1))
        at += 8 + size + (size & 1)
    if not kept:
        raise ValueError("empty")
    whole = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _redrawn(data: bytes, form: str, limits: Limits) -> bytes:
    with Image.open(io.BytesIO(data), formats=[form]) as picture:
        width, height = picture.size
        if width * height * _COPIES > limits.decoded:
            raise FileRefused("bomb", {"width": width, "height": height,
                                       "pixels_allowed": limits.decoded // _COPIES})  # fmt: skip
        dpi = picture.info.get("dpi")
        picture.load()
        bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
        if picture.mode == "P" and (palette := picture.getpalette()):
            bare.putpalette(palette)
        transparency = picture.info.get("transparency")
        out = io.BytesIO()
        options = {} if transparency is None else {"transparency": transparency}
        if form == "TIFF":
            options["compression"] = "tiff_lzw"
        if dpi and form != "GIF":
            options["dpi"] = tuple(float(side) for side in dpi)
        bare.save(out, form, **options)
        return out.getvalue()


_ICC_KEPT = {
    b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad",
    b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"lumi", b"chrm",
}  # fmt: skip


def clean_profile(data: bytes) -> bytes:
    """A colour profile (ICC.1:2010, 7.2 and 7.3) without names, copyright, date and device.

    Raises ValueError if it is none.
    """
    if len(data) < 132 or data[36:40] != b"acsp":
        raise ValueError("no profile")
    (count,) = struct.unpack_from(">I", data, 128)
    if count > 200 or len(data) < 132 + 12 * count:
        raise ValueError("no profile")
    head = bytearray(data[:128])
    for start, end in ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128)):
        head[start:end] = bytes(end - start)  # method, date, platform, device, creator and digest
    tags: dict[bytes, bytes] = {}
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name in _ICC_KEPT and at + size <= len(data):
            tags[name] = data[at : at + size]
    table, body = b"", b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    struct.pack_into(">I", head, 0, 132 + len(table) + len(body))
    return bytes(head) + struct.pack(">I", len(tags)) + table + body
