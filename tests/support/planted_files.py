"""Files with a name planted in one place each, and a search for it that unpacks what can be unpacked."""

import io
import re
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

MARK = "Zhang-San-1380000"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_NS = "http://schemas.openxmlformats.org/package/2006/"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def holds(data: bytes, mark: str = MARK, depth: int = 0) -> bool:
    """Whether `mark` stands in `data` in any usual encoding, or in what it unpacks to."""
    if any(mark.encode(e) in data for e in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")):
        return True
    if depth > 4:
        return False
    return any(holds(part, mark, depth + 1) for part in _parts(data))


def _parts(data: bytes):
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield package.comment
            for member in package.infolist():
                yield member.filename.encode()
                yield member.comment + member.extra
                yield package.read(member)
    elif data.startswith(b"%PDF"):
        yield from _pdf_parts(data)
    elif data.startswith(b"\x89PNG"):
        for at in (match.start() for match in re.finditer(rb"[zi]TXt|iCCP", data)):
            rest = data[at + 4 :]
            for start in range(200):
                if rest[start : start + 1] == b"x":
                    yield _inflated(rest[start:])
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data[:2_000_000]):
        yield _inflated(data[match.start() :])


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 10_000_000)
    except zlib.error:
        return b""


def _pdf_parts(data: bytes):
    yield re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8) & 255]), data)
    reader = PdfReader(io.BytesIO(data))
    for number in range(1, len(reader.xref.get(0, {})) + len(reader.xref_objStm) + 200):
        try:
            yield from _pdf_object(reader.get_object(IndirectObject(number, 0, reader)), 0)
        except Exception:  # noqa: BLE001  what can't be read holds nothing that can
            continue


def _pdf_object(obj, depth):
    if depth > 20 or isinstance(obj, IndirectObject):
        return
    if isinstance(obj, StreamObject):
        yield obj._data
        try:
            yield obj.get_data()
        except Exception:  # noqa: BLE001  a filter that is not known here
            yield b""
    if isinstance(obj, DictionaryObject):
        for key, value in obj.items():
            yield str(key).encode()
            yield from _pdf_object(value, depth + 1)
    elif isinstance(obj, ArrayObject):
        for value in obj:
            yield from _pdf_object(value, depth + 1)
    elif isinstance(obj, bytes):
        yield bytes(obj)
    else:
        yield str(obj).encode("utf-8", "replace")


# --- pictures


def jpeg(*, exif=None, comment=None, icc=None, color="red", size=(48, 32)):
    out = io.BytesIO()
    notes = Image.Exif()
    if exif:
        notes[0x013B] = exif
    options = {"icc_profile": icc} if icc else {}
    if comment:
        options["comment"] = comment
    Image.new("RGB", size, color).save(out, "JPEG", exif=notes, **options)
    return out.getvalue()


def two_pictures():
    """A photograph with a second one behind its end, as telephones keep previews."""
    return jpeg() + jpeg(exif=MARK, color="blue")


def png(*chunks):
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    data = out.getvalue()
    head, rest = data[:33], data[33:]
    for name, body in chunks:
        head += struct.pack(">I", len(body)) + name + body
        head += struct.pack(">I", zlib.crc32(name + body))
    return head + rest


def saved(form, **options):
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, form, **options)
    return out.getvalue()


def artist():
    notes = Image.Exif()
    notes[0x013B] = MARK
    return notes


def profile():
    """A colour profile whose description is a name."""
    from PIL import ImageCms

    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (count,) = struct.unpack_from(">I", data, 128)
    text = MARK.encode("utf-16-be")
    body = bytearray(data)
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name == b"desc" and size >= 28 + len(text):
            body[at + 28 : at + 28 + len(text)] = text
            return bytes(body)
    at = len(body)
    body += b"mluc" + bytes(4) + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, len(text), 28) + text
    for number in range(count):
        name, _, _ = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name == b"desc":
            struct.pack_into(">II", body, 136 + 12 * number, at, len(body) - at)
    struct.pack_into(">I", body, 0, len(body))
    return bytes(body)


# --- office


