"""Office files with a name planted in one place each."""

import io
import struct
import zipfile

import openpyxl

from tests.support.planted_files import (
    HEAD,
    MARK,
    artist,
    jpeg,
    odt,
    package,
    png,
    saved,
    sheet,
    two_pictures,
    word,
)

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CHANGE = "<w:p><w:ins w:id='1' {}><w:r><w:t>x</w:t></w:r></w:ins></w:p>"
PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="{name}" descr="{name}"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
    '<a:blip r:embed="rIdP"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)


def book_inside(name="a.xlsx", extra=()):
    book = openpyxl.Workbook()
    book.properties.creator = MARK
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as file:
        for inner, body in extra:
            file.writestr(inner, body)
    return {f"word/embeddings/{name}": out.getvalue()}


def shown(data, name="photo.jpg", kind="image"):
    return word(
        PICTURE.format(name="1"),
        parts={f"word/media/{name}": data},
        rels=[("rIdP", kind, f"media/{name}", False)],
        types={f"word/media/{name}": "image/" + name.rpartition(".")[2]},
    )


def document(opening, body, encoding="utf-8"):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><a:document {opening}>'
        f"<a:body>{body}<a:p><a:r><a:t>正文</a:t></a:r></a:p></a:body></a:document>"
    )
    return word(parts={"word/document.xml": text.encode(encoding)})


def field(*codes, kind="instrText"):
    runs = "".join(f"<w:r><w:{kind}>{code}</w:{kind}></w:r>" for code in codes)
    begin, middle, end = (
        f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>' for step in ("begin", "separate", "end")
    )
    return word(f"<w:p>{begin}{runs}{middle}<w:r><w:t>x</w:t></w:r>{end}</w:p>")


def hooked(kind, name, body, *, ref=""):
    return word(
        ref, parts={f"word/{name}": body}, rels=[("rIdX", kind, name, False)],
        types={f"word/{name}": "application/xml"},
    )  # fmt: skip


def zipped(**options):
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a") as file:
        if "comment" in options:
            file.comment = MARK.encode()
        else:
            file.writestr(options["name"], options["body"])
    return out.getvalue()


MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def with_template():
    return package(
        {
            "word/document.xml": f"<w:document {W}><w:body><w:p/></w:body></w:document>",
            "word/settings.xml": f'<w:settings {W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:attachedTemplate r:id="rId1"/></w:settings>',
        },
        {"word/document.xml": MAIN},
        {
            "": [("rId1", "officeDocument", "word/document.xml", False)],
            "word/document.xml": [("rId1", "settings", "settings.xml", False)],
            "word/settings.xml": [
                ("rId1", "attachedTemplate", f"file:///C:\\Users\\{MARK}\\Normal.dotm", True)
            ],
        },
    )


