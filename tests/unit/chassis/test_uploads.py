"""Files that people send: what is taken, what is refused, and what is left of it."""

import io
import struct
import time
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from services.chassis.errors import Permanent
from services.chassis.uploads import DOCUMENTS, JPEG, PDF, PICTURES, PNG, WEBP, UploadRefused, accept, sniff

LIMITS = {"max_bytes": 5 * 2**20, "max_pixels": 40_000_000}
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}


def picture(size=(120, 80), mode="RGB", colour="red"):
    """Red, with a blue upper left corner that shows how it is turned."""
    made = Image.new("RGB", size, colour)
    made.paste("blue", (0, 0, size[0] // 2, size[1] // 2))
    return made.convert(mode)


def encoded(content_type, image=None, **options):
    target = io.BytesIO()
    (image or picture()).save(target, FORMATS[content_type], **options)
    return target.getvalue()


def pdf(compressed=True):
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=int(compressed), invariant=1)
    canvas.drawString(100, 700, "Form 01")
    canvas.save()
    return target.getvalue()


def written(writer):
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def code_of(content, allowed=DOCUMENTS, **limits):
    with pytest.raises(UploadRefused) as refusal:
        accept(content, allowed=allowed, **(LIMITS | limits))
    assert refusal.value.vi
    assert refusal.value.en
    return refusal.value.kind


def decoded(upload):
    return Image.open(io.BytesIO(upload.content))


@pytest.mark.parametrize("content_type", PICTURES)
def test_a_picture_of_an_allowed_format_is_kept_with_its_format_and_size(content_type):
    upload = accept(encoded(content_type), allowed=PICTURES, **LIMITS)
    assert upload.content_type == content_type
    assert sniff(upload.content) == content_type
    assert decoded(upload).size == (120, 80)


@pytest.mark.parametrize("content_type", PICTURES)
def test_the_place_the_time_and_the_camera_of_a_photo_are_gone(content_type):
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825)[2] = (21.0, 1.0, 42.0)
    options: dict[str, Any] = {
        "exif": exif,
        "icc_profile": b"SECRETPROFILE" * 20,
        "comment": b"SECRETCOMMENT",
        "xmp": b"<SECRETXMP/>",
    }
    if content_type == PNG:
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "SECRETAUTHOR")
        options = {"exif": exif, "pnginfo": text, "icc_profile": b"SECRETPROFILE" * 20}
    before = encoded(content_type, **options)
    assert b"SECRET" in before
    kept = accept(before + b"SECRETTRAILER", allowed=PICTURES, **LIMITS)
    assert b"SECRET" not in kept.content
    assert not decoded(kept).getexif()
    assert "icc_profile" not in decoded(kept).info


@pytest.mark.parametrize("content_type", PICTURES)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_taken_sideways_stands_upright(content_type, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = picture((160, 96))
    backwards = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    kept = decoded(accept(encoded(content_type, backwards, exif=exif), allowed=PICTURES, **LIMITS)).convert("RGB")
    assert kept.size == (160, 96)
    assert kept.getpixel((20, 20))[2] > 200  # blue where the upright picture is blue
    assert kept.getpixel((140, 80))[0] > 200


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_any_colour_mode_is_kept(mode):
    image = picture(mode=mode) if mode != "I;16" else Image.new("I;16", (120, 80), 0x8000)
    content_type = JPEG if mode == "CMYK" else PNG
    kept = decoded(accept(encoded(content_type, image), allowed=PICTURES, **LIMITS))
    assert kept.mode in ("L", "RGB", "RGBA")
    assert mode != "I;16" or kept.getpixel((0, 0)) == 0x80


def test_the_type_is_what_the_bytes_show():
    assert code_of(encoded(PNG), allowed=[JPEG]) == "type-not-allowed"
    assert code_of(pdf(), allowed=PICTURES) == "type-not-allowed"
    gif = io.BytesIO()
    picture().save(gif, "GIF")
    assert code_of(gif.getvalue()) == "type-not-allowed"
    assert code_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == "type-not-allowed"


def test_no_decoder_but_the_three_can_be_reached():
    tiff = io.BytesIO()
    picture().save(tiff, "TIFF")
    assert code_of(b"\xff\xd8\xff" + tiff.getvalue()) == "corrupt-file"


def test_nothing_and_too_much_are_refused():
    assert code_of(b"") == "empty-file"
    assert code_of(encoded(JPEG), max_bytes=100) == "file-too-large"


@pytest.mark.parametrize("content_type", PICTURES)
def test_too_many_pixels_are_refused(content_type):
    assert code_of(encoded(content_type), max_pixels=120 * 80 - 1) == "too-many-pixels"
    accept(encoded(content_type), allowed=PICTURES, max_bytes=10**6, max_pixels=120 * 80)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


BOMB_PNG = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
)  # fmt: skip
BOMB_WEBP = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xfe\x3f\0\xfe\x3f\0"


@pytest.mark.parametrize("bomb", [BOMB_PNG, BOMB_WEBP])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(bomb):
    started = time.thread_time()
    assert code_of(bomb) == "too-many-pixels"
    assert time.thread_time() - started < 0.2


