"""A file is taken by what its bytes are, and refused with the same sentence, whichever service it is sent to and whatever type is declared."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from werkzeug.test import TestResponse

from tests.integration.http.desks import SERVICES, Desk, Operation, operations
from tests.stand.photos import HEIC_PHOTO

with tempfile.TemporaryDirectory() as _folder:
    UPLOADS = [
        each
        for service in SERVICES
        for each in operations(service, Path(_folder))
        if any(media_type.startswith("image/") for media_type in each.takes)
    ]

uploads = pytest.mark.parametrize("operation", UPLOADS, ids=[each.id for each in UPLOADS])
DECLARED = (
    "image/jpg", "image/pjpeg", "image/jpeg", "image/png", "application/octet-stream", "application/x-pdf", "application/pdf",
    "text/plain", "application/x-www-form-urlencoded", "*/*", "nonsense", "", None,
)  # fmt: skip
#: its head and nothing more
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    return {service: Desk(service, tmp_path_factory.mktemp(service)).filled() for service in SERVICES}


@pytest.fixture
def desk(desks: dict[str, Desk], operation: Operation) -> Desk:
    return desks[operation.service]


def send(desk: Desk, operation: Operation, content: bytes, declared: str | None = None, **options: Any) -> TestResponse:
    path = operation.at(**desk.known | options.pop("at", {}))
    role = "officer" if operation.token == "required" else None
    more: dict[str, Any] = {} if declared is None else {"content_type": declared}
    return desk.ask(operation.method, path, role=role, data=content, **more, **options)


def jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, "JPEG")
    return target.getvalue()


def pdf() -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.drawString(72, 700, "Mẫu số 01")
    canvas.save()
    return target.getvalue()


def refused(answer: TestResponse) -> tuple[int, str, str, str]:
    body = answer.get_json()
    return answer.status_code, body["type"].removeprefix("urn:vss:problem:"), body["detail"], body["detail_en"]


def test_three_services_take_files() -> None:
    assert {each.service for each in UPLOADS} == {"registration", "verification", "feedback"}
    assert all("application/octet-stream" in each.takes for each in UPLOADS)


@uploads
@pytest.mark.parametrize("declared", DECLARED, ids=str)
def test_a_jpeg_is_taken_whatever_type_is_declared(desk: Desk, operation: Operation, declared: str | None) -> None:
    answer = send(desk, operation, jpeg(), declared)
    assert (answer.status_code, answer.get_json().get("content_type")) == (200, "image/jpeg"), answer.text


@uploads
def test_a_photo_of_an_iphone_is_taken_and_kept_as_jpeg(desk: Desk, operation: Operation) -> None:
    answer = send(desk, operation, HEIC_PHOTO, "image/heic")
    assert (answer.status_code, answer.get_json().get("content_type")) == (200, "image/jpeg"), answer.text


@uploads
@pytest.mark.parametrize("declared", ["application/x-pdf", "application/octet-stream", "image/jpeg", None], ids=str)
def test_a_pdf_is_taken_whatever_type_is_declared(desk: Desk, operation: Operation, declared: str | None) -> None:
    answer = send(desk, operation, b"\r\n" + pdf() + b"\x00" * 2000, declared, at={"kind": "signed_form"})
    assert (answer.status_code, answer.get_json().get("content_type")) == (200, "application/pdf"), answer.text


@uploads
@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\xef\xbb\xbf\r\n  "], ids=["BOM", "CR LF", "both"])
def test_blank_bytes_before_a_picture_do_no_harm(desk: Desk, operation: Operation, before: bytes) -> None:
    assert send(desk, operation, before + jpeg(), "image/jpeg").status_code == 200


@pytest.mark.parametrize(
    ("content", "declared", "words"),
    [
        (HEIC, "image/heic", "bị hỏng"),
        (b"\x00\x00\x00\x18ftypavif" + HEIC[12:], "image/avif", "Tệp này là AVIF"),
        (b"GIF89a" + b"\x00" * 100, "image/gif", "Tệp này là GIF"),
        (b"PK\x03\x04" + b"\x00" * 100, "application/pdf", "Word, Excel"),
        (b"<html></html>", "text/html", "HTML"),
        (b"", "image/jpeg", "không có nội dung"),
        (b"\xff\xd8\xff" + b"\x00" * 100, "application/octet-stream", "bị hỏng"),
        (b"\xff\xd8\xff" + b"\x00" * (10 * 2**20), "image/jpeg", "Tệp lớn hơn mức cho phép (10 MB)"),
        (b"\xff\xd8\xff" + b"\x00" * (30 * 2**20), None, "Tệp lớn hơn mức cho phép (10 MB)"),
        (b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n" + jpeg(), "multipart/form-data; boundary=x", "chính tệp"),
    ],
    ids=["HEIC", "AVIF", "GIF", "Word", "HTML", "empty", "damaged", "large", "very large", "form"],
)  # fmt: skip
def test_every_service_refuses_a_file_with_the_same_sentence(
    desks: dict[str, Desk], content: bytes, declared: str | None, words: str
) -> None:
    # registration's portrait takes pictures alone, so what may also be a PDF is sent as the signed form
    said = {refused(send(desks[each.service], each, content, declared, at={"kind": "signed_form"})) for each in UPLOADS}
    assert len(said) == 1, said
    assert words in next(iter(said))[2]


@uploads
def test_a_body_of_unknown_length_that_is_too_large_is_refused_as_a_file(desk: Desk, operation: Operation) -> None:
    endless = io.BytesIO(b"\xff\xd8\xff" + b"\x00" * (11 * 2**20))
    answer = desk.ask(
        operation.method,
        operation.at(**desk.known),
        role="officer" if operation.token == "required" else None,
        input_stream=endless,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert refused(answer)[:3] == (413, "file-too-large", "Tệp lớn hơn mức cho phép (10 MB).")
