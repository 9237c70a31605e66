"""PDF files with a name planted in one place each."""

import base64
import io
import zlib

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from tests.support.planted_files import MARK, jpeg, profile, two_pictures


def name(text):
    return NameObject("/" + text)


def stream(data, **entries):
    made = StreamObject()
    made._data = data
    for key, value in entries.items():
        made[name(key)] = value
    return made


def dictionary(**entries):
    return DictionaryObject({name(key): value for key, value in entries.items()})


def written(plant):
    """A page of one file, after `plant(writer, page)`."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    plant(writer, page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_image(image):
    def plant(writer, page):
        image[name("Type")] = name("XObject")
        image[name("Subtype")] = name("Image")
        image[name("Width")], image[name("Height")] = NumberObject(48), NumberObject(32)
        image[name("BitsPerComponent")] = NumberObject(8)
        image[name("ColorSpace")] = image.get("/ColorSpace", name("DeviceRGB"))
        drawn = DictionaryObject({name("Im0"): writer._add_object(image)})
        page[name("Resources")] = dictionary(XObject=drawn)
        page[name("Contents")] = writer._add_object(content(b"q 48 0 0 32 9 9 cm /Im0 Do Q"))

    return written(plant)


def content(data):
    made = DecodedStreamObject()
    made.set_data(data)
    return made


def annotated(**entries):
    """A note on the page with more entries."""

    def plant(writer, page):
        box = ArrayObject(FloatObject(side) for side in (10, 10, 50, 50))
        note = dictionary(Type=name("Annot"), Subtype=name("Text"), Rect=box,
                          Contents=TextStringObject("note"), **entries)  # fmt: skip
        page[name("Annots")] = ArrayObject([writer._add_object(note)])

    return written(plant)


def rooted(**entries):
    return written(lambda writer, page: writer._root_object.update(dictionary(**entries)))


def paged(**entries):
    return written(lambda writer, page: page.update(dictionary(**entries)))


def text(value=MARK):
    return TextStringObject(value)


def revised():
    """A file whose first revision named its author, and whose second does not."""
    first = written(lambda writer, page: writer.add_metadata({"/Author": MARK}))
    writer = PdfWriter(io.BytesIO(first), incremental=True)
    writer.add_metadata({"/Author": "-"})
    out = io.BytesIO()
    writer.write(out)
    assert len(PdfReader(out).pages) == 1
    return out.getvalue()


def attached():
    return written(lambda writer, page: writer.add_attachment("a.txt", MARK.encode()))


def layered():
    """A layer that is not shown, with its maker's name."""

    def plant(writer, page):
        layer = writer._add_object(
            dictionary(Type=name("OCG"), Name=text("layer"),
                       Usage=dictionary(CreatorInfo=dictionary(Creator=text())))
        )  # fmt: skip
        writer._root_object[name("OCProperties")] = dictionary(
            OCGs=ArrayObject([layer]), D=dictionary(OFF=ArrayObject([layer]))
        )
        page[name("Resources")] = dictionary(Properties=dictionary(MC0=layer))

    return written(plant)


def signed():
    def plant(writer, page):
        seal = dictionary(Type=name("Sig"), Filter=name("Adobe.PPKLite"), Name=text(),
                          Contents=text("00"))  # fmt: skip
        box = ArrayObject(FloatObject(side) for side in (10, 10, 50, 50))
        field = dictionary(Type=name("Annot"), Subtype=name("Widget"), FT=name("Sig"),
                           T=text("seal"), Rect=box, V=writer._add_object(seal))  # fmt: skip
        kept = writer._add_object(field)
        page[name("Annots")] = ArrayObject([kept])
        writer._root_object[name("AcroForm")] = dictionary(Fields=ArrayObject([kept]))

    return written(plant)


def hidden_field():
    def plant(writer, page):
        box = ArrayObject(FloatObject(side) for side in (10, 10, 50, 50))
        field = dictionary(Type=name("Annot"), Subtype=name("Widget"), FT=name("Tx"), F=NumberObject(2),
                           T=text("who"), Rect=box, V=text())  # fmt: skip
        kept = writer._add_object(field)
        page[name("Annots")] = ArrayObject([kept])
        writer._root_object[name("AcroForm")] = dictionary(Fields=ArrayObject([kept]))

    return written(plant)


def colour_space():
    space = stream(zlib.compress(profile()), N=NumberObject(3), Filter=name("FlateDecode"))
    image = stream(jpeg(), Filter=name("DCTDecode"))

    def plant(writer, page):
        image[name("Type")], image[name("Subtype")] = name("XObject"), name("Image")
        image[name("Width")], image[name("Height")] = NumberObject(48), NumberObject(32)
        image[name("BitsPerComponent")] = NumberObject(8)
        image[name("ColorSpace")] = ArrayObject([name("ICCBased"), writer._add_object(space)])
        page[name("Resources")] = dictionary(XObject=dictionary(Im0=writer._add_object(image)))

    return written(plant)