A = 'xmlns:a="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD = {
    "author and company": lambda: word(
        parts={"docProps/core.xml": f"<c>{MARK}</c>", "docProps/app.xml": f"<c>{MARK}</c>",
               "docProps/custom.xml": f"<c>{MARK}</c>", "docProps/thumbnail.jpeg": jpeg(exif=MARK)},
        root=[("rId7", "extended-properties", "docProps/app.xml", False),
              ("rId8", "custom-properties", "docProps/custom.xml", False),
              ("rId9", "metadata/thumbnail", "docProps/thumbnail.jpeg", False)],
    ),
    "author of a change": lambda: word(CHANGE.format(f'w:author="{MARK}"')),
    "author of a change, quoted singly and spaced": lambda: word(CHANGE.format(f"w:author = '{MARK}'")),
    "author under another prefix": lambda: document(
        A, f'<a:p><a:ins a:id="1" a:author="{MARK}"><a:r><a:t>x</a:t></a:r></a:ins></a:p>'
    ),
    "author in UTF-16": lambda: document(
        A, f'<a:p><a:ins a:id="1" a:author="{MARK}"><a:r><a:t>x</a:t></a:r></a:ins></a:p>', "utf-16"
    ),
    "author under the strict namespace": lambda: document(
        'xmlns:a="http://purl.oclc.org/ooxml/wordprocessingml/main"',
        f'<a:p><a:ins a:id="1" a:author="{MARK}"/></a:p>',
    ),
    "author of a comment": lambda: hooked(
        "comments", "comments.xml",
        f'<w:comments {W}><w:comment w:id="0" w:author="{MARK}" w:initials="{MARK}"/></w:comments>',
    ),
    "people": lambda: hooked(
        "http://schemas.microsoft.com/office/2011/relationships/people", "people.xml",
        f'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person '
        f'w15:author="{MARK}"/></w15:people>',
    ),
    "revision marks": lambda: word(f'<w:p w:rsidR="{MARK}"/>', settings=f'<w:rsids><w:rsid w:val="{MARK}"/></w:rsids>'),
    "variables": lambda: word(settings=f'<w:docVars><w:docVar w:name="who" w:val="{MARK}"/></w:docVars>'),
    "a template of one's own": with_template,
    "mail merge": lambda: word(settings=f'<w:mailMerge><w:query w:val="{MARK}"/></w:mailMerge>'),
    "a store of data": lambda: word(
        parts={"customXml/item1.xml": f"<a>{MARK}</a>"},
        rels=[("rIdX", "customXml", "../customXml/item1.xml", False)],
    ),
    "the binding of a store of data": lambda: word(
        f'<w:sdt><w:sdtPr><w:alias w:val="{MARK}"/><w:dataBinding w:xpath="/{MARK}"/></w:sdtPr>'
        "<w:sdtContent><w:p/></w:sdtContent></w:sdt>"
    ),
    "a smart tag": lambda: word(
        f'<w:p><w:smartTag><w:smartTagPr><w:attr w:name="n" w:val="{MARK}"/></w:smartTagPr>'
        "<w:r><w:t>x</w:t></w:r></w:smartTag></w:p>"
    ),
    "a printer": lambda: hooked("printerSettings", "printerSettings1.bin", MARK.encode("utf-16-le")),
    "a signature": lambda: word(
        parts={"_xmlsignatures/sig1.xml": f"<a>{MARK}</a>"},
        root=[("rId9", "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin", "_xmlsignatures/sig1.xml", False)],
    ),
    "an embedded workbook's author": lambda: word(
        parts=book_inside(), rels=[("rIdX", "package", "embeddings/a.xlsx", False)]
    ),
    "an embedded workbook with a macro": lambda: word(
        parts=book_inside("a.xlsm", [("xl/vbaProject.bin", MARK)]),
        rels=[("rIdX", "package", "embeddings/a.xlsm", False)],
    ),
    "a picture's author": lambda: shown(jpeg(exif=MARK)),
    "a picture's comment": lambda: shown(jpeg(comment=MARK)),
    "a second picture behind a picture": lambda: shown(two_pictures()),
    "a picture's file name": lambda: shown(jpeg(), f"{MARK}.jpg"),
    "a picture's path": lambda: word(PICTURE.format(name=f"C:\\Users\\{MARK}\\1.jpg")),
    "a PNG's text": lambda: shown(png((b"tEXt", b"Author\x00" + MARK.encode())), "a.png"),
    "behind a PNG": lambda: shown(png() + MARK.encode(), "a.png"),
    "a WebP's author": lambda: shown(saved("WEBP", exif=artist()), "a.webp"),
    "a TIFF's author": lambda: shown(saved("TIFF", exif=artist()), "a.tiff"),
    "a GIF's comment": lambda: shown(saved("GIF", comment=MARK.encode()), "a.gif"),
    "behind a bitmap": lambda: shown(saved("BMP") + MARK.encode(), "a.bmp"),
    "a metafile's description": lambda: shown(
        struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + MARK.encode("utf-16-le"), "a.emf"
    ),
    "an SVG": lambda: shown(f"<svg xmlns='http://www.w3.org/2000/svg'><desc>{MARK}</desc></svg>".encode(), "a.svg+xml"),
    "a font": lambda: hooked("font", "fonts/font1.odttf", MARK.encode()),
    "the copy of a drawing": lambda: word(f'<w:p><w:pict><v:shape o:gfxdata="{MARK}" alt="{MARK}"/></w:pict></w:p>'),
    "a link to a file of one's own": lambda: word(
        rels=[("rIdX", "hyperlink", f"file:///C:/Users/{MARK}/a.doc", True)]
    ),
    "a field in one run": lambda: field(f'INCLUDEPICTURE "C:/Users/{MARK}/a.png"'),
    "a field in several runs": lambda: field("INCL", "UDETEXT ", f"C:/{MARK}/a"),
    "a simple field": lambda: word(f'<w:p><w:fldSimple w:instr="FILENAME {MARK}"/></w:p>'),
    "hints of a field": lambda: word(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:helpText w:val="{MARK}"/>'
        f'<w:statusText w:val="{MARK}"/></w:ffData><w:fldData>{MARK}</w:fldData></w:fldChar></w:r></w:p>'
    ),
    "what a table is said to be": lambda: word(
        f'<w:tbl><w:tblPr><w:tblCaption w:val="{MARK}"/><w:tblDescription w:val="{MARK}"/></w:tblPr></w:tbl>'
    ),
    "a bookmark that nothing refers to": lambda: word(f'<w:bookmarkStart w:id="1" w:name="{MARK}"/>'),
    "the hint of a link": lambda: word(f'<w:p><w:hyperlink w:tooltip="{MARK}"/></w:p>'),
    "deleted text": lambda: word(f"<w:p><w:del w:id='1'><w:r><w:delText>{MARK}</w:delText></w:r></w:del></w:p>"),
    "hidden text": lambda: word(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{MARK}</w:t></w:r></w:p>"),
    "a remark in XML": lambda: word(f"<!-- {MARK} --><?made by {MARK}?>"),
    "another vocabulary": lambda: word(f'<w:p xmlns:k="urn:k" k:by="{MARK}"><k:who>{MARK}</k:who></w:p>'),
    "the name of a theme": lambda: hooked(
        "theme", "theme/theme1.xml",
        f'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="{MARK}"/>',
    ),
    "who may edit": lambda: word(f'<w:permStart w:id="1" w:ed="{MARK}"/>'),
    "a chart's workbook": lambda: hooked(
        "chart", "charts/chart1.xml",
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:f>'
        f"'C:\\Users\\{MARK}\\[Book.xlsx]Sheet1'!$A$1</c:f></c:chartSpace>",
    ),
    "a part that nothing names": lambda: zipped(name="word/notes.xml", body=f"<a>{MARK}</a>"),
    "the name of a part": lambda: zipped(name=f"word/{MARK}.xml", body="<a/>"),
    "the package's comment": lambda: zipped(comment=True),
}  # fmt: skip


