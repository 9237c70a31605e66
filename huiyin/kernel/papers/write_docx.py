"""Papers as Word files, so that an office can add its seal and file them as it files others."""

import io
from datetime import UTC, datetime, time

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from huiyin.kernel.papers import page
from huiyin.kernel.papers.paper import Block, Heading, Paper, Picture, Table, Text
from huiyin.kernel.papers.typesetting import DocumentFontMissing, raster

_RED = RGBColor(0xD7, 0x00, 0x0F)
_LATIN = "Times New Roman"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paper_docx(paper: Paper) -> bytes:
    """One paper after GB/T 9704-2012; typefaces that a machine lacks have substitutes named.

    Word takes no SVG in a way that every office reads: drawings go in as PNG, and are left out
    where this machine has no Chinese typeface; the tables beside them say the same.
    """
    document = docx.Document()
    _Setter(document, paper).fill()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Setter:
    def __init__(self, document: Document, paper: Paper) -> None:
        self.document, self.paper = document, paper
        self.chinese = paper.lang == "zh-hans"
        self.size = page.BODY if self.chinese else page.ENGLISH_BODY
        self.pitch = page.LINE_PITCH if self.chinese else page.ENGLISH_PITCH
        self.fine = page.FINE if self.chinese else page.ENGLISH_FINE
        self.fine_pitch = page.FINE_PITCH if self.chinese else page.ENGLISH_FINE_PITCH

    def fill(self) -> None:
        paper = self.paper
        self._page()
        self._properties()
        title_font, body_font = page.TITLE_FONTS[0], page.BODY_FONTS[0]
        head = self._line(
            paper.issuer, title_font, page.head_size(paper.issuer), centre=True, bold=True,
            colour=_RED, exact=False,
        )  # fmt: skip
        head.paragraph_format.space_before = Mm(page.HEAD_DROP)
        self._line("", body_font, self.size)
        number = self._line(paper.number, body_font, self.size, centre=True)
        number.paragraph_format.space_after = Pt(6)
        _red_rule(number)
        self._line("", body_font, self.size)
        title_size = page.TITLE if self.chinese else page.ENGLISH_TITLE
        self._line(paper.title, title_font, title_size, centre=True, bold=True, exact=False)
        self._line("", body_font, self.size)
        if paper.recipient:
            self._line(paper.recipient, body_font, self.size)
        for block in paper.blocks:
            self._block(block)
        # The last paragraph stays with the signature: no page holds a signature alone.
        for line in (self.document.paragraphs[-1], self._line("", body_font, self.size)):
            line.paragraph_format.keep_with_next = True
        for text in (*paper.signature, paper.issued):
            line = self._line(text, body_font, self.size)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.paragraph_format.right_indent = Pt(2 * self.size) if self.chinese else Pt(0)
            line.paragraph_format.keep_with_next = True
        if paper.note:
            self._line(paper.note, body_font, self.size, indent=True)

    def _block(self, block: Block) -> None:
        if isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Picture):
            self._picture(block)
        elif isinstance(block, Heading):
            face = page.HEADING_FONTS if block.level == 1 else page.SECOND_FONTS
            line = self._line(
                block.text, face[0], self.size, indent=True, bold=not self.chinese,
                style=f"Heading {block.level}",
            )  # fmt: skip
            line.paragraph_format.keep_with_next = True
            if not self.chinese:  # set apart by space, as Chinese paragraphs are by their indent
                line.paragraph_format.space_before = Pt(10)
        else:
            self._text(block)

    def _text(self, block: Text) -> None:
        size, pitch = (self.fine, self.fine_pitch) if block.fine else (self.size, self.pitch)
        line = self._line(block.text, page.BODY_FONTS[0], size, indent=True, pitch=pitch)
        if self.chinese:
            line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        else:
            line.paragraph_format.space_before = Pt(5)

    def _table(self, block: Table) -> None:
        made = self.document.add_table(len(block.rows) + 1, len(block.head), "Table Grid")
        made.autofit = False
        numbers, whole = page.numeric(block.rows, len(block.head)), sum(block.widths)
        widths = [Mm(page.TYPE_WIDTH * share / whole) for share in block.widths]
        for grid, width in zip(made.columns, widths, strict=True):
            grid.width = width
        for at, (row, texts) in enumerate(zip(made.rows, (block.head, *block.rows), strict=True)):
            for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = widths[column]
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                line = cell.paragraphs[0]
                face = page.BODY_FONTS[0] if at else page.HEADING_FONTS[0]
                self._run(line, str(text), face, self.fine).bold = not at and not self.chinese
                self._shape(line, self.fine_pitch)
                _off_grid(line)
                last = at == len(block.rows)
                line.paragraph_format.keep_with_next = len(block.rows) <= page.TOGETHER and not last
                if at == 0:
                    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
                elif numbers[column]:
                    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            marks = ("w:cantSplit", "w:tblHeader") if at == 0 else ("w:cantSplit",)
            for mark in marks:  # the head stands on each page again
                row._tr.get_or_add_trPr().append(OxmlElement(mark))
        self._line("", page.BODY_FONTS[0], self.fine, pitch=6)

    def _picture(self, block: Picture) -> None:
        try:
            data = raster(block.svg, page.TYPE_WIDTH)
        except DocumentFontMissing:
            return
        line = self._line("", page.BODY_FONTS[0], self.size, exact=False)
        drawn = line.add_run().add_picture(io.BytesIO(data), width=Mm(page.TYPE_WIDTH))
        drawn._inline.docPr.set("descr", block.says)

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(page.WIDTH), Mm(page.HEIGHT)
        section.top_margin, section.bottom_margin = Mm(page.TOP), Mm(page.BOTTOM)
        section.left_margin, section.right_margin = Mm(page.LEFT), Mm(page.RIGHT)
        foot = page.FOOT if self.chinese else page.ENGLISH_FOOT
        section.footer_distance = Mm(page.BOTTOM - 7 - foot / page.POINTS_A_MM)
        if self.chinese:
            grid = section._sectPr.find(qn("w:docGrid"))
            if grid is None:
                grid = OxmlElement("w:docGrid")
                section._sectPr.append(grid)
            grid.set(qn("w:type"), "linesAndChars")
            grid.set(qn("w:linePitch"), str(int(page.LINE_PITCH * 20)))
            grid.set(qn("w:charSpace"), str(round((page.CHARACTER_PITCH - page.BODY) * 4096)))
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, right in ((section.footer, True), (section.even_page_footer, False)):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
            setattr(line.paragraph_format, "right_indent" if right else "left_indent", Pt(foot))
            self._run(line, "— ", page.FOOT_FONTS[0], foot)
            _page_field(self._run(line, "", page.FOOT_FONTS[0], foot))
            self._run(line, " —", page.FOOT_FONTS[0], foot)
        _name_substitutes(self.document)
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(self.size)
        _typeface(normal.element.get_or_add_rPr(), page.BODY_FONTS[0], _LATIN)

    def _properties(self) -> None:
        made = datetime.combine(self.paper.issued_on, time(0), UTC)
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = self.paper.issuer[:255]
        properties.title = self.paper.title[:255]
        properties.comments = ""
        properties.language = "zh-CN" if self.chinese else "en-GB"
        properties.created = properties.modified = made

    def _line(
        self,
        text: str,
        font: str,
        size: float,
        *,
        centre: bool = False,
        indent: bool = False,
        bold: bool = False,
        exact: bool = True,
        pitch: float | None = None,
        colour: RGBColor | None = None,
        style: str | None = None,
    ) -> Paragraph:
        line = self.document.add_paragraph(style=style)
        shape = line.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        if exact:
            self._shape(line, pitch or self.pitch)
        if size != self.size:
            _off_grid(line)
        if centre:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if indent and self.chinese:
            shape.first_line_indent = Pt(2 * size)
        run = self._run(line, text, font, size)
        run.bold = bold
        run.font.color.rgb = colour or RGBColor(0, 0, 0)
        return line

    def _shape(self, line: Paragraph, pitch: float) -> None:
        shape = line.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        # In whole twentieths, downwards: rounded up, the 22nd line would not fit its page.
        shape.line_spacing = Pt(int(pitch * 20) / 20)

    def _run(self, line: Paragraph, text: str, font: str, size: float) -> Run:
        run = line.add_run(text)
        run.font.size = Pt(size)
        _typeface(run._element.get_or_add_rPr(), font, font if self.chinese else _LATIN)
        return run


