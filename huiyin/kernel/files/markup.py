"""XML of office files: parsed without anything fetched or expanded, blanked by name and namespace."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from huiyin.kernel.files.verdict import FileRefused

Element: TypeAlias = Any  # lxml comes without types

_FAMILIES = (
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/ooxml/",
    "http://schemas.microsoft.com/",
    "urn:schemas-microsoft-com:",
    "urn:oasis:names:tc:opendocument:xmlns:",
    "urn:org:documentfoundation:names:experimental:",
    "http://openoffice.org/",
    "http://www.w3.org/",
    "http://purl.org/dc/",
)
"""Vocabularies that office programs draw from; an element or attribute of another is dropped."""

_OBJECTS = {"OLEObject", "oleObject", "oleObjects", "oleObj", "control", "controls", "altChunk",
            "subDoc", "object-ole", "applet", "plugin"}  # fmt: skip
"""What shows another file, or runs one: dropped, and told of."""

_DROPPED = _OBJECTS | {
    "rsids", "docVars", "docVar", "attachedTemplate", "mailMerge", "docId", "dataBinding",
    "smartTagPr", "customXmlPr", "saveThroughXslt", "externalData", "svgBlip", "absPath",
    "revisionPtr", "customWorkbookViews", "customSheetViews", "webPublishItems", "webPublishing",
    "fileSharing", "permStart", "permEnd", "creator", "lastModifiedBy", "initial-creator",
    "alias", "tag", "printed-by", "creator-initials", "sender-initials", "creation-date", "event-listeners",
    "scripts", "legacyDrawingHF", "sheetDataSet", "custDataLst", "tagLst",
    "helpText", "statusText", "fldData", "tblCaption", "tblDescription", "writeProtection",
    "printerSettings", "customPr", "customProperties",
}  # fmt: skip
_SVG_TITLE = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}title"
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_BLANKED = {"author", "initials", "userId", "userName", "lastModifiedBy", "displayName",
            "refreshedBy", "user", "providerId", "presenceInfo", "lastEdited"}  # fmt: skip
_REMOVED = {"gfxdata", "uid", "documentId", "date", "dateUtc", "dT", "refreshedDate",
            "refreshedDateIso", "codeName", "macro", "rsid", "paragraph-rsid",
            "queryTableFieldId", "tableType", "tooltip"}  # fmt: skip
"""Attributes without which every program reads on: stamps, dates of changes, copies of drawings."""
_NAMED = {"docPr", "cNvPr", "imagedata", "shape", "rect", "frame", "image", "cmAuthor", "theme",
          "clrScheme", "fontScheme", "fmtScheme"}  # fmt: skip
_NAMES = {"name", "descr", "title", "alt", "href"}
"""Attributes of drawings that hold the path or name of the file they came from."""
_NOTED = {"definedName", "scenario"}
_NOTES = {"comment", "description", "help", "statusBar", "customMenu"}
_TEXTS = {"author", "desc"}
_HIDDEN = {"1", "true", "hidden", "veryHidden", "collapse", "filter"}
_HIDDEN_ELEMENTS = {"delText", "delInstrText", "moveFrom", "deletion", "hidden-text",
                    "hidden-paragraph", "vanish", "user-field-decl"}  # fmt: skip
_SHOWN_FIELDS = {
    "PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "TOC", "REF", "PAGEREF", "NOTEREF", "HYPERLINK",
    "SEQ", "DATE", "TIME", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "EQ", "STYLEREF", "SYMBOL",
    "=", "ADVANCE", "TC", "XE", "INDEX", "QUOTE",
}  # fmt: skip
"""Fields whose code says nothing of files, users or other programs (ISO 29500-1, 17.16.5)."""


_MOST_ATTRIBUTES = 500
"""Of one element; reading them takes time by their square, and no program writes so many."""


@dataclass(slots=True)
class Traces:
    """What was met on the way: an object that is left out, or what is not seen but stays."""

    objects: bool = False
    residue: bool = False


def parse(body: bytes) -> Element:
    """The root of a part, without comments and processing instructions.

    Raises FileRefused (has_script) for a document type, lxml.etree.XMLSyntaxError for no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(body, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("has_script", {"found": "entity"})
    return root


def unparse(root: Element) -> bytes:
    """The part as UTF-8."""
    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return body


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]