def noted():
    return sheet(
        parts={
            "xl/comments1.xml": f"{HEAD}<comments xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
            f"<authors><author>{MARK}</author></authors><commentList><comment ref='A1' authorId='0'>"
            f"<text><r><t>{MARK}:</t></r><r><t>见附件</t></r></text></comment></commentList></comments>"
        },
        sheet_rels=[("rIdC", "comments", "../comments1.xml", False)],
        types={"xl/comments1.xml": "application/xml"},
    )


def pivoted(kind, root):
    return sheet(
        parts={"xl/part.xml": root},
        book_rels=[("rIdX", kind, "part.xml", False)],
        types={"xl/part.xml": "application/xml"},
    )


S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
EXCEL = {
    "the path where it lay": lambda: sheet(
        book='<x15ac:absPath xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" '
        f'url="C:\\Users\\{MARK}\\"/>'
    ),
    "who reserved it": lambda: sheet(book=f'<fileSharing userName="{MARK}"/>'),
    "author of a comment, also in its words": noted,
    "a person of a thread": lambda: pivoted(
        "http://schemas.microsoft.com/office/2017/10/relationships/person",
        f'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        f'<person displayName="{MARK}" userId="{MARK}" providerId="AD"/></personList>',
    ),
    "who refreshed a pivot table": lambda: pivoted(
        "pivotCacheDefinition", f'<pivotCacheDefinition {S} refreshedBy="{MARK}"/>'
    ),
    "rows of a pivot table": lambda: pivoted(
        "pivotCacheRecords", f'<pivotCacheRecords {S}><r><s v="{MARK}"/></r></pivotCacheRecords>'
    ),
    "a connection": lambda: pivoted("connections", f'<connections {S}><connection name="{MARK}"/></connections>'),
    "revisions": lambda: pivoted("revisionHeaders", f'<headers {S}><header userName="{MARK}"/></headers>'),
    "another workbook's path": lambda: sheet(
        parts={
            "xl/externalLinks/externalLink1.xml": f"<externalLink {S}/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="file:///C:\\Users\\{MARK}\\b.xlsx" TargetMode="External"/></Relationships>',
        },
        book_rels=[("rIdX", "externalLink", "externalLinks/externalLink1.xml", False)],
        types={"xl/externalLinks/externalLink1.xml": "application/xml"},
    ),
    "a printer": lambda: sheet(
        parts={"xl/printerSettings/printerSettings1.bin": MARK.encode("utf-16-le")},
        sheet_rels=[("rIdP", "printerSettings", "../printerSettings/printerSettings1.bin", False)],
        more='<pageSetup r:id="rIdP"/>',
    ),
    "a hidden sheet": lambda: sheet(state='state="veryHidden"', cells=f"<c r='B1' t='inlineStr'><is><t>{MARK}</t></is></c>"),
    "a hidden column": lambda: sheet(more="<cols><col min='2' max='2' hidden='1'/></cols>", cells=f"<c r='B1' t='inlineStr'><is><t>{MARK}</t></is></c>"),
    "a view of one's own": lambda: sheet(book=f'<customWorkbookViews><customWorkbookView name="{MARK}"/></customWorkbookViews>'),
    "a scenario": lambda: sheet(more=f'<scenarios><scenario name="a" user="{MARK}" comment="by {MARK}"/></scenarios>'),
    "an object": lambda: sheet(
        parts={"xl/embeddings/oleObject1.bin": MARK.encode()},
        sheet_rels=[("rIdO", "oleObject", "../embeddings/oleObject1.bin", False)],
        more='<oleObjects><oleObject progId="Word" r:id="rIdO"/></oleObjects>',
    ),
}  # fmt: skip

