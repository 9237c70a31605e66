"""Look at what somebody sent, decide by its content what it is, and take out what betrays them.

The name and the browser's type are claims. The content decides; a claim of another kind than the
content's is a disguise and is refused. Pure: no settings, no storage, no framework.
"""

import re
from collections.abc import Callable
from typing import NoReturn

import puremagic

from huiyin.kernel.files import media
from huiyin.kernel.files.names import extension_of, safe_name
from huiyin.kernel.files.office import office_type, rewrite_office
from huiyin.kernel.files.pictures import rewrite_picture
from huiyin.kernel.files.portable import rewrite_pdf
from huiyin.kernel.files.text import decode_text
from huiyin.kernel.files.verdict import FileRefused, Inspected, Kind, Limits, Remark

__all__ = ["ALLOWED", "FileRefused", "Inspected", "Limits", "inspect"]

_OOXML = "application/vnd.openxmlformats-officedocument"
ALLOWED: dict[str, tuple[Kind, str, tuple[str, ...]]] = {
    "jpg": ("picture", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "png": ("picture", "image/png", ("png",)),
    "webp": ("picture", "image/webp", ("webp",)),
    "gif": ("picture", "image/gif", ("gif",)),
    "pdf": ("pdf", "application/pdf", ("pdf",)),
    "docx": ("office", f"{_OOXML}.wordprocessingml.document", ("docx",)),
    "xlsx": ("office", f"{_OOXML}.spreadsheetml.sheet", ("xlsx",)),
    "odt": ("office", "application/vnd.oasis.opendocument.text", ("odt",)),
    "txt": ("text", "text/plain", ("txt", "text", "csv", "log", "md")),
    "mp3": ("audio", "audio/mpeg", ("mp3",)),
    "m4a": ("audio", "audio/mp4", ("m4a", "m4b")),
    "wav": ("audio", "audio/wav", ("wav",)),
    "ogg": ("audio", "audio/ogg", ("ogg", "oga", "opus", "spx")),
    "flac": ("audio", "audio/flac", ("flac",)),
    "amr": ("audio", "audio/amr", ("amr", "awb")),
    "aac": ("audio", "audio/aac", ("aac",)),
    "mp4": ("video", "video/mp4", ("mp4", "m4v", "3gp", "3g2")),
    "mov": ("video", "video/quicktime", ("mov", "qt")),
}
"""Type by content -> (kind, media type, extensions that a sender may give it)."""

_PICTURES = {
    "jpg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "heic": "HEIF",
    "avif": "AVIF",
}
_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
_CLAIMS = {"heic": "jpg", "heif": "jpg", "hif": "jpg", "avif": "jpg"}
"""Endings of what becomes another type here -> a type of its kind."""
_PACKED = {b"Rar!\x1a\x07": "zip", b"7z\xbc\xaf\x27\x1c": "zip", b"\x1f\x8b\x08": "zip"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TAKEN = {"ole", "zip", "pptx", "odf", "ofd", "rtf", "encrypted"}
_MARKUP = re.compile(r"^\s*(<(!doctype|html|script|svg|\?xml|\?php|body|iframe)|#!|\{\\rtf)", re.I)


def inspect(data: bytes, declared_name: str, *, limits: Limits | None = None) -> Inspected:
    """What `data` is, and a copy of it that may be shown.

    Raises FileRefused with one of the codes in `verdict.Code`, and nothing else. Hostile bytes may
    take long and much memory: call it by `isolation.inspect_apart`.
    """
    try:
        return _inspect(data, declared_name, limits or Limits())
    except MemoryError as error:
        raise FileRefused("costly") from error


def _inspect(data: bytes, declared_name: str, limits: Limits) -> Inspected:
    if not data:
        raise FileRefused("empty")
    if len(data) > limits.size:
        raise FileRefused("too_large", {"size": len(data), "size_allowed": limits.size})
    claimed = extension_of(declared_name)
    found = _type_by_content(data)
    if found is None or found in _NOT_TAKEN:
        _refuse_type(data, claimed, found)
    kind = "picture" if found in _PICTURES else ALLOWED[found][0]
    if claimed and not _may_claim(claimed, kind):
        raise FileRefused("type_disagrees", {"claimed": claimed, "found": found})

    width = height = None
    residue = False
    remarks: tuple[Remark, ...] = ()
    if found in _PICTURES:
        clean, form, width, height, remarks = rewrite_picture(data, _PICTURES[found], limits)
        found = _ENDINGS[form]
    elif found == "pdf":
        clean, residue, remarks = rewrite_pdf(data, limits)
    elif kind == "office":
        clean, residue, remarks = rewrite_office(data, found, limits)
    elif found == "txt":
        clean = _clean_text(data, claimed)
    else:
        clean, residue = _SOUNDS[found](data), True
    return Inspected(
        kind=kind,
        mime=ALLOWED[found][1],
        extension=found,
        name=safe_name(declared_name, found),
        original=data,
        clean=clean,
        scrubbed=clean != data and kind != "text",  # a text changes its encoding only
        residue=residue,
        remarks=remarks,
        width=width,
        height=height,
    )


_SOUNDS: dict[str, Callable[[bytes], bytes]] = {
    "mp4": media.blank_iso_notes,
    "mov": media.blank_iso_notes,
    "m4a": media.blank_iso_notes,
    "mp3": media.mp3_frames,
    "wav": media.rebuild_wav,
    "ogg": media.strip_ogg,
    "flac": media.flac_sound,
    "amr": media.amr_frames,
    "aac": media.adts_frames,
}


def _refuse_type(data: bytes, claimed: str, found: str | None) -> NoReturn:
    if found == "encrypted":
        raise FileRefused("encrypted", {"found": "office"})
    if found in _NOT_TAKEN and found is not None:
        # What people do have and send: they are told what to do with it, whatever its name is.
        raise FileRefused("type_not_allowed", {"claimed": claimed, "found": found})
    plausible = any(claimed in extensions for _, _, extensions in ALLOWED.values())
    raise FileRefused(
        "type_disagrees" if plausible else "type_not_allowed",
        {"claimed": claimed, "found": _describe(data)},
    )


def _may_claim(claimed: str, kind: Kind) -> bool:
    # Telephones and chat programs save a PNG as .jpg every day; nothing is hidden by that, and
    # the name gets the right ending. Another kind is a disguise. Office types don't mix: .docm
    # and .xls are not among them.
    claimed = _CLAIMS.get(claimed, claimed)
    return any(
        claimed in extensions
        for its_kind, _, extensions in ALLOWED.values()
        if its_kind == kind or {its_kind, kind} == {"audio", "video"}
    )


def _type_by_content(data: bytes) -> str | None:
    """A key of ALLOWED or _PICTURES, a word of _NOT_TAKEN, or None."""
    for mark, found in _MARKS.items():
        if data.startswith(mark):
            return found
    if data[:4] == b"RIFF" and data[8:12] in {b"WEBP", b"WAVE"}:
        return "webp" if data[8:12] == b"WEBP" else "wav"
    if data.startswith(b"PK\x03\x04"):
        return office_type(data)
    if data.startswith(_OLD_OFFICE):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "ole"
    if media.is_amr(data):
        return "amr"
    return media.iso_media_type(data) or _sound(data) or ("txt" if _is_text(data) else None)


_MARKS = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"%PDF-": "pdf",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"{\\rtf": "rtf",
    **_PACKED,
}


def _sound(data: bytes) -> str | None:
    if media.is_flac(data):
        return "flac"
    if media.is_mp3(data):
        return "mp3"
    return "aac" if media.adts_frames(data) else None


def _is_text(data: bytes) -> bool:
    try:
        decode_text(data)
    except FileRefused as refused:
        return refused.code != "type_disagrees"
    return True


def _clean_text(data: bytes, claimed: str) -> bytes:
    text = decode_text(data)
    if _MARKUP.match(text):
        raise FileRefused("type_disagrees", {"claimed": claimed, "found": "markup"})
    return text.encode()


def _describe(data: bytes) -> str:
    """A word for content that is not allowed, for the message; never used to decide."""
    try:
        matches = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return "unknown"
    return matches[0].extension.lstrip(".") if matches else "unknown"