def _typeface(properties: object, east_asian: str, latin: str) -> None:
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), latin)
    fonts.set(qn("w:eastAsia"), east_asian)


def _off_grid(line: Paragraph) -> None:
    """Text of another size than the body's would be spread over the body's grid."""
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    line._p.get_or_add_pPr().insert_element_before(
        mark, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"
    )


def _red_rule(line: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", str(_RED))):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    line._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _page_field(run: Run) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), ("end", None)):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def _name_substitutes(document: Document) -> None:
    """Word looks in the font table for a substitute (ISO 29500-1, 17.8.3.1 altName)."""
    rows = []
    for names, fallback in (
        (page.TITLE_FONTS, page.SERIF_FALLBACK),
        (page.BODY_FONTS, page.SERIF_FALLBACK),
        (page.HEADING_FONTS, page.SANS_FALLBACK),
        (page.SECOND_FONTS, page.SERIF_FALLBACK),
        (page.FOOT_FONTS, page.SERIF_FALLBACK),
    ):
        alternatives = ",".join((*names[1:], *fallback))
        rows.append(
            f'<w:font w:name="{names[0]}"><w:altName w:val="{alternatives}"/>'
            '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        )
    table = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{_W}">{"".join(rows)}</w:fonts>'
    )
    for related in document.part.rels.values():
        if related.reltype.endswith("/fontTable"):
            related.target_part._blob = table.encode()
