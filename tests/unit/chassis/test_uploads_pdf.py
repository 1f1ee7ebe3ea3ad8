"""A PDF is judged by the names of its objects: not by what its pictures, its text or its fonts happen to hold."""

import io
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.chassis.uploads import DOCUMENTS, PDF, UploadRefused, accept, sniff

MOST = 5 * 2**20


def said(content: bytes) -> str:
    """`kept`, or the name of the refusal."""
    try:
        return (
            "kept" if accept(content, allowed=DOCUMENTS, max_bytes=MOST, max_pixels=10**6).content == content else "changed"
        )
    except UploadRefused as refused:
        return refused.kind


def page(*lines: str, compressed: bool = False) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=int(compressed), invariant=1)
    for place, line in enumerate(lines or ("Form 01",)):
        canvas.drawString(72, 700 - 20 * place, line)
    canvas.save()
    return target.getvalue()


def with_object(body: bytes) -> bytes:
    """A plain PDF with one more object."""
    return page() + b"90 0 obj\n" + body + b"\nendobj\nstartxref\n0\n%%EOF\n"


def with_stream(dictionary: bytes, data: bytes) -> bytes:
    return with_object(b"<<" + dictionary + b"/Length %d>>\nstream\n" % len(data) + data + b"\nendstream")


@pytest.mark.parametrize(("pages", "mode"), [(6, "RGB"), (16, "L")])
def test_white_scanned_pages_are_kept_however_large_they_inflate(pages: int, mode: str) -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    white = ImageReader(Image.new(mode, (2480, 3508), "white"))  # A4, 300 dpi
    for _ in range(pages):
        canvas.drawImage(white, 0, 0, *A4)
        canvas.drawString(72, 72, "x")
        canvas.showPage()
    canvas.save()
    assert said(target.getvalue()) == "kept"


@pytest.mark.parametrize(
    "word", [b"/XFA", b"/JavaScript", b"/Encrypt", b"/EmbeddedFile", b"/Launch", b"/JS", b"/EF", b"/RichMedia"]
)
def test_the_data_of_a_picture_may_hold_any_bytes(word: bytes) -> None:
    picture = b"\xff\xd8\xff\xe0" + b"\x00\x91" * 40 + b" " + word + b" " + b"\x92" * 40
    assert said(with_stream(b"/Type/XObject/Subtype/Image/Filter/DCTDecode", picture)) == "kept"
    assert said(with_stream(b"/Type/XObject/Subtype/Image/Filter/FlateDecode", zlib.compress(picture))) == "kept"


def test_text_on_a_page_may_speak_of_anything() -> None:
    assert said(page("(see /Encrypt)", "Lỗi /JavaScript", "<< /S /Launch >>", "/XFA /EF")) == "kept"
    assert said(with_stream(b"", b"BT (see /Encrypt) Tj (L\xe1\xbb\x97i /JavaScript) Tj ET")) == "kept"


@pytest.mark.parametrize(
    "body",
    [
        b"<</BaseFont/XFAB/Encoding/EncryptMetadata>>",
        b"<</Title(a script: /JavaScript, \\\\( and \\) /Launch)/Author(/EmbeddedFiles (nested /XFA))>>",
        b"<</A 1 % /JavaScript in a comment\n/B 2>>",
        b"<</Font<</JS 5 0 R/XFA 6 0 R>>/XObject<</EF 7 0 R>>>>",
        b"<</Type/Font/BaseFont/XFA/FontName/JS>>",
        b"<</Type/Encoding/Differences[32/space/EF/JS]>>",
        b"<</ID<2f4a6176615363726970743e>>>",
    ],
)
def test_a_name_counts_only_where_it_is_one_and_whole(body: bytes) -> None:
    assert said(with_object(body)) == "kept"


@pytest.mark.parametrize(
    "body",
    [
        b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
        b"<</OpenAction<</S/Launch/F(x)>>>>",
        b"<</S/J#61vaScript/JS(x)>>",
        b"<</S/#4a#61#76#61#53#63#72#69#70#74>>",
        b"<</AcroForm<</Fields[]/XFA[(form)9 0 R]>>>>",
        b"<</Names<</EmbeddedFiles<</Names[]>>>>>>",
        b"<</Type/Filespec/EF<</F 5 0 R>>>>",
        b"<</Subtype/RichMedia>>",
        b"<</Junk<obj ( >/S/JavaScript/JS(x)>>",
        b"<</Junk(obj \\( <</Font<<)/S/JavaScript>>",
        b"<</Font<<>>/S/JavaScript>>",
        b"<</S/URI/S/JavaScript>>",
    ],
)  # fmt: skip
def test_what_a_reader_would_run_start_or_unpack_is_refused(body: bytes) -> None:
    assert said(with_object(body)) == "active-pdf"


