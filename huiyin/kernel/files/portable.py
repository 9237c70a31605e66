"""PDF: read, bounded, and its pages written into a new file without notes, scripts or enclosures."""

import io
import logging
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from huiyin.kernel.files.pictures import strip_embedded
from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits

# It logs what it stumbles over, and that may quote the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# ISO 32000-2: metadata (14.3), page-piece dictionaries (14.5), actions (12.6), embedded file
# streams (7.11.4), associated files (14.13), rich media (13.7).
_DROPPED = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JS", "/JavaScript",
    "/EF", "/AF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings", "/Thumb",
    "/Info", "/M", "/CreationDate", "/ModDate", "/Author", "/Producer", "/Creator",
)  # fmt: skip
_FAULTS: tuple[type[Exception], ...] = (PyPdfError, *DECODER_ERRORS)
_ACTIONS_KEPT = {"/URI", "/GoTo", "/Named"}
_ANNOTATIONS_DROPPED = {
    "/FileAttachment", "/Screen", "/Movie", "/Sound", "/RichMedia", "/3D",
}  # fmt: skip


def rewrite_pdf(data: bytes, limits: Limits) -> bytes:
    """The pages of `data` in a new PDF. Raises FileRefused: encrypted, bomb, damaged."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused("encrypted", {"found": "pdf"})
        pages = _count_pages(reader, limits)
        writer = PdfWriter()
        for number in range(pages):
            writer.add_page(reader.pages[number])
        for obj in writer._objects:  # pypdf has no public walk over its objects
            _scrub(obj, depth=0)
        writer.metadata = None
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = io.BytesIO()
        writer.write(out)
    except LimitReachedError as error:
        raise FileRefused("bomb", {"found": "pdf"}) from error
    except _FAULTS as error:
        raise FileRefused("damaged", {"found": "pdf"}) from error
    return out.getvalue()


def _count_pages(reader: PdfReader, limits: Limits) -> int:
    # /Count is what the file claims; it is checked before the tree is walked, and the walk after.
    claimed = reader.trailer["/Root"]["/Pages"].get("/Count", 0)  # type: ignore[index]
    pages = claimed if isinstance(claimed, int) and claimed > limits.pages else len(reader.pages)
    if pages > limits.pages:
        raise FileRefused("bomb", {"pages": int(pages), "pages_allowed": limits.pages})
    if pages == 0:
        raise FileRefused("damaged", {"found": "pdf", "pages": 0})
    return pages


def _scrub(obj: Any, depth: int) -> None:
    if depth > 40:
        raise ValueError("nested too deeply")
    if isinstance(obj, DictionaryObject):
        for key in _DROPPED:
            obj.pop(NameObject(key), None)
        if "/Subtype" in obj and "/Rect" in obj:
            obj.pop(NameObject("/T"), None)  # the name of whoever made the annotation
        action = obj.get("/A")
        if action is not None:
            resolved = action.get_object()
            if not isinstance(resolved, DictionaryObject) or (
                resolved.get("/S") not in _ACTIONS_KEPT
            ):
                del obj["/A"]
            elif isinstance(resolved, DictionaryObject):
                resolved.pop(NameObject("/Next"), None)
        if isinstance(obj, StreamObject) and obj.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            obj._data = strip_embedded(obj._data)  # set_data would re-encode
        annotations = obj.get("/Annots")
        if annotations is not None:
            _drop_annotations(obj, annotations.get_object())
        for value in obj.values():
            _scrub(value, depth + 1)
    elif isinstance(obj, ArrayObject):
        for value in obj:
            _scrub(value, depth + 1)


def _drop_annotations(page: DictionaryObject, annotations: Any) -> None:
    if not isinstance(annotations, ArrayObject):
        del page["/Annots"]
        return
    kept = ArrayObject()
    for item in annotations:
        resolved = item.get_object()
        if isinstance(resolved, DictionaryObject) and (
            resolved.get("/Subtype") not in _ANNOTATIONS_DROPPED
        ):
            kept.append(item)
    page[NameObject("/Annots")] = kept
