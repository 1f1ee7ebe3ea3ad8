"""Hostile files, sent to a running service: none of the holes of the penetration test is open."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from tests.attacks import files, hostile
from tests.attacks import hostile_pdfs as pdfs
from tests.attacks import hostile_pictures as pictures
from tests.attacks.files import Registration, Scales, Sender, is_active
from tests.attacks.stranger import Stranger
from tests.attacks.subjects import attack

_CHANCE = random.Random(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registration]:
    with Registration(tmp_path_factory.mktemp("registration")) as place:
        yield place


@pytest.fixture
def sender(place: Registration) -> Sender:
    return Sender(place.url)


def newest(place: Registration) -> bytes:
    store = place.documents()
    *_, last = store.list_ids()
    return store.get(last)


def healthy(place: Registration) -> bool:
    answer = Stranger(place.url).call("GET", "/healthz")
    return answer is not None and answer.ok


@pytest.mark.parametrize("kind", ["script", "launch", "embedded", "field_script", "encrypted", "pdf_and_more"])
def test_an_active_pdf_reaches_no_officer_as_it_came(place: Registration, sender: Sender, kind: str) -> None:
    content = hostile.make(kind)
    status, said = sender.send(content)
    if status != 200:
        assert (kind, status, said) == ("encrypted", 422, "encrypted-pdf")
        return
    kept = newest(place)
    assert said == "application/pdf"
    assert kept != content
    assert not is_active(kept)
    assert b"PK\x03\x04" not in kept
    (page,) = pypdf.PdfReader(io.BytesIO(kept)).pages
    assert len(page.images) == 1


def test_155_kilobytes_of_png_do_not_take_a_gigabyte(place: Registration) -> None:
    """Twenty at once: what made the service 996 MB large."""
    side = 3600  # 13 megapixels: 52 MB each
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\0" * (3 * side + 1)) for _ in range(side)) + packer.flush()
    bomb = pictures.png(side, side, pictures.chunk(b"IDAT", data))
    assert len(bomb) < 155_000
    senders = [Sender(place.url) for _ in range(20)]
    with Scales(place.pid) as scales, ThreadPoolExecutor(20) as pool:
        outcomes = set(pool.map(lambda each: each.send(bomb), senders))
    assert outcomes == {(200, "image/png")}
    assert 0 < scales.service_mib <= scales.family_mib < 300
    assert healthy(place)


def test_a_picture_that_decodes_to_more_than_there_is_memory_is_refused_not_a_failure(sender: Sender) -> None:
    bomb = pictures.png(20_000, 20_000, pictures.chunk(b"IDAT", zlib.compress(b"\0" * 10_000)))
    assert sender.send(bomb) == (422, "too-many-pixels")
    claims = bytearray(pictures.picture(_CHANCE, progressive=True))
    at = claims.find(b"\xff\xc2")
    claims[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    assert sender.send(bytes(claims)) == (422, "too-many-pixels")


@pytest.mark.parametrize("kind", ["laughs", "stream_bomb", "deep_tree"])
def test_a_pdf_that_crashes_its_reader_or_never_ends_is_refused_and_the_service_goes_on(
    place: Registration, sender: Sender, kind: str
) -> None:
    content = hostile.make(kind)
    status, _ = sender.send(content)
    assert status in (200, 422)
    assert healthy(place)
    assert sender.send(pdfs.honest_pdf(_CHANCE)) == (200, "application/pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_of_a_picture_that_is_two_files_at_once_only_the_picture_is_kept(
    place: Registration, sender: Sender, kind: str
) -> None:
    content = pictures.picture(_CHANCE, kind) + pdfs.ZIP + pdfs.HTML
    assert sender.send(content)[0] == 200
    kept = newest(place)
    assert Image.open(io.BytesIO(kept)).format == kind
    assert pdfs.ZIP not in kept
    assert pdfs.HTML not in kept


def test_whoever_steals_the_store_reads_no_paper(place: Registration, sender: Sender, tmp_path: Path) -> None:
    portrait = pictures.picture(_CHANCE)
    assert sender.send(portrait)[0] == 200
    stolen = [path.read_bytes() for path in place.documents().content.folder.rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    assert len(stolen) >= 2
    assert not [content for content in stolen if content.startswith((b"\xff\xd8", b"%PDF", b"\x89PNG", b"RIFF"))]


@pytest.mark.slow
def test_hostile_files_of_every_kind_do_no_harm(tmp_path: Path) -> None:
    record = attack(files, scale=0.18, folder=tmp_path)  # every kind once
    assert record["wrong"] == []