def test_an_object_that_hides_in_the_data_of_a_picture_is_found() -> None:
    hidden = b"\xff\xd8\xff 91 0 obj <</S/JavaScript/JS(x)>> endobj"
    assert said(with_stream(b"/Subtype/Image/Filter/DCTDecode", hidden)) == "active-pdf"


@pytest.mark.parametrize(
    "head", [b"/N 1/First 5/Filter/FlateDecode", b"/Type/ObjStm/Filter[/FlateDecode]", b"/Type/ObjStm/Filter/Fl"]
)
def test_packed_objects_are_looked_into_whatever_their_type_says(head: bytes) -> None:
    assert said(with_stream(head, zlib.compress(b"90 0 <</S/JavaScript>>"))) == "active-pdf"
    assert said(with_stream(head, zlib.compress(b"90 0 <</Title(/JavaScript)/F(/XFA)>>"))) == "kept"


def test_packed_objects_that_are_not_compressed_are_looked_into_up_to_their_length() -> None:
    assert said(with_stream(b"/Type/ObjStm/N 1/First 5", b"(endstream )<</S/JavaScript>>")) == "active-pdf"


def test_what_pypdf_writes_with_a_script_a_file_or_a_form_is_refused() -> None:
    def written(change: Callable[[PdfWriter], object]) -> bytes:
        writer = PdfWriter(PdfReader(io.BytesIO(page())))
        change(writer)
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()

    form = DictionaryObject({NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): TextStringObject("x")})
    assert said(written(lambda writer: writer.add_metadata({"/Title": "/JavaScript"}))) == "kept"
    assert said(written(lambda writer: writer.add_attachment("a.txt", b"a"))) == "active-pdf"
    assert said(written(lambda writer: writer.root_object.__setitem__(NameObject("/AcroForm"), form))) == "active-pdf"
    assert said(written(lambda writer: writer.encrypt("x", algorithm="RC4-128"))) == "encrypted-pdf"


@pytest.mark.parametrize(
    "head",
    [b"\xef\xbb\xbf", b"\r\n", b" ", b"\n" * 500, b"x" * 500, b"\x00" * 100, b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"],
    ids=["BOM", "CR LF", "space", "line ends", "500 bytes", "NUL", "printer"],
)  # fmt: skip
def test_lines_before_the_head_and_nothing_behind_the_end_do_no_harm(head: bytes) -> None:
    assert sniff(head + page()) == PDF
    assert said(head + page()) == "kept"
    assert said(head + page() + b"\x00" * 2048 + b"\r\n") == "kept"


@pytest.mark.parametrize("head", [b"<script>", b"\x00\x01\x02", b"MZ\x90\x00"])
def test_a_head_that_is_something_else_is_named(head: bytes) -> None:
    with pytest.raises(UploadRefused) as refused:
        accept(head + page(), allowed=DOCUMENTS, max_bytes=MOST, max_pixels=1)
    assert (refused.value.kind, f"{len(head)} byte" in refused.value.vi) == ("pdf-head", True)
    assert said(b"x" * 1100 + page()) == "type-not-allowed"


@pytest.mark.parametrize(
    "hostile",
    [
        b"obj (" * 800_000,
        b"obj <" * 800_000,
        (b"obj" + b" " * 50) * 80_000,
        b"obj." * 1_000_000,
        b"obj " + b"[" * 4_000_000,
        b"1 0 obj<</N 1/First 1/Filter/FlateDecode>>stream\n" * 80_000,
    ],
    ids=["strings", "hexadecimal", "spaces", "words", "brackets", "streams"],
)
def test_a_file_made_to_cost_time_costs_little(hostile: bytes) -> None:
    started = time.thread_time()
    assert said(b"%PDF-1.4 /JS " + hostile + b" startxref %%EOF") in ("pdf-too-complex", "corrupt-file")
    assert time.thread_time() - started < 3
