"""DOCX and XLSX as packages (ISO 29500-2): what is reached by known relationships, and no more."""

import posixpath
from collections import deque
from typing import Protocol
from urllib.parse import unquote

from lxml import etree

from huiyin.kernel.files.embedded import clean_embedded
from huiyin.kernel.files.markup import Element, Traces, blank, local, unparse
from huiyin.kernel.files.verdict import FileRefused, Limits

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_REL_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)

_MARKUP = {
    "officeDocument", "styles", "stylesWithEffects", "settings", "fontTable", "numbering", "theme",
    "themeOverride", "header", "footer", "footnotes", "endnotes", "comments", "commentsExtended",
    "chart", "chartEx", "chartUserShapes", "chartStyle", "chartColorStyle", "diagramData",
    "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "worksheet",
    "chartsheet", "sharedStrings", "drawing", "vmlDrawing", "table", "tableSingleCells",
    "threadedComment", "person", "pivotTable", "pivotCacheDefinition", "pivotCacheRecords",
    "slicer", "slicerCache", "timeline", "timelineCache", "sheetMetadata", "externalLink",
    "ctrlProp", "richStyles", "rdRichValue", "rdRichValueStructure", "rdRichValueTypes",
}  # fmt: skip
"""Last word of a relationship's type -> a part of XML that shows something."""
_BINARY = {"image", "font"}
_OBJECTS = {"oleObject", "package", "aFChunk", "subDocument", "control", "frame", "video", "audio",
            "media"}  # fmt: skip
_MACROS = {"vbaProject", "wordVbaData", "activeXControlBinary", "xlMacrosheet",
           "xlIntlMacrosheet", "dialogsheet", "userCustomization", "ui/extensibility"}  # fmt: skip
_DEFINING = {"styles", "stylesWithEffects", "settings", "fontTable", "numbering", "theme"}
_ADDRESSES = ("http:", "https:", "mailto:", "tel:", "#")
_REFERRING = {"externalReference", "pivotCache", "headerReference", "footerReference", "imagedata",
              "legacyDrawing", "drawing", "tablePart"}  # fmt: skip
"""Elements that are nothing without the relationship they name; others lose the name alone."""


class Parts(Protocol):
    """Where parts are read from: office.Reader."""

    def names(self) -> list[str]: ...
    def __contains__(self, name: str) -> bool: ...
    def read(self, name: str) -> bytes: ...
    def markup(self, name: str) -> Element: ...