def _flate(*after):
    return ArrayObject([name("FlateDecode"), *after])


PDF = {
    "author": lambda: written(lambda writer, page: writer.add_metadata({"/Author": MARK})),
    "XMP of the file": lambda: rooted(Metadata=stream(f"<x>{MARK}</x>".encode(), Subtype=name("XML"))),
    "XMP of a picture": lambda: with_image(
        stream(jpeg(), Filter=name("DCTDecode"), Metadata=stream(MARK.encode()))
    ),
    "a picture's author": lambda: with_image(stream(jpeg(exif=MARK), Filter=name("DCTDecode"))),
    "a picture's author, compressed once more": lambda: with_image(
        stream(zlib.compress(jpeg(exif=MARK)), Filter=_flate(name("DCTDecode")))
    ),
    "a second picture behind a picture": lambda: with_image(
        stream(two_pictures(), Filter=name("DCTDecode"))
    ),
    "a key of its own in a picture": lambda: with_image(
        stream(jpeg(), Filter=name("DCTDecode"), MadeBy=text())
    ),
    "behind the end of a compressed stream": lambda: with_image(
        stream(zlib.compress(bytes(48 * 32 * 3)) + MARK.encode(), Filter=name("FlateDecode"))
    ),
    "notes in JPEG 2000": lambda: with_image(
        stream(b"\x00\x00\x00\x0cjP  " + MARK.encode(), Filter=name("JPXDecode"))
    ),
    "a colour profile": colour_space,
    "author of a note": lambda: annotated(T=text()),
    "subject of a note": lambda: annotated(Subj=text()),
    "name of a note": lambda: annotated(NM=text()),
    "a note that is not shown": lambda: annotated(F=NumberObject(2), RC=text()),
    "a link to a file of one's own": lambda: annotated(
        A=dictionary(S=name("URI"), URI=text(f"file:///C:/Users/{MARK}/x.pdf"))
    ),
    "pieces of the program that made it": lambda: paged(
        PieceInfo=dictionary(Maker=dictionary(Private=text()))
    ),
    "a page's key of its own": lambda: paged(Owner=text()),
    "an old revision": revised,
    "an enclosed file": attached,
    "a hidden layer": layered,
    "a signature": signed,
    "a field that is not shown": hidden_field,
    "a script": lambda: rooted(OpenAction=dictionary(S=name("JavaScript"), JS=text())),
    "an outline": lambda: written(lambda writer, page: writer.add_outline_item(title=MARK, page_number=0)),
    "behind the end": lambda: written(lambda writer, page: None) + b"\n% " + MARK.encode(),
    "a remark among drawing instructions": lambda: paged(
        Contents=content(b"q\n% by " + MARK.encode() + b"\nQ")
    ),
    "a photograph among drawing instructions": lambda: paged(
        Contents=content(b"BI /W 48 /H 32 /BPC 8 /CS /RGB /F /DCT ID " + jpeg(exif=MARK) + b" EI")
    ),
    "where LaTeX took a drawing from": lambda: paged(
        Resources=dictionary(XObject=dictionary(Fm0=stream(b"q Q", Subtype=name("Form"),
            BBox=ArrayObject(NumberObject(n) for n in (0, 0, 9, 9)),
            **{"PTEX.FileName": text(f"/home/{MARK}/a.pdf")})))
    ),
    "properties of marked content": lambda: paged(
        Resources=dictionary(Properties=dictionary(MC0=dictionary(Title=text())))
    ),
    "an article's author": lambda: paged(B=ArrayObject([dictionary(I=dictionary(Author=text()))])),
    "hints of a field": lambda: annotated(TU=text(), TM=text(), DV=text()),
    "a font's key of its own": lambda: paged(
        Resources=dictionary(Font=dictionary(F1=dictionary(Type=name("Font"), Owner=text())))
    ),
    "a note's key of its own": lambda: annotated(Owner=text()),
    "the name of a place in it": lambda: annotated(Dest=text()),
    "a photograph in letters": lambda: with_image(
        stream(base64.a85encode(jpeg(exif=MARK)) + b"~>",
               Filter=ArrayObject([name("ASCII85Decode"), name("DCTDecode")]))
    ),
    "the structure tree": lambda: rooted(StructTreeRoot=dictionary(Type=name("StructTreeRoot"), T=text())),
    "labels of pages": lambda: rooted(
        PageLabels=dictionary(Nums=ArrayObject([NumberObject(0), dictionary(P=text())]))
    ),
}  # fmt: skip