OPEN_TEXT = {
    "author": lambda: odt(parts={"meta.xml": f"<a>{MARK}</a>"}),
    "settings": lambda: odt(parts={"settings.xml": f"<a>{MARK}</a>"}),
    "author of an annotation": lambda: odt(
        f"<text:p><office:annotation><dc:creator>{MARK}</dc:creator><meta:creator-initials>{MARK}"
        "</meta:creator-initials><text:p>x</text:p></office:annotation></text:p>"
    ),
    "author of a change": lambda: odt(
        "<text:tracked-changes><text:changed-region><text:insertion><office:change-info>"
        f"<dc:creator>{MARK}</dc:creator></office:change-info></text:insertion></text:changed-region>"
        "</text:tracked-changes>"
    ),
    "deleted text": lambda: odt(
        f"<text:tracked-changes><text:changed-region><text:deletion><text:p>{MARK}</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
    ),
    "a picture's author and name": lambda: odt(
        f'<text:p><draw:frame draw:name="{MARK}"><draw:image xlink:href="Pictures/{MARK}.jpg"/>'
        f"<svg:title>{MARK}</svg:title><svg:desc>{MARK}</svg:desc></draw:frame></text:p>",
        {f"Pictures/{MARK}.jpg": jpeg(exif=MARK)},
    ),
    "thumbnail, configuration, signature": lambda: odt(
        parts={"Thumbnails/thumbnail.png": png((b"tEXt", MARK.encode())), "manifest.rdf": MARK,
               "META-INF/documentsignatures.xml": f"<a>{MARK}</a>", "Configurations2/a.xml": MARK}
    ),
    "a bookmark that nothing refers to": lambda: odt(
        f'<text:p><text:bookmark-start text:name="{MARK}"/>x<text:bookmark-end text:name="{MARK}"/></text:p>'
    ),
    "a hidden section": lambda: odt(
        f'<text:section text:display="none"><text:p>{MARK}</text:p></text:section>'
    ),
    "a field of one's own": lambda: odt(
        f'<text:user-field-decls><text:user-field-decl office:string-value="{MARK}"/></text:user-field-decls>'
    ),
    "an object": lambda: odt(parts={"Object 1": MARK}),
    "a link to a file of one's own": lambda: odt(f'<text:p><text:a xlink:href="/home/{MARK}/a">x</text:a></text:p>'),
}  # fmt: skip
