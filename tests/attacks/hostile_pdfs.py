"""Hostile PDFs, each function one kind; what it tries is its name."""

from __future__ import annotations

import io
import random
import zlib

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

HTML = b"<html><script>alert(document.cookie)</script></html>"
ZIP = b"PK\x03\x04" + b"\0" * 26 + b"a.exe" + b"MZ" * 50


def honest_pdf(chance: random.Random, pages: int = 1) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target)
    for _ in range(pages):
        canvas.drawString(chance.randrange(50, 300), chance.randrange(50, 700), f"Form 01 {chance.random()}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1 on; the first is its catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    head = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(content))
    return content + table + head


def one_page(*more: bytes, page: bytes = b"", catalogue: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, page),
        *more,
    )


def stream(data: bytes, entries: bytes = b"", *, pack: bool = True) -> bytes:
    if pack:
        data, entries = zlib.compress(data, 9), entries + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n" % (entries, len(data)) + data + b"\nendstream"


def script(chance: random.Random) -> bytes:
    name = chance.choice([b"/JavaScript", b"/J#61vaScript", b"/#4aavaScript"])
    return one_page(catalogue=b"/OpenAction<</S%s/JS(app.launchURL\\('http://x.invalid'\\))>>" % name)


def launch(chance: random.Random) -> bytes:
    return one_page(page=b"/AA<</O<</S/Launch/F(cmd.exe)/NewWindow true>>>>")


def embedded(chance: random.Random) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(honest_pdf(chance))))
    writer.add_attachment(chance.choice(["x.exe", "../../x.sh", "x.pdf"]), b"MZ" * chance.randrange(10, 10_000))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def field_script(chance: random.Random) -> bytes:
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[0 0 500 500]/V(x)/AA<</K<</S/JavaScript/JS(x\\(\\))>>>>/A<</S/SubmitForm/F(http://x)>>>>"
    return one_page(field, page=b"/Annots[4 0 R]", catalogue=b"/AcroForm<</Fields[4 0 R]/NeedAppearances true>>")


def xfa(chance: random.Random) -> bytes:
    return one_page(stream(b"<xdp:xdp/>" * 10), catalogue=b"/NeedsRendering true/AcroForm<</Fields[]/XFA 4 0 R>>")


def media(chance: random.Random) -> bytes:
    return one_page(
        b"<</Type/Annot/Subtype/RichMedia/Rect[0 0 500 500]/RichMediaContent<</Assets<<>>>>/RichMediaSettings<<>>>>",
        page=b"/Annots[4 0 R]",
    )


def encrypted(chance: random.Random) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(honest_pdf(chance))))
    writer.encrypt(chance.choice(["", "secret"]), "owner", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def many_pages(chance: random.Random) -> bytes:
    return honest_pdf(chance, chance.randrange(21, 400))


def wrong_count(chance: random.Random) -> bytes:
    return one_page().replace(b"/Count 1", b"/Count %d" % chance.choice([0, -5, 10**9, 2**31 - 1, 2**63]))


def deep_tree(chance: random.Random) -> bytes:
    depth = chance.randrange(500, 5000)
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (number + 1, number - 1) for number in range(2, depth)]
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]>>" % (depth - 1))


def circles(chance: random.Random) -> bytes:
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>")


def huge_page(chance: random.Random) -> bytes:
    side = chance.choice([b"0 0 1000000 1000000", b"0 0 1e30 1e30", b"0 0 0.0001 99999", b"-9 -9 -9 -9", b"0 0 200000 1"])
    return one_page(box=side)


def image_bomb(chance: random.Random) -> bytes:
    side = chance.randrange(8_000, 30_000)
    kind, bits = chance.choice([(b"/DeviceRGB", 8), (b"/DeviceCMYK", 8), (b"/DeviceGray", 1), (b"/DeviceRGB", 16)])
    data = zlib.compress(zlib.compress(b"\0" * (30 << 20), 9), 9)
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent %d" % (side, side, kind, bits)
    image = b"<<%s/Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n" % (entries, len(data)) + data + b"\nendstream"
    return one_page(image, stream(b"500 0 0 500 0 0 cm /I Do"), page=b"/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>")


