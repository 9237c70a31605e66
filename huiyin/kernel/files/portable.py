"""PDF: read, bounded, and its pages written into a new file without notes, scripts or enclosures."""

import io
import logging
from typing import Any, NamedTuple

from pypdf import PdfReader, PdfWriter
from pypdf.errors import DeprecationError, LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from huiyin.kernel.files.portable_streams import clean_stream, drawing_tells
from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits, Remark

# It logs what it stumbles over, and that may quote the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# ISO 32000-2: metadata (14.3), page-piece dictionaries (14.5), actions (12.6), embedded file
# streams (7.11.4), associated files (14.13), rich media (13.7), web capture (14.10), articles
# (12.4.3), and what LaTeX and Adobe note of where a drawing came from.
_DROPPED = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JS", "/JavaScript",
    "/EF", "/AF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings", "/Thumb",
    "/Info", "/CreationDate", "/ModDate", "/Author", "/Producer", "/Creator", "/NM",
    "/SpiderInfo", "/OPI", "/Alternates", "/Measure", "/PTData", "/PresSteps", "/XFA",
    "/Private", "/CreatorInfo", "/DPartRoot", "/Subj", "/ExData", "/Ref",
)  # fmt: skip
_STRINGS = {
    "/Contents", "/RC", "/DA", "/DS", "/T", "/V", "/CA", "/AC", "/URI", "/Registry", "/Ordering",
    "/CharSet", "/FontFamily", "/Name", "/Panose", "/Lang", "/OverlayText",
}  # fmt: skip
"""Keys of words that draw or are read; under any other, words are somebody's notes."""
_DROPPED_PREFIXES = ("/PTEX", "/ADBE", "/Adobe", "/GTS_", "/ITXT", "/AAPL:")
_PAGE_KEPT = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Contents", "/Rotate", "/Group", "/Annots", "/UserUnit", "/Tabs", "/Dur", "/Trans",
}  # fmt: skip
_FORM_KEPT = {
    "/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/Name", "/OC",
    "/Length", "/Filter", "/DecodeParms",
}  # fmt: skip
_IMAGE_KEPT = {
    "/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent",
    "/ImageMask", "/Mask", "/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte", "/Name",
    "/OC", "/Length", "/Filter", "/DecodeParms",
}  # fmt: skip
_KEPT = {"/Form": _FORM_KEPT, "/Image": _IMAGE_KEPT}
_FAULTS: tuple[type[Exception], ...] = (PyPdfError, DeprecationError, *DECODER_ERRORS)
_LAYERS = {"/OCG", "/OCMD"}
_ACTIONS_KEPT = {"/URI", "/GoTo", "/Named"}
_ENCLOSURES = {"/FileAttachment", "/Screen", "/Movie", "/Sound", "/RichMedia", "/3D"}
_INVISIBLE = 2 | 32
"""Flags of an annotation: hidden, not shown on a screen (12.5.3)."""
_DEEPEST = 40


class Cleaned(NamedTuple):
    """The file anew, whether something in it may tell of its author, and what it lacks."""

    data: bytes
    residue: bool
    remarks: tuple[Remark, ...]