def blank(root: Element, traces: Traces, *, flows: bool = True) -> None:
    """Take out of a part, in place, whatever names a person, a device, a path or a revision.

    `flows`: the part holds what is read, so hidden text in it counts; styles define, and hide
    nothing.
    """
    dropped: set[str] = set()
    verdicts: dict[str, int] = {}
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        verdict = verdicts.get(tag)
        if verdict is None:
            verdict = verdicts[tag] = _judge(tag)
        if verdict & _DROP:
            dropped.add(tag)
            traces.objects |= bool(verdict & _OBJECT)
            continue
        if verdict & _EMPTY:
            element.text = ""
        if verdict & _REFERS and element.text:
            element.text = element.text.rpartition("]")[2]
        if verdict & _HIDES and flows:
            off = {"0", "false", "off"}
            traces.residue |= local(tag) != "vanish" or off.isdisjoint(element.attrib.values())
        if element.attrib:
            _attributes(element, tag, traces, flows)
    if root.tag in dropped:
        raise ValueError("nothing is left")
    if dropped:
        etree.strip_elements(root, *dropped, with_tail=False)
    _fields(root)
    _bookmarks(root)


_DROP, _OBJECT, _EMPTY, _HIDES, _REFERS = 1, 2, 4, 8, 16
_CHART_FORMULA = "/chart}f"
"""A chart's reference, which may begin with the path of another workbook, in brackets."""


def _judge(tag: str) -> int:
    name = local(tag)
    if name in _DROPPED or not _known(tag) or tag == _DATE:
        return _DROP | (_OBJECT if name in _OBJECTS else 0)
    return (
        (_EMPTY if name in _TEXTS or tag == _SVG_TITLE else 0)
        | (_HIDES if name in _HIDDEN_ELEMENTS else 0)
        | (_REFERS if tag.endswith(_CHART_FORMULA) else 0)
    )


def _known(name: str) -> bool:
    return not name.startswith("{") or name[1:].startswith(_FAMILIES)


def _attributes(element: Element, tag: str, traces: Traces, flows: bool) -> None:
    name = local(tag)
    if len(element.attrib) > _MOST_ATTRIBUTES:
        raise ValueError("too many attributes")
    for key, value in element.attrib.items():
        short = local(key)
        if short.startswith("rsid") or short in _REMOVED or not _known(key):
            if short != "date" or "author" in {local(other) for other in element.attrib}:
                del element.attrib[key]
        elif short in _BLANKED or (
            short in _NAMES and name in _NAMED and not key.endswith("/xlink}href")
        ):
            element.set(key, "")
        elif short in _NOTES and name in _NOTED:
            del element.attrib[key]
        elif short in {"hidden", "state", "visibility", "display"} and name != "col-default":
            traces.residue |= flows and value in _HIDDEN | (
                {"none"} if short == "display" else set()
            )
    if name == "fldSimple":
        _simple_field(element)


def _shown(code: str) -> bool:
    word = code.split(maxsplit=1)[0].upper() if code.strip() else ""
    return word in _SHOWN_FIELDS or word.startswith("=")


def _simple_field(element: Element) -> None:
    for key, value in element.attrib.items():
        if local(key) == "instr" and not _shown(value):
            element.set(key, " QUOTE ")


def _fields(root: Element) -> None:
    """Empty the codes of fields that name a file, a user or another program; what they show stays.

    A code may stand in several runs, and fields in fields.
    """
    stack: list[list[Element]] = []
    for element in root.iter("{*}fldChar", "{*}instrText"):
        if local(str(element.tag)) == "instrText":
            if stack:
                stack[-1].append(element)
            elif not _shown(element.text or ""):
                element.text = ""
            continue
        kind = next((v for k, v in element.attrib.items() if local(k) == "fldCharType"), "")
        if kind == "begin":
            stack.append([])
        elif kind in {"separate", "end"} and stack:
            code = stack[-1]
            if code and not _shown("".join(part.text or "" for part in code)):
                for part in code:
                    part.text = ""
                code[0].text = " QUOTE "
            stack[-1] = []
            if kind == "end":
                stack.pop()
    for code in stack:
        for part in code:
            part.text = ""


def _bookmarks(root: Element) -> None:
    """Empty the names of places that nothing in the part refers to; `_` begins a program's own."""
    places = [
        (element, key, value)
        for element in root.iter("{*}bookmarkStart", "{*}bookmark", "{*}bookmark-start")
        for key, value in element.attrib.items()
        if local(key) == "name" and not value.startswith("_")
    ]
    if not places:
        return
    words: set[str] = set()
    for element in root.iter(
        "{*}instrText", "{*}fldSimple", "{*}hyperlink", "{*}a", "{*}bookmark-ref"
    ):
        for text in (element.text or "", *element.attrib.values()):
            words.update(text.replace("#", " ").replace('"', " ").split())
    ends: dict[str, Element] = {}
    for end in root.iter("{*}bookmark-end"):
        ends.update(dict.fromkeys(end.attrib.values(), end))
    for number, (element, key, value) in enumerate(places):
        if value in words:
            continue
        element.set(key, f"_{number}")
        if value in ends:
            ends[value].set(key, f"_{number}")
