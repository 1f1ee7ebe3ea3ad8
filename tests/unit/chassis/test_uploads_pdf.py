"""Of a PDF only what its pages look like is kept: whatever else is in it, and whoever wrote it."""

import io
import time
import zlib

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.chassis.uploads import DOCUMENTS, PDF, UploadRefused, sniff
from services.chassis.uploads.pages import MAX_PAGES
from services.chassis.uploads.reading import accept

#: what a reader runs, starts, follows or unpacks
ACTIVE = (
    b"JavaScript",
    b"/JS",
    b"Launch",
    b"XFA",
    b"EmbeddedFile",
    b"/EF",
    b"RichMedia",
    b"OpenAction",
    b"/AA",
    b"URI",
    b"AcroForm",
)


def kept(content: bytes) -> bytes:
    upload = accept(content, allowed=DOCUMENTS, max_bytes=5 * 2**20, max_pixels=10**6)
    assert upload.content_type == sniff(upload.content) == PDF
    return upload.content


def refusal(content: bytes) -> str:
    with pytest.raises(UploadRefused) as refused:
        kept(content)
    assert refused.value.vi
    assert refused.value.en
    return refused.value.kind


def page(*lines: str, pages: int = 1, size: tuple[float, float] = A4) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, invariant=1)
    for _ in range(pages):
        for place, line in enumerate(lines or ("Form 01",)):
            canvas.drawString(72, 700 - 20 * place, line)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def looks_like(content: bytes, number: int = 0) -> Image.Image:
    picture: Image.Image = pdfium.PdfDocument(content)[number].render(scale=1).to_pil().convert("L")
    return picture


def size(page: PageObject) -> tuple[int, int]:
    """The size of its one picture, in pixels."""
    (image,) = page.images
    assert image.image is not None
    return image.image.size


def test_a_page_looks_as_it_did() -> None:
    content = page("Họ và tên: NGUYEN VAN AN", "x" * 60)
    before, after = (each.crop((0, 0, 595, 842)) for each in (looks_like(content), looks_like(kept(content))))
    changed = ImageChops.difference(before, after).point(lambda value: 255 * (value > 80))
    assert sum(changed.histogram()[255:]) < 40  # of 500,000 points; edges of letters
    assert before.getextrema() == (0, 255)
    assert after.point(lambda value: 255 * (value < 60)).getbbox()


def test_every_page_is_kept_at_its_size_and_at_200_dots_per_inch() -> None:
    made = PdfReader(io.BytesIO(kept(page(pages=3))))
    assert [tuple(round(float(side)) for side in each.mediabox[2:]) for each in made.pages] == [(595, 842)] * 3
    assert [size(each) for each in made.pages] == [(1654, 2339)] * 3


def test_a_huge_page_is_drawn_smaller() -> None:
    (drawn,) = PdfReader(io.BytesIO(kept(page(size=(14_400, 14_400))))).pages
    assert size(drawn) == (2829, 2829)
    assert kept(page(size=(14_400, 0.5)))


@pytest.mark.parametrize("form", [False, True])
def test_scripts_files_and_links_are_gone(form: bool) -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(page())))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("x.exe", b"MZ")
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([NumberObject(each) for each in (0, 0, 600, 800)]),
            NameObject("/A"): DictionaryObject(
                {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("http://x.invalid")}
            ),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([link])
    launch = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): launch})
    if form:
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject()})
    content = written(writer)
    assert sum(name in content for name in ACTIVE) >= 7
    made = kept(content)
    assert not [name for name in ACTIVE if name in made]


def test_a_dynamic_form_is_refused_with_what_to_do() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(page("Please wait..."))))
    xml = TextStringObject("<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): xml}
    )
    writer.root_object[NameObject("/NeedsRendering")] = NameObject("/true")
    content = written(writer).replace(b"/NeedsRendering /true", b"/NeedsRendering true ")
    assert refusal(content) == "xfa-pdf"


def test_a_pdf_with_a_password_is_refused_and_one_that_anybody_opens_is_kept() -> None:
    def encrypted(password: str) -> bytes:
        writer = PdfWriter(PdfReader(io.BytesIO(page())))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        return written(writer)

    assert refusal(encrypted("secret")) == "encrypted-pdf"
    assert b"/Encrypt" not in kept(encrypted(""))


def test_a_pdf_cut_off_on_the_way_is_refused() -> None:
    assert refusal(page()[:-200]) == "corrupt-file"
    assert refusal(b"%PDF-hello") == "corrupt-file"
    assert refusal(b"%PDF-1.7\n%%EOF\n") == "corrupt-file"


def test_pages_are_counted() -> None:
    assert refusal(page(pages=MAX_PAGES + 1)) == "pdf-too-many-pages"
    assert len(PdfReader(io.BytesIO(kept(page(pages=MAX_PAGES)))).pages) == MAX_PAGES
    none = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    assert refusal(none + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n") == "corrupt-file"  # to PDFium none at all
    many = none.replace(b"/Count 0", b"/Count 2000000000")
    assert refusal(many + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n") == "corrupt-file"


def test_white_scanned_pages_are_kept_however_large_they_inflate() -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    white = ImageReader(Image.new("RGB", (2480, 3508), "white"))  # A4, 300 dpi
    for _ in range(4):
        canvas.drawImage(white, 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    assert looks_like(kept(target.getvalue()), 3).getextrema() == (255, 255)


@pytest.mark.parametrize(
    "head",
    [b"\xef\xbb\xbf", b"\r\n", b" ", b"\n" * 500, b"<script>alert(1)</script>", b"\x00" * 100, b"\x1b%-12345X@PJL JOB\r\n"],
    ids=["BOM", "CR LF", "space", "line ends", "HTML", "NUL", "printer"],
)  # fmt: skip
def test_what_stands_before_the_head_or_behind_the_end_is_gone(head: bytes) -> None:
    content = head + page() + b"\x00" * 2048 + b"\r\n"
    assert sniff(content) == PDF
    assert kept(content).startswith(b"%PDF-1.7")
    assert b"script" not in kept(content)


def test_a_bomb_of_streams_takes_no_long_time() -> None:
    bomb = zlib.compress(b"0 0 m 1 1 l S\n" * 100, 9)
    packed = zlib.compress(b"\0" * (50 << 20), 9)
    content = page() + b"90 0 obj<</N 1/First 5/Type/ObjStm/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    content += packed + b"\nendstream endobj\n91 0 obj<<>>stream\n" + bomb + b"endstream endobj\nstartxref\n0\n%%EOF\n"
    started = time.thread_time()
    kept(content)
    assert time.thread_time() - started < 2