def broken_image(chance: random.Random) -> bytes:
    codec = chance.choice([b"/JBIG2Decode", b"/JPXDecode", b"/CCITTFaxDecode", b"/DCTDecode"])
    entries = b"/Type/XObject/Subtype/Image/Width 20000/Height 20000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter" + codec
    return one_page(
        stream(chance.randbytes(5000), entries, pack=False),
        stream(b"500 0 0 500 0 0 cm /I Do"),
        page=b"/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>",
    )


def laughs(chance: random.Random) -> bytes:
    """Forms that draw forms that draw forms: ten to the power of ten."""
    forms = []
    for number in range(4, 14):
        uses = b"/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        forms.append(stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 600 600]" + uses))
    last = stream(b"0 0 m 500 500 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 600 600]")
    return one_page(*forms, last, stream(b"/X Do"), page=b"/Contents 15 0 R/Resources<</XObject<</X 4 0 R>>>>")


def much_to_draw(chance: random.Random) -> bytes:
    line = chance.choice(
        [b"0 0 m 595 842 l 9 9 9 9 9 9 c S\n", b"q ", b"[1 1] 0 d 0 0 595 842 re S\n", b"0 0 595 842 re f*\n"]
    )
    return one_page(stream(line * chance.randrange(200_000, 1_000_000)), page=b"/Contents 4 0 R")


def tiny_tiles(chance: random.Random) -> bytes:
    entries = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>"
    return one_page(
        stream(b"0 0 1 1 re f", entries),
        stream(b"/Pattern cs /P scn 0 0 595 842 re f"),
        page=b"/Contents 5 0 R/Resources<</Pattern<</P 4 0 R>>>>",
    )


def deep_arrays(chance: random.Random) -> bytes:
    return one_page(b"[" * chance.randrange(10_000, 200_000), page=b"/Contents 4 0 R")


def stream_bomb(chance: random.Random) -> bytes:
    return one_page(
        stream(b"\0" * (200 << 20), b"/Type/ObjStm/N 1/First 5"), stream(b" " * (200 << 20)), page=b"/Contents 5 0 R"
    )


def bad_font(chance: random.Random) -> bytes:
    return one_page(
        b"<</Type/Font/Subtype/TrueType/BaseFont/JS/FirstChar 0/LastChar 255/FontDescriptor 5 0 R>>",
        b"<</Type/FontDescriptor/FontName/JS/FontFile2 6 0 R>>",
        stream(b"\0\1\0\0" + chance.randbytes(20_000)),
        stream(b"BT /F 20 Tf 50 500 Td (" + b"abc" * 1000 + b") Tj ET"),
        page=b"/Contents 7 0 R/Resources<</Font<</F 4 0 R>>>>",
    )


def cut_off(chance: random.Random) -> bytes:
    whole = honest_pdf(chance)
    return whole[: chance.randrange(10, len(whole))]


def damaged(chance: random.Random) -> bytes:
    content = bytearray(honest_pdf(chance, 3))
    for _ in range(chance.randrange(1, 60)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def pdf_and_more(chance: random.Random) -> bytes:
    pdf = honest_pdf(chance)
    return chance.choice([HTML + pdf, pdf + ZIP, ZIP[:40] + pdf, b"MZ" + b"\0" * 900 + pdf, HTML + pdf + ZIP])


KINDS = (
    script,
    launch,
    embedded,
    field_script,
    xfa,
    media,
    encrypted,
    many_pages,
    wrong_count,
    deep_tree,
    circles,
    huge_page,
    image_bomb,
    broken_image,
    laughs,
    much_to_draw,
    tiny_tiles,
    deep_arrays,
    stream_bomb,
    bad_font,
    cut_off,
    damaged,
    pdf_and_more,
)