def rewrite_pdf(data: bytes, limits: Limits) -> Cleaned:
    """The pages of `data` in a new PDF; forms keep what was filled in, layers who is shown.

    Raises FileRefused: encrypted, bomb, damaged, form (one that only its maker's program draws).
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused("encrypted", {"found": "pdf"})
        return _Rewriting(reader, limits).run()
    except LimitReachedError as error:
        raise FileRefused("bomb", {"found": "pdf"}) from error
    except _FAULTS as error:
        raise FileRefused("damaged", {"found": "pdf"}) from error


class _Rewriting:
    """One file on its way to a clean one."""

    def __init__(self, reader: PdfReader, limits: Limits) -> None:
        self._reader = reader
        self._limits = limits
        self._root = _dictionary(reader.trailer["/Root"])
        self._writer = PdfWriter()
        self._residue = False
        self._enclosures = False

    def run(self) -> Cleaned:
        """Copy the pages and what they need, scrub all objects, write those that are reached."""
        if self._root.get("/NeedsRendering"):
            raise FileRefused("form", {"found": "pdf"})
        names = _dictionary(self._root.get("/Names"))
        self._enclosures = "/EmbeddedFiles" in names or "/Collection" in self._root
        for number in range(_count_pages(self._reader, self._limits)):
            self._writer.add_page(self._reader.pages[number])
        self._copy_layers()
        for page in self._writer.pages:
            self._clean_page(page)
        self._copy_form()
        for obj in self._writer._objects:  # pypdf has no public walk over its objects
            self._scrub(obj, depth=0)
        self._writer.metadata = None
        self._writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = io.BytesIO()
        self._writer.write(out)
        remarks: tuple[Remark, ...] = ("object",) if self._enclosures else ()
        return Cleaned(out.getvalue(), self._residue, remarks)

    def _copy_layers(self) -> None:
        """Layers that are hidden stay hidden: whether one is shown stands in the catalogue."""
        layers = self._root.get("/OCProperties")
        if layers is None:
            return
        copied = _dictionary(layers).clone(self._writer)
        self._writer._root_object[NameObject("/OCProperties")] = copied
        settings = _dictionary(_dictionary(copied).get("/D"))
        self._residue |= bool(settings.get("/OFF")) or settings.get("/BaseState") == "/OFF"

    def _clean_page(self, page: DictionaryObject) -> None:
        for key in [key for key in page if key not in _PAGE_KEPT]:
            del page[key]
        contents = page.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        for part in contents if isinstance(contents, ArrayObject) else [contents]:
            part = part.get_object() if part is not None else None  # noqa: PLW2901
            if isinstance(part, StreamObject):
                self._residue |= drawing_tells(part, self._limits)
        annotations = page.get("/Annots")
        if annotations is None:
            return
        annotations = annotations.get_object()
        kept = ArrayObject()
        for item in annotations if isinstance(annotations, ArrayObject) else ():
            annotation = item.get_object()
            if not isinstance(annotation, DictionaryObject):
                continue
            flags = annotation.get("/F", 0)
            if annotation.get("/Subtype") in _ENCLOSURES:
                self._enclosures = True
            elif not (isinstance(flags, int) and flags & _INVISIBLE):
                kept.append(item)
        page[NameObject("/Annots")] = kept

    def _copy_form(self) -> None:
        """The fields whose widgets are on the pages, so that a reader still draws their values."""
        form = _dictionary(self._root.get("/AcroForm"))
        fields, seen = ArrayObject(), set()
        for page in self._writer.pages:
            for item in page.get("/Annots", ()):
                widget = _dictionary(item)
                if widget.get("/Subtype") != "/Widget" or not isinstance(item, IndirectObject):
                    continue
                top = _topmost(item)
                if top.idnum not in seen:
                    seen.add(top.idnum)
                    fields.append(top)
        if not seen:
            return
        kept = DictionaryObject({NameObject("/Fields"): fields})
        for key in ("/DR", "/DA", "/Q"):
            if key in form:
                kept[NameObject(key)] = form.raw_get(key).clone(self._writer)
        if form.get("/NeedAppearances"):
            kept[NameObject("/NeedAppearances")] = BooleanObject(True)
        self._writer._root_object[NameObject("/AcroForm")] = self._writer._add_object(kept)

    def _scrub(self, obj: Any, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(obj, DictionaryObject):
            self._scrub_dictionary(obj)
            if isinstance(obj, StreamObject):
                kind = str(obj.get("/Subtype"))
                for key in [key for key in obj if kind in _KEPT and key not in _KEPT[kind]]:
                    del obj[key]
                if kind == "/Form":
                    self._residue |= drawing_tells(obj, self._limits)
                self._residue |= clean_stream(obj, self._limits)
            for value in obj.values():
                self._scrub(value, depth + 1)
        elif isinstance(obj, ArrayObject):
            for value in obj:
                self._scrub(value, depth + 1)

    def _scrub_dictionary(self, obj: DictionaryObject) -> None:
        self._enclosures |= "/EF" in obj
        for key in [k for k in obj if k in _DROPPED or k.startswith(_DROPPED_PREFIXES)]:
            del obj[key]
        for key in [key for key in obj if key not in _STRINGS]:
            if isinstance(obj.get(key), TextStringObject | ByteStringObject):
                del obj[key]
        if obj.get("/FT") == "/Sig" or obj.get("/Type") == "/Sig":
            for key in ("/V", "/Name", "/Location", "/Reason", "/ContactInfo", "/Contents",
                        "/Cert", "/Lock", "/SV"):  # fmt: skip
                obj.pop(NameObject(key), None)
        is_widget = obj.get("/Subtype") == "/Widget" or "/FT" in obj
        if "/Subtype" in obj and "/Rect" in obj and not is_widget:
            obj.pop(NameObject("/T"), None)  # the name of whoever made the annotation
        if obj.get("/Subtype") == "/Link":
            obj.pop(NameObject("/Contents"), None)
        for properties in _dictionary(obj.get("/Properties")).values():
            marked = properties.get_object()
            if isinstance(marked, DictionaryObject) and marked.get("/Type") not in _LAYERS:
                marked.clear()
        self._scrub_action(obj)

    def _scrub_action(self, obj: DictionaryObject) -> None:
        action = obj.get("/A")
        if action is None:
            return
        resolved = action.get_object()
        if not isinstance(resolved, DictionaryObject) or resolved.get("/S") not in _ACTIONS_KEPT:
            del obj["/A"]
            return
        resolved.pop(NameObject("/Next"), None)
        address = str(resolved.get("/URI", "")).lower()
        if address.startswith(("file:", "\\\\", "/")):
            del obj["/A"]


def _dictionary(value: Any) -> DictionaryObject:
    resolved = value.get_object() if value is not None else None
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _topmost(item: IndirectObject) -> IndirectObject:
    """The field that a widget belongs to, its parents followed as long as they are distinct."""
    seen = {item.idnum}
    while True:
        field = _dictionary(item)
        parent = field.raw_get("/Parent") if "/Parent" in field else None
        if not isinstance(parent, IndirectObject) or parent.idnum in seen:
            return item
        seen.add(parent.idnum)
        item = parent


def _count_pages(reader: PdfReader, limits: Limits) -> int:
    # /Count is what the file claims; it is checked before the tree is walked, and the walk after.
    claimed = reader.trailer["/Root"]["/Pages"].get("/Count", 0)  # type: ignore[index]
    pages = claimed if isinstance(claimed, int) and claimed > limits.pages else len(reader.pages)
    if pages > limits.pages:
        raise FileRefused("bomb", {"pages": int(pages), "pages_allowed": limits.pages})
    if pages == 0:
        raise FileRefused("damaged", {"found": "pdf", "pages": 0})
    return pages