def test_a_jpeg_with_thousands_of_scans_is_refused_before_it_is_decoded():
    scans = encoded(JPEG, progressive=True)
    start = scans.rindex(b"\xff\xda")
    assert code_of(scans[:-2] + scans[start:-2] * 1000 + scans[-2:]) == "corrupt-file"


def test_a_photo_with_a_short_film_behind_it_is_kept_without_the_film():
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda" * 1000
    for progressive in (False, True):
        photo = encoded(JPEG, progressive=progressive)
        assert accept(photo + film, allowed=PICTURES, **LIMITS) == accept(photo, allowed=PICTURES, **LIMITS)


@pytest.mark.parametrize("content_type", PICTURES)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_cut_off_on_the_way_is_refused(content_type, kept):
    noise = Image.effect_noise((200, 200), 90)
    whole = encoded(content_type, noise)
    assert code_of(whole[: int(len(whole) * kept)]) == "corrupt-file"


@pytest.mark.parametrize("content_type", [PNG, WEBP])
def test_a_moving_picture_is_refused(content_type):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green")]
    moving = encoded(content_type, frames[0], save_all=True, append_images=frames[1:], duration=100)
    assert code_of(moving) == "animated-picture"


@given(
    content_type=st.sampled_from(PICTURES),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_damaged_pictures_are_kept_whole_or_refused_and_never_fail_otherwise(content_type, changes):
    damaged = bytearray(encoded(content_type))
    for position, value in changes:
        damaged[position % len(damaged)] = value
    try:
        upload = accept(bytes(damaged), allowed=PICTURES, max_bytes=10**6, max_pixels=10**6)
    except UploadRefused:
        return
    decoded(upload).load()


def test_a_refusal_will_never_work_however_often_it_is_tried():
    with pytest.raises(Permanent):
        accept(b"x", allowed=PICTURES, **LIMITS)


def test_a_small_picture_takes_a_few_milliseconds():
    small = encoded(JPEG, picture((480, 640)))
    accept(small, allowed=PICTURES, **LIMITS)

    def once():
        started = time.thread_time()
        accept(small, allowed=PICTURES, **LIMITS)
        return time.thread_time() - started

    assert min(once() for _ in range(5)) < 0.03


@pytest.mark.parametrize("compressed", [True, False])
def test_a_plain_pdf_is_kept_to_the_byte(compressed):
    content = pdf(compressed)
    upload = accept(content, allowed=DOCUMENTS, **LIMITS)
    assert (upload.content, upload.content_type) == (content, PDF)


def test_a_pdf_with_objects_packed_into_streams_is_kept():
    # what office programs write: PDF 1.5 with an object stream
    packed = zlib.compress(b"1 0 2 20 <</Type/Catalog>> <</Type/Pages>>")
    content = b"%PDF-1.5\n3 0 obj <</Type/ObjStm/N 2/First 9/Filter/FlateDecode>>\nstream\n" + packed
    content += b"\nendstream\nendobj\nstartxref\n0\n%%EOF\n"
    assert accept(content, allowed=DOCUMENTS, **LIMITS).content == content


def test_a_pdf_that_acts_or_carries_files_is_refused():
    scripted, attached = PdfWriter(PdfReader(io.BytesIO(pdf()))), PdfWriter(PdfReader(io.BytesIO(pdf())))
    scripted.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    attached.add_attachment("x.exe", b"MZ")
    assert code_of(written(scripted)) == "active-pdf"
    assert code_of(written(attached)) == "active-pdf"
    assert code_of(pdf().replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch/F(x)>>")) == "active-pdf"


def test_a_script_hidden_by_escapes_or_in_a_packed_object_is_found():
    assert code_of(pdf().replace(b"/Catalog", b"/Catalog/A<</S/J#61vaScript/JS(x)>>")) == "active-pdf"
    for hidden in (b"<</S/JavaScript/JS(x)>>", b" " * (2**20 - 10) + b"<</S/J#61vaScript/JS(x)>>"):
        packed = b"3 0 obj <</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + zlib.compress(hidden) + b"\nendstream\nendobj\n"
        assert code_of(pdf() + packed + b"startxref 0\n%%EOF") == "active-pdf"


def test_objects_packed_in_a_way_we_do_not_look_through_are_refused():
    for how in (
        b"/Filter[/ASCIIHexDecode/FlateDecode]",
        b"/Filter 9 0 R",
        b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>",
    ):
        packed = b"3 0 obj <</Type/ObjStm" + how + b">>\nstream\nabcd>\nendstream endobj\n"
        assert code_of(pdf() + packed + b"startxref 0\n%%EOF") == "packed-pdf"


def test_an_encrypted_pdf_is_refused():
    writer = PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    assert code_of(written(writer)) == "encrypted-pdf"


def test_a_pdf_cut_off_on_the_way_is_refused():
    assert code_of(pdf()[:-200]) == "corrupt-file"
    assert code_of(b"%PDF-hello") == "corrupt-file"


def test_packed_objects_that_inflate_without_end_are_refused_as_too_large():
    bomb = zlib.compress(b"\0" * (200 << 20), 9)
    content = (
        pdf() + b"9 0 obj <</N 1/First 5/Filter/FlateDecode>>\nstream\n" + bomb + b"\nendstream endobj\nstartxref 0\n%%EOF"
    )
    assert code_of(content) == "pdf-too-large-inside"
