import io
import re
import subprocess
import zipfile
from dataclasses import fields, replace
from datetime import date
from shutil import which

import docx
import pytest
import typst
import zxingcpp
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from bench.receipt import build, entry_of_a_letter
from huiyin.kernel.ledger.paper import paper
from huiyin.kernel.papers import page, typesetting
from huiyin.kernel.papers.paper import Heading
from huiyin.parts.cases import documents
from huiyin.parts.cases.documents import OfficialLetter, Promise, Slip
from huiyin.parts.cases.documents.wording import compose

LETTER = OfficialLetter(
    kind="answer",
    issuer="滨江城市公共交通集团",
    number="滨交回〔2026〕12号",
    locator="7K3M-Q2",
    issued_on=date(2026, 3, 2),
    facts="经查，第三车队一月共安排夜班四十六次。\n调休未兑现属实，共计五天。",
    ground="《排班管理办法》第七条。",
    decision="支持您的请求。",
    promises=(
        Promise("修订排班表并公示。", date(2026, 3, 20), "第三车队队长"),
        Promise("补发误餐补助", date(2026, 3, 31)),
    ),
    review_how="请凭回执码在本系统提出。",
    review_by=date(2026, 4, 1),
    elsewhere=("市总工会", "市人力资源和社会保障局"),
    signing_post="运营部副部长",
    contact="集团信访办公室",
)
SLIP = Slip(
    organisation="滨江城市公共交通集团",
    locator="7K3M-Q2",
    code="7K3M-Q2XA-9BCD-EFGH-JKMN-PQRS-TVWX",
    address="https://huiyin.example/follow",
    qr_text="https://huiyin.example/follow#7K3M-Q2",
    filed_on=date(2026, 3, 2),
    owed_by=date(2026, 3, 17),
)
KINDS = ["answer", "accepted", "not_accepted", "extended", "review", "final_review"]


def needs_font():
    families = typesetting.typefaces(())[1]
    if not families & set(page.SERIF_FALLBACK + page.SANS_FALLBACK):
        pytest.skip("no Chinese typeface on this machine (Debian: fonts-noto-cjk)")


def squeezed(text):
    return re.sub(r"\s", "", text)


def pdf_text(data):
    return squeezed("".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages))


def docx_text(data):
    return squeezed("".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs))


def read(letter, lang, form):
    if form == "docx":
        return docx_text(documents.to_docx(letter, lang))
    needs_font()
    return pdf_text(documents.to_pdf(letter, lang))


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_everything_that_was_decided_can_be_read_again(form):
    text = read(LETTER, "zh-hans", form)
    for part in (
        "滨江城市公共交通集团", "滨交回〔2026〕12号", "处理意见书", "来信人（编号7K3M-Q2）",
        "一、查明的事实", "第三车队一月共安排夜班四十六次", "二、依据", "三、处理意见",
        "支持您的请求", "（一）修订排班表并公示，由第三车队队长负责，最迟于2026年3月20日完成。",
        "（二）补发误餐补助，最迟于2026年3月31日完成。", "您可以请求复查", "2026年4月1日",
        "市总工会；市人力资源和社会保障局。", "运营部副部长", "2026年3月2日", "集团信访办公室",
    ):  # fmt: skip
        assert squeezed(part) in text, part


@pytest.mark.parametrize("form", ["docx", "pdf"])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_title_and_closes_no_other_way(kind, lang, form):
    letter = replace(LETTER, kind=kind, new_date=date(2026, 5, 1))
    text = read(letter, lang, form)
    titles = {c.title for c in (compose(replace(LETTER, kind=k), lang) for k in KINDS)}
    assert len(titles) == 6
    assert squeezed(compose(letter, lang).title) in text
    assert (
        squeezed("不影响您依法向其他机关" if lang == "zh-hans" else "none of your rights") in text
    )
    dated = kind in {"accepted", "extended"}
    assert (squeezed("2026年5月1日" if lang == "zh-hans" else "1 May 2026") in text) == dated


def test_a_letter_can_not_hold_the_name_of_whoever_wrote():
    for shape in (OfficialLetter, Slip):
        assert not {f.name for f in fields(shape)} & {"name", "complainant", "recipient", "writer"}


def test_a_part_that_is_empty_leaves_no_heading_and_no_gap_in_the_numbers():
    composed = compose(replace(LETTER, ground="", promises=()), "zh-hans")
    headings = [b.text for b in composed.blocks if isinstance(b, Heading)]
    assert headings == ["一、查明的事实", "二、处理意见", "三、您的权利"]


def test_the_word_file_has_the_page_of_the_standard():
    made = documents.to_docx(LETTER, "zh-hans")
    document = docx.Document(io.BytesIO(made))
    section = document.sections[0]
    close = Mm(0.1)
    assert abs(section.page_width - Mm(210)) < close
    assert abs(section.page_height - Mm(297)) < close
    assert abs(section.top_margin - Mm(37)) < close
    assert abs(section.left_margin - Mm(28)) < close
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert abs(width - Mm(156)) < close
    assert abs(height - Mm(225)) < close
    body = next(p for p in document.paragraphs if p.text.startswith("经查"))
    assert body.runs[0].font.size.pt == 16
    assert body.paragraph_format.first_line_indent.pt == 32
    assert 22 * body.paragraph_format.line_spacing.pt <= 225 / 25.4 * 72 + 0.1
    assert "仿宋_GB2312" in body._p.xml
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        table = package.read("word/fontTable.xml").decode()
    for name in ("方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"):
        assert f'w:name="{name}"><w:altName' in table


