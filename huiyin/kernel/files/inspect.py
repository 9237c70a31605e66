"""Look at what somebody sent, decide by its content what it is, and take out what betrays them.

The name and the browser's type are claims. The content decides; a claim of another kind than the
content's is a disguise and is refused. Pure: no settings, no storage, no framework.
"""

import re
import unicodedata

import puremagic

from huiyin.kernel.files import media
from huiyin.kernel.files.names import extension_of, safe_name
from huiyin.kernel.files.office import office_type, rewrite_office
from huiyin.kernel.files.pictures import rewrite_picture
from huiyin.kernel.files.verdict import FileRefused, Inspected, Kind, Limits

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
    "txt": ("text", "text/plain", ("txt", "text")),
    "mp3": ("audio", "audio/mpeg", ("mp3",)),
    "m4a": ("audio", "audio/mp4", ("m4a",)),
    "wav": ("audio", "audio/wav", ("wav",)),
    "ogg": ("audio", "audio/ogg", ("ogg", "oga", "opus")),
    "mp4": ("video", "video/mp4", ("mp4", "m4v", "mov", "3gp")),
}
"""Type by content -> (kind, media type, extensions that a sender may give it)."""

_PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
_MARKUP = re.compile(r"^\s*(<(!doctype|html|script|svg|\?xml|\?php|body|iframe)|#!|\{\\rtf)", re.I)


def inspect(data: bytes, declared_name: str, *, limits: Limits | None = None) -> Inspected:
    """What `data` is, and a copy of it that may be shown.

    Raises FileRefused with one of the codes in `verdict.Code`, and nothing else.
    """
    limits = limits or Limits()
    if not data:
        raise FileRefused("empty")
    if len(data) > limits.size:
        raise FileRefused("too_large", {"size": len(data), "size_allowed": limits.size})
    claimed = extension_of(declared_name)
    found = _type_by_content(data)
    if found is None:
        plausible = any(claimed in extensions for _, _, extensions in ALLOWED.values())
        raise FileRefused(
            "type_disagrees" if plausible else "type_not_allowed",
            {"claimed": claimed, "found": _describe(data)},
        )
    if found == "heic":
        raise FileRefused("type_not_allowed", {"claimed": claimed, "found": "heic"})
    kind, mime, _ = ALLOWED[found]
    if claimed and not _may_claim(claimed, kind):
        raise FileRefused("type_disagrees", {"claimed": claimed, "found": found})

    width = height = None
    residue = False
    if found in _PICTURES:
        clean, width, height = rewrite_picture(data, _PICTURES[found], limits)
    elif found == "pdf":
        from huiyin.kernel.files.portable import rewrite_pdf  # here: pypdf takes a while to load

        clean = rewrite_pdf(data, limits)
    elif kind == "office":
        clean = rewrite_office(data, limits)
    elif found == "txt":
        clean = _decode(data, claimed).encode()
    else:
        clean, residue = _clean_media(found, data), True
    return Inspected(
        kind=kind,
        mime=mime,
        extension=found,
        name=safe_name(declared_name, found),
        clean=clean,
        scrubbed=clean != data and kind != "text",  # a text changes its encoding only
        residue=residue,
        width=width,
        height=height,
    )


def _may_claim(claimed: str, kind: Kind) -> bool:
    # Telephones and chat programs save a PNG as .jpg every day; nothing is hidden by that, and
    # the name gets the right ending. Another kind is a disguise. Office types don't mix: .docm
    # and .xls are not among them.
    return any(
        claimed in extensions
        for its_kind, _, extensions in ALLOWED.values()
        if its_kind == kind or {its_kind, kind} == {"audio", "video"}
    )


def _type_by_content(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] in {b"WEBP", b"WAVE"}:
        return "webp" if data[8:12] == b"WEBP" else "wav"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return office_type(data)
    if data.startswith(b"OggS"):
        return "ogg"
    iso = media.iso_media_type(data)
    if iso is not None:
        return iso
    if media.is_mp3(data):
        return "mp3"
    return "txt" if _text(data) is not None else None


def _clean_media(found: str, data: bytes) -> bytes:
    if found in {"mp4", "m4a"}:
        return media.blank_iso_notes(data)
    if found == "mp3":
        return media.strip_mp3_tags(data)
    if found == "wav":
        return media.rebuild_wav(data)
    media.check_ogg(data)
    return data


def _decode(data: bytes, claimed: str) -> str:
    text = _text(data)
    if text is None or _MARKUP.match(text):
        raise FileRefused("type_disagrees", {"claimed": claimed, "found": "markup"})
    return text


def _text(data: bytes) -> str | None:
    """`data` as text in UTF-8, UTF-16 with its mark, or GB18030; None if it is in none."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(c in "\t\n\r\f" or unicodedata.category(c) not in _NOT_TEXT for c in set(text)):
            return text
    return None


_NOT_TEXT = {"Cc", "Cs", "Co", "Cn"}


def _describe(data: bytes) -> str:
    """A word for content that is not allowed, for the message; never used to decide."""
    try:
        matches = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return "unknown"
    return matches[0].extension.lstrip(".") if matches else "unknown"
