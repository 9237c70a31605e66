"""DOCX, XLSX and ODT: bounded, free of macros and remote parts, packed anew without authors."""

import io
import posixpath
import zipfile
from typing import NamedTuple

from lxml import etree

from huiyin.kernel.files import odf
from huiyin.kernel.files.markup import parse
from huiyin.kernel.files.opc import CONTENT_TYPES, Package
from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits, Remark

FAULTS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, NotImplementedError, etree.LxmlError, *DECODER_ERRORS,
)  # fmt: skip


class Cleaned(NamedTuple):
    """The package anew, whether something in it may tell of its author, and what it lacks."""

    data: bytes
    residue: bool
    remarks: tuple[Remark, ...]


def office_type(data: bytes) -> str:
    """ "docx", "xlsx", "odt" by what the package holds; "pptx", "ofd", or "zip" for any other.

    Raises FileRefused (damaged) if it is no readable zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.lower(): name for name in package.namelist()}
            if CONTENT_TYPES.lower() in names:
                folders = {name.split("/")[0] for name in names}
                for folder, kind in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")):
                    if folder in folders:
                        return kind
            if "mimetype" in names:
                with package.open(names["mimetype"]) as part:
                    kind = part.read(200).decode("ascii", "replace").strip()
                return {odf.TEXT: "odt"}.get(kind, "odf" if "opendocument" in kind else "zip")
            return "ofd" if "ofd.xml" in names else "zip"
    except FAULTS as error:
        raise FileRefused("damaged", {"found": "zip"}) from error


def rewrite_office(data: bytes, kind: str, limits: Limits) -> Cleaned:
    """The parts that show the document in a new package: no properties, authors, revisions, paths.

    What is reached by no known relationship is left behind. Times are set to 1980. Raises
    FileRefused: bomb, encrypted, has_script, damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            members = {m.filename.lower(): m for m in _checked(source.infolist(), limits)}
            reader = Reader(source, members, limits)
            package = (
                odf.Document(reader, limits) if kind == "odt" else Package(reader, kind, limits)
            )
            parts = package.clean()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name, body in parts:
                stored = name == "mimetype"
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                target.writestr(entry, body)
    except FAULTS as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise FileRefused("costly") from error
        raise FileRefused("damaged", {"found": "office"}) from error
    traces = package.traces
    return Cleaned(out.getvalue(), traces.residue, ("object",) if traces.objects else ())


def _checked(members: list[zipfile.ZipInfo], limits: Limits) -> list[zipfile.ZipInfo]:
    if len(members) > limits.members:
        raise FileRefused("bomb", {"members": len(members), "members_allowed": limits.members})
    if len({m.filename.lower() for m in members}) != len(members):
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
        if _is_macro(member.filename.lower()):
            raise FileRefused("has_script", {"found": "macro"})
    return members


_MACRO_FOLDERS = {"activex", "macrosheets", "dialogsheets", "customui"}


def _is_macro(name: str) -> bool:
    folders = name.split("/")
    return (
        posixpath.basename(name) in {"vbaproject.bin", "vbadata.xml"}
        or not _MACRO_FOLDERS.isdisjoint(folders[:-1])
        or (len(folders) > 1 and folders[0] in {"basic", "scripts", "dialogs"})
    )


class Reader:
    """The members of a package by name, whatever its case, each read within the limits."""

    def __init__(
        self, source: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], limits: Limits
    ) -> None:
        self._source = source
        self._members = members
        self._room = limits.unpacked
        self._markup = limits.markup
        self._all_markup = 2 * limits.markup

    def names(self) -> list[str]:
        """All names, as they are spelled, in the order of the package; no folders."""
        return [m.filename for m in self._members.values() if not m.filename.endswith("/")]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def read(self, name: str) -> bytes:
        """A member; raises FileRefused (bomb), KeyError."""
        # The directory's sizes are claims; what comes out is bounded as it comes.
        with self._source.open(self._members[name.lower()]) as part:
            body = part.read(self._room + 1)
        self._room -= len(body)
        if self._room < 0:
            raise FileRefused("bomb", {"unpacked": len(body)})
        return body

    def markup(self, name: str) -> etree._Element:
        """A member as XML; raises FileRefused (bomb, has_script), KeyError, XMLSyntaxError."""
        body = self.read(name)
        self._all_markup -= len(body)
        if len(body) > self._markup or self._all_markup < 0:
            raise FileRefused("bomb", {"unpacked": len(body), "unpacked_allowed": self._markup})
        return parse(body)