def test_page_numbers_stand_outside_on_both_sides():
    document = docx.Document(io.BytesIO(documents.to_docx(LETTER, "zh-hans")))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    assert [f.paragraphs[0].alignment for f in (section.footer, section.even_page_footer)] == [2, 0]
    assert "PAGE" in section.footer._element.xml
    needs_font()
    reader = PdfReader(io.BytesIO(documents.to_pdf(long_letter(), "zh-hans")))
    assert len(reader.pages) > 2
    for number, sheet in enumerate(reader.pages, 1):
        assert f"—{number}—" in squeezed(sheet.extract_text())


def long_letter():
    return replace(LETTER, facts="\n".join(["经查，情况属实。" * 12] * 20))


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_pdf_keeps_to_the_type_area_with_22_lines_of_28_characters(tmp_path):
    needs_font()
    path = tmp_path / "a.pdf"
    letter = replace(LETTER, facts="字" * 28 * 40)
    path.write_bytes(documents.to_pdf(letter, "zh-hans"))
    out = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", "2", "-l", "2", path, "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.findall(
        r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</line>',
        out, re.DOTALL,
    )  # fmt: skip
    mm = 25.4 / 72
    full = [f for f in found if f[4].count("字") > 20]
    assert len(full) == 22
    for left, top, right, bottom, text in full:
        assert text.count("字") == 28
        assert float(left) * mm == pytest.approx(28, abs=0.5)
        assert float(right) * mm == pytest.approx(28 + 156, abs=0.7)
        assert float(top) * mm > 37 - 2.5
        assert float(bottom) * mm < 37 + 225 + 2.5


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_typst_in_what_people_write_stays_words(form):
    attack = (
        '#import "letter.typ": * #read("/etc/passwd") $x^2$ *b* _i_ @ref <tag> `raw` '
        "\\u{41} [c] // gone /* gone */ = no heading"
    )
    text = read(replace(LETTER, facts=attack, issuer="#panic()", number="#1/0"), "en", form)
    assert squeezed(attack) in text
    assert "#panic()" in text
    assert "root:" not in text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_makes_both_files(text):
    letter = replace(LETTER, facts=text, title=text, contact=text, elsewhere=(text,))
    docx.Document(io.BytesIO(documents.to_docx(letter, "zh-hans")))
    if typesetting.typefaces(())[1] & set(page.SERIF_FALLBACK):
        assert documents.to_pdf(letter, "zh-hans").startswith(b"%PDF-")


def test_a_character_that_no_typeface_has_is_spelled_out_and_not_a_box():
    needs_font()
    odd = "\U00013000\U0001f600\u1208"
    text = pdf_text(documents.to_pdf(replace(LETTER, decision=f"支持{odd}您"), "zh-hans"))
    assert "[U+1208]" in text
    assert "您" in text
    for character in odd:
        assert character in text or f"[U+{ord(character):04X}]" in text


def test_a_letter_is_made_the_same_twice():
    needs_font()
    assert documents.to_pdf(LETTER, "zh-hans") == documents.to_pdf(LETTER, "zh-hans")


def test_without_a_chinese_typeface_no_page_of_boxes_is_made(monkeypatch):
    import typst

    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typesetting, "typefaces", lambda _: (bare, frozenset(bare.families())))
    with pytest.raises(documents.DocumentFontMissing, match="fonts-noto-cjk"):
        documents.to_pdf(LETTER, "zh-hans")
    with pytest.raises(documents.DocumentFontMissing):
        documents.to_pdf(LETTER, "en")  # its issuer's name is Chinese
    with pytest.raises(documents.DocumentFontMissing):
        documents.slip_to_pdf(SLIP, "zh-hans")
    english = OfficialLetter("answer", "Transport Group", "12", "7K3M", date(2026, 3, 2))
    assert "WrittenAnswer" in pdf_text(documents.to_pdf(english, "en"))


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_slip_is_one_page_with_the_code_and_the_date_that_is_owed(lang):
    needs_font()
    made = documents.slip_to_pdf(SLIP, lang)
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert float(box.width) * 25.4 / 72 == pytest.approx(148, abs=0.5)
    text = pdf_text(made)
    assert squeezed(SLIP.code.replace("-", "")) in text
    assert squeezed("2026年3月17日" if lang == "zh-hans" else "17 March 2026") in text


def test_the_slips_groups_stay_whole_however_the_code_is_cut():
    needs_font()
    long = replace(SLIP, code="-".join(["ABCD"] * 8), contact="电话" * 25)
    assert len(PdfReader(io.BytesIO(documents.slip_to_pdf(long, "zh-hans"))).pages) == 1


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_slips_second_page_is_read_by_a_scanner(lang, monkeypatch):
    needs_font()
    text = paper(build(10_000_000, {81_204: entry_of_a_letter()})[0].dump(), 81_204)
    pictures = []

    class Drawn:
        def __init__(self, *words, **given):
            self.made = lambda: compiler(*words, **given)

        def compile(self, **given):
            pictures.extend(self.made().compile(format="png", ppi=150))
            return self.made().compile(**given)

    compiler = typst.Compiler
    monkeypatch.setattr(typst, "Compiler", Drawn)
    wanted = replace(SLIP, proof=text, proof_entry=81_204, proof_address="https://huiyin.example/log/verify.html")  # fmt: skip
    first, second = PdfReader(io.BytesIO(documents.slip_to_pdf(wanted, lang))).pages
    assert "81,204" in second.extract_text()
    assert "https://huiyin.example/log/verify.html" in squeezed(second.extract_text())
    assert squeezed(SLIP.code.split("-")[-1]) not in squeezed(second.extract_text())
    assert "81,204" not in first.extract_text()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(pictures[1])))
    assert found.text == text
