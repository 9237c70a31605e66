"""An HTML body into text, in time that grows with its length alone; nothing is fetched or run. Pure."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

LONGEST = 4 * 1024 * 1024  # characters; what is longer is named as cut
ELEMENTS = 200_000
BREAKS = {
    "p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "pre",
    "ul", "ol", "dl", "dt", "dd", "hr", "section", "article", "header", "footer", "address",
}  # fmt: skip
BLOCK = "\x01"  # where a block begins or ends: several are one
CELLS = {"td", "th"}
SILENT = {"script", "style", "title", "head", "noscript", "template"}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,", re.IGNORECASE)
LINK = re.compile(r"(?:https?|ftp)://\S{1,2000}$", re.IGNORECASE)


@dataclass
class Page:
    """What a page says, the pictures in it as (name, bytes), and whether something was cut off."""

    text: str
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    cut: bool = False


def _without_comments(source: str) -> str:
    """Remove comments; one that never ends is taken for text, as a browser may show it."""
    end = source.rfind("-->")
    if end < 0:
        return source.replace("<!--", " ")
    return _COMMENT.sub("", source[: end + 3]) + source[end + 3 :].replace("<!--", " ")


def read_page(source: str) -> Page:
    """Return the text of a page: one line for each block and row, cells parted by a bar."""
    cut = len(source) > LONGEST
    source = _without_comments(source[:LONGEST])
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", source)
    if not clean.strip():
        return Page("", cut=cut)
    parser = lxml_html.HTMLParser(
        huge_tree=True, recover=True, no_network=True, remove_comments=True, remove_pis=True,
        encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(clean.encode(), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if root is None or any("depth" in each.message.lower() for each in parser.error_log):
        # Beyond some 2,000 levels the library stops; every word counts more than its place.
        return Page(re.sub(r"<[^<>]{0,2000}>", " ", clean).strip(), cut=cut)
    page = Page("", cut=cut)
    _walk(root, page)
    return page


def _walk(root: etree._Element, page: Page) -> None:
    words: list[str] = []
    silent = 0
    for count, (event, element) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        if count > 2 * ELEMENTS:
            page.cut = True
            break
        tag = str(element.tag).lower()
        if event == "start":
            silent += tag in SILENT
            if tag in BREAKS:
                words.append("\n" if tag == "br" else BLOCK)
            if tag in CELLS and element.getprevious() is not None:
                words.append(" | ")
            _embedded(element, tag, words, page)
            said = element.text
        else:
            silent -= tag in SILENT
            if tag == "a" and not silent:
                words.append(_target(element))
            if tag in BREAKS and tag != "br":
                words.append(BLOCK)
            said = element.tail
        if said and not silent:
            words.append(re.sub(r"\s+", " ", said))
    together = re.sub(f"{BLOCK}[{BLOCK} ]*", "\n", "".join(words))
    lines = [" ".join(line.split()) for line in together.split("\n")]
    page.text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _target(element: etree._Element) -> str:
    """Return where a link goes, unless its words say so."""
    target = (element.get("href") or "").strip()
    shown = "".join(element.itertext())[:4000] if LINK.match(target) else target
    return "" if not LINK.match(target) or target.rstrip("/") in shown else f" ({target})"


def _embedded(element: etree._Element, tag: str, words: list[str], page: Page) -> None:
    """Take a picture that stands in the page itself, and the words in its place."""
    if tag != "img":
        return
    source = element.get("src") or ""
    if (kind := _PICTURE.match(source)) and len(page.pictures) < 20:
        try:
            data = base64.b64decode(source[kind.end() :])
        except (binascii.Error, ValueError):
            page.cut = True
        else:
            name = f"picture-{len(page.pictures) + 1}.{kind[1].lower()}"
            page.pictures.append((name, data))
    if alt := (element.get("alt") or "").strip():
        words.append(f" {alt[:300]} ")
