"""DOCX, XLSX and ODT: bounded, free of macros and remote parts, packed anew without authors."""

import io
import re
import zipfile

from huiyin.kernel.files.pictures import strip_embedded
from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits

_FAULTS: tuple[type[Exception], ...] = (zipfile.BadZipFile, *DECODER_ERRORS)
_ODT = b"application/vnd.oasis.opendocument.text"
_MACRO_MEMBERS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|macrosheets/|dialogs/)|^(basic|scripts)/"
    r"|/embeddings/.*\.bin$|/customui/",
    re.IGNORECASE,
)
_MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.IGNORECASE)
# A part fetched from elsewhere tells its author who opened the letter, and may bring a macro.
_REMOTE = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)"
    rb"(?=[^>]*/(attachedTemplate|oleObject|frame|subDocument|image|externalLinkPath)[\"'])",
    re.IGNORECASE,
)
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY_PARTS = {
    "docprops/core.xml": _HEAD
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docprops/app.xml": _HEAD
    + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "docprops/custom.xml": _HEAD
    + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
    "meta.xml": _HEAD
    + b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:version="1.3"/>',
}
_AUTHORS: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    (re.compile(rb'(\sw(?:15)?:(?:author|initials|userId)=)("[^"]*"|\'[^\']*\')'), rb'\1""'),
    (re.compile(rb'(\s(?:userName|lastModifiedBy|displayName|userId)=)("[^"]*")'), rb'\1""'),
    (re.compile(rb"(<(?:x15ac:absPath)\b[^>]*?\surl=)\"[^\"]*\""), rb'\1""'),
    (re.compile(rb"(<author>)[^<]*(</author>)"), rb"\1\2"),
    (re.compile(rb"(<dc:creator>)[^<]*(</dc:creator>)"), rb"\1\2"),
    (re.compile(rb"(<meta:creator-initials>)[^<]*(</meta:creator-initials>)"), rb"\1\2"),
)
_AUTHORED = re.compile(
    r"^(word/.*\.xml|xl/(workbook|comments\d*|persons/.*|threadedcomments/.*|revisions/.*)"
    r"(/comments?\d*)?\.xml|content\.xml|styles\.xml|settings\.xml)$",
    re.IGNORECASE,
)


def office_type(data: bytes) -> str | None:
    """ "docx", "xlsx" or "odt" by what the package holds; None for any other zip.

    Raises FileRefused (damaged) if it is no readable zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "[Content_Types].xml" in names and "word/document.xml" in names:
                return "docx"
            if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
                return "xlsx"
            if "mimetype" in names and "content.xml" in names:
                with package.open("mimetype") as part:
                    return "odt" if part.read(200).strip() == _ODT else None
    except _FAULTS as error:
        raise FileRefused("damaged", {"found": "zip"}) from error
    return None


def rewrite_office(data: bytes, limits: Limits) -> bytes:
    """The members of the package in a new one: properties empty, authors blank, pictures stripped.

    Member times are set to 1980, names and order are kept. Raises FileRefused: bomb, encrypted,
    has_script, damaged.
    """
    out = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as package,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as clean,
        ):
            members = package.infolist()
            _check_directory(members, limits)
            read = 0
            for member in members:
                body = _read(package, member, limits.unpacked - read)
                read += len(body)
                entry = zipfile.ZipInfo(member.filename)
                entry.compress_type = (
                    zipfile.ZIP_STORED if member.filename == "mimetype" else zipfile.ZIP_DEFLATED
                )
                clean.writestr(entry, _clean_member(member.filename, body))
    except _FAULTS as error:
        raise FileRefused("damaged", {"found": "office"}) from error
    return out.getvalue()


def _check_directory(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise FileRefused("bomb", {"members": len(members), "members_allowed": limits.members})
    names = [m.filename.lower() for m in members]
    if len(set(names)) != len(names):
        raise FileRefused("damaged", {"found": "office"})
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    if unpacked > limits.unpacked or (unpacked > 1_000_000 and unpacked > packed * limits.ratio):
        raise FileRefused("bomb", {"unpacked": unpacked, "unpacked_allowed": limits.unpacked})
    for member in members:
        if member.flag_bits & 0x1:
            raise FileRefused("encrypted", {"found": "office"})
        if member.filename.startswith("/") or ".." in member.filename.split("/"):
            raise FileRefused("damaged", {"found": "office"})
        if _MACRO_MEMBERS.search(member.filename):
            raise FileRefused("has_script", {"found": "macro"})


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    # The directory's sizes are claims; what comes out is bounded as it comes.
    with package.open(member) as part:
        body = part.read(room + 1)
    if len(body) > room:
        raise FileRefused("bomb", {"unpacked": len(body)})
    return body


def _clean_member(name: str, body: bytes) -> bytes:
    lower = name.lower()
    if lower in _EMPTY_PARTS:
        return _EMPTY_PARTS[lower]
    if lower.endswith((".xml", ".rels")):
        head = body[:4096].replace(b"\x00", b"")  # so that UTF-16 does not hide a declaration
        if _DECLARATION.search(body) or _DECLARATION.search(head):
            raise FileRefused("has_script", {"found": "entity"})
    if lower == "[content_types].xml" and _MACRO_TYPES.search(body):
        raise FileRefused("has_script", {"found": "macro"})
    if lower.endswith(".rels") and _REMOTE.search(body):
        raise FileRefused("has_script", {"found": "remote part"})
    if _AUTHORED.match(name):
        for pattern, blank in _AUTHORS:
            body = pattern.sub(blank, body)
        return body
    return strip_embedded(body)