class Package:
    """A package on its way to a clean one. `traces` is filled by `clean`."""

    def __init__(self, source: Parts, kind: str, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._kind = kind
        self.traces = Traces()
        self._types, self._defaults = self._read_types()
        self._renamed: dict[str, str] = {}
        self._out: dict[str, bytes] = {}

    def clean(self) -> list[tuple[str, bytes]]:
        """Names and bodies of the new package. Raises FileRefused, and what parsers raise."""
        queue: deque[tuple[str, str]] = deque()
        root = self._relationships("", queue, None)
        if not any(kind == "officeDocument" for _, kind in queue):
            raise FileRefused("damaged", {"found": "office"})
        core = etree.SubElement(root, f"{{{_RELS}}}Relationship")
        core.attrib.update({"Id": "rIdCore", "Type": _REL_TYPE, "Target": "docProps/core.xml"})
        self._out["_rels/.rels"] = unparse(root)
        taken: set[str] = set()
        while queue:
            name, kind = queue.popleft()
            if name.lower() not in taken:
                taken.add(name.lower())
                self._take(name, kind, queue)
        self._out["docProps/core.xml"] = _CORE
        return [(CONTENT_TYPES, self._content_types()), *self._out.items()]

    def _take(self, name: str, kind: str, queue: deque[tuple[str, str]]) -> None:
        if kind in _BINARY:
            body, residue = clean_embedded(self._source.read(name), self._limits)
            self.traces.residue |= residue
            self._out[self._renamed[name.lower()]] = body
            return
        root = self._source.markup(name)
        if kind == "comments":
            _drop_signed_names(root)
        blank(root, self.traces, flows=kind not in _DEFINING)
        if kind == "pivotCacheRecords":
            self.traces.residue = True  # a copy of all rows, also of those that are not shown
        rels = self._relationships(name, queue, root)
        self._out[name] = unparse(root)
        if len(rels):
            self._out[_rels_of(name)] = unparse(rels)

    def _relationships(
        self, name: str, queue: deque[tuple[str, str]], owner: Element | None
    ) -> Element:
        """The relationships of a part that are kept, and their targets onto `queue`; references
        in `owner` to the others go."""
        kept = etree.Element(f"{{{_RELS}}}Relationships", nsmap={None: _RELS})
        path = _rels_of(name)
        if path not in self._source:
            return kept
        gone: set[str] = set()
        for relationship in self._source.markup(path).iter("{*}Relationship"):
            target = self._target(name, relationship, queue)
            identity = relationship.get("Id") or ""
            if target is None:
                gone.add(identity)
                continue
            copy = etree.SubElement(kept, f"{{{_RELS}}}Relationship")
            copy.set("Id", identity)
            copy.set("Type", relationship.get("Type") or "")
            copy.set("Target", target)
            if relationship.get("TargetMode") == "External":
                copy.set("TargetMode", "External")
        if owner is not None and gone:
            _unrefer(owner, gone)
        return kept

    def _target(
        self, owner: str, relationship: Element, queue: deque[tuple[str, str]]
    ) -> str | None:
        """What a relationship may point to; None if it goes."""
        full = relationship.get("Type") or ""
        kind = posixpath.basename(full)
        target = (relationship.get("Target") or "").strip()
        if kind in _MACROS or full.endswith("ui/extensibility"):
            raise FileRefused("has_script", {"found": "macro"})
        if (relationship.get("TargetMode") or "").lower() == "external":
            return self._external(kind, target)
        if kind in _OBJECTS:
            # the numbers of a chart stay in the chart; its workbook goes unsaid
            self.traces.objects |= not posixpath.basename(owner).lower().startswith("chart")
        name = _resolve(owner, target)
        if kind not in _MARKUP | _BINARY or name not in self._source:
            return None
        if kind == "image" and self._type_of(name) == "image/svg+xml":
            return None  # a picture of dots stands beside it for programs that draw none
        queue.append((name, kind))
        if kind in _BINARY:
            ending = posixpath.splitext(name)[1].lower()[:6]
            folder = {"docx": "word", "xlsx": "xl"}[self._kind]
            number = len(self._renamed) + 1
            new = self._renamed.setdefault(name.lower(), f"{folder}/media/{kind}{number}{ending}")
            return "/" + new
        return "/" + name

    def _external(self, kind: str, target: str) -> str | None:
        if kind == "hyperlink":
            return target if target.lower().startswith(_ADDRESSES) else "#"
        if kind in {"image", "frame", "subDocument"}:
            raise FileRefused("has_script", {"found": "remote picture"})
        if kind == "attachedTemplate" and _is_remote(target):
            raise FileRefused("has_script", {"found": "remote part"})
        if kind.startswith("externalLink"):
            return "another-workbook.xlsx"
        self.traces.objects |= kind in _OBJECTS
        return None

    def _read_types(self) -> tuple[dict[str, str], dict[str, str]]:
        root = self._source.markup(CONTENT_TYPES)
        types = {
            (part.get("PartName") or "").lstrip("/").lower(): part.get("ContentType") or ""
            for part in root.iter("{*}Override")
        }
        defaults = {
            (part.get("Extension") or "").lower(): part.get("ContentType") or ""
            for part in root.iter("{*}Default")
        }
        for content_type in {*types.values(), *defaults.values()}:
            low = content_type.lower()
            if "macroenabled" in low or "vbaproject" in low or "activex" in low:
                raise FileRefused("has_script", {"found": "macro"})
        return types, defaults

    def _type_of(self, name: str) -> str:
        ending = posixpath.splitext(name)[1].lower().lstrip(".")
        return self._types.get(name.lower()) or self._defaults.get(ending, "")

    def _content_types(self) -> bytes:
        root = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
        rels = etree.SubElement(root, f"{{{_TYPES}}}Default")
        rels.attrib.update({
            "Extension": "rels",
            "ContentType": "application/vnd.openxmlformats-package.relationships+xml",
        })  # fmt: skip
        sent = {new: old for old, new in self._renamed.items()}
        for name in self._out:
            if name.endswith(".rels"):
                continue
            part = etree.SubElement(root, f"{{{_TYPES}}}Override")
            core = "application/vnd.openxmlformats-package.core-properties+xml"
            known = core if name == "docProps/core.xml" else self._type_of(sent.get(name, name))
            part.attrib.update({"PartName": "/" + name, "ContentType": known or "application/xml"})
        return unparse(root)


def _rels_of(name: str) -> str:
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", base + ".rels")


def _resolve(owner: str, target: str) -> str:
    target = unquote(target.partition("#")[0])
    if target.startswith("/"):
        return posixpath.normpath(target.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(owner), target))


def _is_remote(target: str) -> bool:
    """Whether a template lies on another machine; one on the writer's own is nobody's."""
    low = target.lower().replace("\\", "/")
    path = low.removeprefix("file:")
    if path != low:
        return path.startswith("//") and not path.startswith("///")
    return low.startswith("//") or ("://" in low)


_REFERENCES = etree.XPath("//@*[contains(namespace-uri(), '/relationships')]")


def _unrefer(root: Element, gone: set[str]) -> None:
    for reference in _REFERENCES(root):
        element = reference.getparent()
        if reference in gone and element is not None:
            parent = element.getparent()
            if local(str(element.tag)) in _REFERRING and parent is not None:
                parent.remove(element)
            elif reference.attrname in element.attrib:
                del element.attrib[reference.attrname]


def _drop_signed_names(root: Element) -> None:
    """A spreadsheet program writes the author once more as the first words of a comment."""
    authors = [element.text or "" for element in root.iter("{*}author")]
    for comment in root.iter("{*}comment"):
        number = comment.get("authorId") or ""
        author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
        first = next(comment.iter("{*}t"), None)
        if author and first is not None and (first.text or "").startswith(author):
            first.text = (first.text or "")[len(author) :].lstrip(":： ")
