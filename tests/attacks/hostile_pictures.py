"""Hostile pictures, each function one kind; what it tries is its name."""

from __future__ import annotations

import io
import random
import struct
import zlib

from PIL import Image

from tests.attacks.hostile_pdfs import HTML, ZIP, honest_pdf


def picture(chance: random.Random, kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    target = io.BytesIO()
    image = Image.effect_noise((chance.randrange(50, 400), chance.randrange(50, 400)), 90).convert(mode)
    image.save(target, kind, **options)
    return target.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def png_bomb(chance: random.Random) -> bytes:
    """Real data for a picture of hundreds of megabytes in some kilobytes."""
    side, (bits, colour, each) = (
        chance.randrange(3_000, 12_000),
        chance.choice([(8, 2, 3), (8, 6, 4), (16, 6, 8), (8, 0, 1), (1, 0, 1 / 8)]),
    )
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + int(side * each) + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return png(side, side, chunk(b"IDAT", data), bits=bits, colour=colour)


def png_claims(chance: random.Random) -> bytes:
    side = chance.choice([60_000, 2**31 - 1, 2**32 - 1, 0])
    return png(side, chance.choice([side, 1]), chunk(b"IDAT", zlib.compress(b"\0" * 1000)), interlaced=chance.randrange(2))


def png_text_bomb(chance: random.Random) -> bytes:
    packed = zlib.compress(b"\0" * (100 << 20), 9)
    kind = chance.choice([(b"zTXt", b"a\0\0"), (b"iCCP", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0")])
    return png(10, 10, chunk(kind[0], kind[1] + packed), chunk(b"IDAT", zlib.compress(b"\0" * 310)))


def moving(chance: random.Random) -> bytes:
    target, kind = io.BytesIO(), chance.choice(["PNG", "WEBP", "GIF"])
    frames = [Image.new("RGB", (300, 300), (number, 0, 0)) for number in range(60)]
    frames[0].save(target, kind, save_all=True, append_images=frames[1:])
    return target.getvalue()


def jpeg_claims(chance: random.Random) -> bytes:
    content = bytearray(picture(chance, progressive=chance.random() < 0.5))
    at = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2"))
    side = chance.choice([65_500, 30_000, 12_000, 8_000])
    content[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(content)


def many_scans(chance: random.Random) -> bytes:
    content = picture(chance, progressive=True)
    start = content.rindex(b"\xff\xda")
    return content[:-2] + content[start:-2] * chance.randrange(10, 3000) + content[-2:]


def webp_claims(chance: random.Random) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xfe\x3f\0\xfe\x3f\0"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def webp_bomb(chance: random.Random) -> bytes:
    target, side = io.BytesIO(), chance.randrange(2_000, 6_000)
    Image.new("RGB", (side, side), "white").save(target, "WEBP", lossless=chance.random() < 0.5, method=0)
    return target.getvalue()


def heic_claims(chance: random.Random) -> bytes:
    return b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + chance.randbytes(chance.randrange(0, 3000))


def picture_and_more(chance: random.Random) -> bytes:
    kind = chance.choice(["JPEG", "PNG", "WEBP"])
    content = picture(chance, kind)
    return chance.choice([content + ZIP, content + HTML, content + honest_pdf(chance)])


def picture_damaged(chance: random.Random) -> bytes:
    content = bytearray(picture(chance, chance.choice(["JPEG", "PNG", "WEBP"])))
    for _ in range(chance.randrange(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content[: chance.randrange(20, len(content) + 1)])


def odd_mode(chance: random.Random) -> bytes:
    return picture(chance, *chance.choice([("JPEG", "CMYK"), ("PNG", "I;16"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "P")]))


def other_format(chance: random.Random) -> bytes:
    kind = chance.choice(["GIF", "BMP", "TIFF", "ICO", "PPM"])
    return chance.choice(
        [HTML, ZIP, b"<svg onload='alert(1)'/>", b"%!PS\n", b"", chance.randbytes(999), picture(chance, kind)]
    )


KINDS = (
    png_bomb,
    png_claims,
    png_text_bomb,
    moving,
    jpeg_claims,
    many_scans,
    webp_claims,
    webp_bomb,
    heic_claims,
    picture_and_more,
    picture_damaged,
    odd_mode,
    other_format,
)
