"""ODT (OASIS OpenDocument): the parts that show the text, by name, and no more."""

import posixpath
from collections.abc import Iterator

from lxml import etree

from huiyin.kernel.files.embedded import clean_embedded
from huiyin.kernel.files.markup import Element, Traces, blank, local, unparse
from huiyin.kernel.files.opc import Parts
from huiyin.kernel.files.verdict import FileRefused, Limits

TEXT = "application/vnd.oasis.opendocument.text"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_LINK = "{http://www.w3.org/1999/xlink}href"
_SHOWN = {"content.xml", "styles.xml"}
_PICTURES = {"Pictures", "ObjectReplacements"}
_ADDRESSES = ("http:", "https:", "mailto:", "tel:", "#")


class Document:
    """A text document on its way to a clean one. `traces` is filled by `clean`."""

    def __init__(self, source: Parts, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.traces = Traces()
        self._types: dict[str, str] = {}
        self._renamed: dict[str, str] = {}

    def clean(self) -> list[tuple[str, bytes]]:
        """Names and bodies of the new package. Raises FileRefused, and what parsers raise."""
        manifest = self._source.markup("META-INF/manifest.xml")
        for entry in manifest.iter("{*}file-entry"):
            if any(local(str(child.tag)) == "encryption-data" for child in entry):
                raise FileRefused("encrypted", {"found": "office"})
            values = {local(key): value for key, value in entry.attrib.items()}
            self._types[values.get("full-path", "")] = values.get("media-type", "")
        for name in self._source.names():
            if self._is_picture(name):
                ending = posixpath.splitext(name)[1].lower()[:6]
                named = name.startswith("Pictures/")
                new = f"Pictures/{len(self._renamed) + 1}{ending}"
                self._renamed[name] = new if named else name
        parts = [(name, body) for name, body in self._parts()]
        return [
            ("mimetype", TEXT.encode()),
            *parts,
            ("META-INF/manifest.xml", self._manifest([name for name, _ in parts])),
        ]

    def _parts(self) -> Iterator[tuple[str, bytes]]:
        for name in self._source.names():
            folder, base = posixpath.split(name)
            if base in _SHOWN and (not folder or self._is_object(folder)):
                root = self._source.markup(name)
                blank(root, self.traces)
                self._relink(root, folder)
                yield name, unparse(root)
            elif name in self._renamed:
                body, residue = clean_embedded(self._source.read(name), self._limits)
                self.traces.residue |= residue
                yield self._renamed[name], body
            elif folder in {"", "Media"} and base not in {
                "mimetype", "meta.xml", "settings.xml", "manifest.rdf", "layout-cache",
            }:  # fmt: skip
                self.traces.objects = True  # an object of another program, a film

    def _is_object(self, folder: str) -> bool:
        return "/" not in folder and folder.startswith("Object ")

    def _is_picture(self, name: str) -> bool:
        folder = name.split("/", maxsplit=1)[0]
        return folder in _PICTURES and name.count("/") == 1

    def _relink(self, root: Element, folder: str) -> None:
        for element in root.iter(etree.Element):
            target = element.get(_LINK)
            if target is None:
                continue
            name = posixpath.normpath(posixpath.join(folder, target.removeprefix("./")))
            if name in self._renamed:
                element.set(_LINK, self._renamed[name])
            elif local(str(element.tag)) == "a":
                if not target.lower().startswith(_ADDRESSES):
                    element.set(_LINK, "#")
            elif ":" in target or target.startswith(("/", "..")):
                raise FileRefused("has_script", {"found": "remote picture"})

    def _manifest(self, names: list[str]) -> bytes:
        root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
        root.set(f"{{{_MANIFEST}}}version", "1.2")
        folders = sorted({posixpath.dirname(name) + "/" for name in names if self._is_object(
            posixpath.dirname(name))})  # fmt: skip
        sent = {new: old for old, new in self._renamed.items()}
        for name in ["/", *folders, *names]:
            entry = etree.SubElement(root, f"{{{_MANIFEST}}}file-entry")
            entry.set(f"{{{_MANIFEST}}}full-path", name)
            kind = TEXT if name == "/" else self._types.get(sent.get(name, name), "")
            entry.set(f"{{{_MANIFEST}}}media-type", kind)
        return unparse(root)