def package(parts, types, rels):
    """A zip of `parts` (name -> text or bytes), its content types and relationships.

    `types` is name -> content type; `rels` is owner -> list of (id, type, target, external).
    """
    everything = dict(parts)
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    everything["[Content_Types].xml"] = (
        f'{HEAD}<Types xmlns="{_NS}content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{overrides}</Types>'
    )
    for owner, links in rels.items():
        folder, _, base = owner.rpartition("/")
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        everything[name] = (
            f'{HEAD}<Relationships xmlns="{_NS}relationships">'
            + "".join(
                f'<Relationship Id="{identity}" Type="{kind if ":" in kind else _REL + kind}" '
                f'Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if external else ""}/>'
                for identity, kind, target, external in links
            )
            + "</Relationships>"
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in everything.items():
            file.writestr(name, body if isinstance(body, bytes) else body.encode())
    return out.getvalue()


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def word(body="", *, parts=None, rels=(), types=None, settings="", document=None, root=()):
    """A small DOCX whose body holds `body`, with more parts and relationships."""
    text = document or (
        f'{HEAD}<w:document {_W} {_R} xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f"<w:body><w:p><w:r><w:t>正文</w:t></w:r></w:p>{body}<w:sectPr/></w:body></w:document>"
    )
    return package(
        {
            "word/document.xml": text,
            "word/settings.xml": f"{HEAD}<w:settings {_W}>{settings}</w:settings>",
            **(parts or {}),
        },
        {
            "word/document.xml": _WORD + "document.main+xml",
            "word/settings.xml": _WORD + "settings+xml",
            **(types or {}),
        },
        {
            "": [("rId1", "officeDocument", "word/document.xml", False), *root],
            "word/document.xml": [("rIdS", "settings", "settings.xml", False), *rels],
        },
    )


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(
    *, book="", state="", cells="", parts=None, book_rels=(), sheet_rels=(), types=None, more=""
):
    """A small XLSX; `book` stands in the workbook, `more` behind the rows of its sheet."""
    return package(
        {
            "xl/workbook.xml": f"{HEAD}<workbook {_S} {_R}>{book}<sheets><sheet name='表' sheetId='1' "
            f"{state} r:id='rId1'/></sheets></workbook>",
            "xl/worksheets/sheet1.xml": f"{HEAD}<worksheet {_S} {_R}><sheetData><row r='1'><c r='A1' "
            f"t='inlineStr'><is><t>加班</t></is></c>{cells}</row></sheetData>{more}</worksheet>",
            **(parts or {}),
        },
        {
            "xl/workbook.xml": _SHEET + "sheet.main+xml",
            "xl/worksheets/sheet1.xml": _SHEET + "worksheet+xml",
            **(types or {}),
        },
        {
            "": [("rId1", "officeDocument", "xl/workbook.xml", False)],
            "xl/workbook.xml": [("rId1", "worksheet", "worksheets/sheet1.xml", False), *book_rels],
            "xl/worksheets/sheet1.xml": list(sheet_rels),
        },
    )


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def odt(body="", parts=None):
    """A small ODT whose text holds `body`, with more parts."""
    spaces = " ".join(
        f'xmlns:{short}="{_ODF}{name}:1.0"'
        for short, name in {
            "office": "office", "text": "text", "meta": "meta", "draw": "drawing",
            "svg": "svg-compatible",
        }.items()
    )  # fmt: skip
    spaces += (
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    content = (
        f'{HEAD}<office:document-content {spaces} office:version="1.3"><office:body><office:text>'
        f"<text:p>正文</text:p>{body}</office:text></office:body></office:document-content>"
    )
    names = {"content.xml": content, **(parts or {})}
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in names
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, part in names.items():
            file.writestr(name, part)
        file.writestr(
            "META-INF/manifest.xml",
            f'{HEAD}<m:manifest xmlns:m="{_ODF}manifest:1.0"><m:file-entry m:full-path="/" '
            f'm:media-type="application/vnd.oasis.opendocument.text"/>{entries}</m:manifest>',
        )
    return out.getvalue()
