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
from reportlab.pdfgen.canvas import Canvas

from services.chassis.errors import Permanent
from services.chassis.uploads import DOCUMENTS, JPEG, PICTURES, PNG, WEBP, UploadRefused, sniff
from services.chassis.uploads.reading import accept
from tests.stand.photos import HEIC_PHOTO

LIMITS: dict[str, Any] = {"max_bytes": 5 * 2**20, "max_pixels": 40_000_000}
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
def test_a_picture_of_more_pixels_than_are_kept_is_made_smaller(content_type):
    kept = decoded(accept(encoded(content_type), allowed=PICTURES, max_bytes=10**6, max_pixels=120 * 80 - 1))
    assert kept.size == (60, 40)
    assert accept(encoded(content_type), allowed=PICTURES, max_bytes=10**6, max_pixels=120 * 80)


def test_a_photo_of_48_megapixels_is_taken_within_the_memory_of_one_of_12():
    asked: list[int] = []
    large = encoded(JPEG, Image.new("RGB", (8064, 6048), "red"))
    kept = accept(large, allowed=PICTURES, max_bytes=5 * 2**20, max_pixels=16_000_000, room=asked.append)
    assert decoded(kept).size == (4032, 3024)
    assert asked == [4032 * 3024 * 4]


def test_all_scans_of_a_progressive_photo_count_however_small_it_is_decoded():
    large = encoded(JPEG, Image.new("RGB", (16_000, 12_000), "red"), progressive=True)
    assert code_of(large, max_pixels=16_000_000) == "too-many-pixels"


@pytest.mark.parametrize("content_type", PICTURES)
def test_the_memory_that_decoding_takes_is_asked_for_before(content_type):
    def none_left(needs):
        assert needs > 120 * 80
        raise UploadRefused("no-room", vi="-", en="-")

    assert code_of(encoded(content_type), room=none_left) == "no-room"


@pytest.mark.parametrize("content_type", PICTURES)
def test_a_picture_that_takes_all_memory_is_refused_and_no_failure(content_type):
    def no_memory(needs):
        raise MemoryError

    assert code_of(encoded(content_type), room=no_memory) == "file-too-complex"


@pytest.mark.parametrize(("max_pixels", "size"), [(10**6, (120, 80)), (9599, (60, 40)), (600, (30, 20))])
def test_a_photo_of_an_iphone_is_kept_as_jpeg(max_pixels, size):
    assert sniff(HEIC_PHOTO) == "image/heic"
    kept = accept(HEIC_PHOTO, allowed=PICTURES, max_bytes=5000, max_pixels=max_pixels)
    assert (kept.content_type, decoded(kept).size) == (JPEG, size)
    assert decoded(kept).getpixel((5, 5))[2] > 200
    assert decoded(kept).getpixel((size[0] - 3, size[1] - 3))[0] > 200


def test_a_damaged_photo_of_an_iphone_is_refused():
    assert code_of(HEIC_PHOTO[:400]) == "corrupt-file"
    assert code_of(HEIC_PHOTO[:300] + b"\xff" * 177) == "corrupt-file"
    assert code_of(b"\0\0\0\x1cftypavif\0\0\0\0" + b"mif1miafavif" + b"\0" * 100) == "type-not-allowed"


def test_a_photo_that_png_packs_badly_is_kept_as_jpeg():
    noise = Image.merge("RGB", [Image.effect_noise((300, 300), 90) for _ in range(3)]).quantize(64)
    packed = encoded(PNG, noise)
    kept = accept(packed, allowed=PICTURES, max_bytes=len(packed), max_pixels=10**6)
    assert (kept.content_type, decoded(kept).mode) == (JPEG, "RGB")


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
    assert code_of(scans[:-2] + scans[start:-2] * 1000 + scans[-2:]) == "file-too-complex"


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
