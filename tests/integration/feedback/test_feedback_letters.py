"""The letter with an answer: numbered and drawn when it is approved, or the scan of a signed one in its place (F3)."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from services.chassis.calendar import today_in_vietnam
from tests.integration.feedback.desk import (
    ANSWER,
    APPROVER,
    CITIZEN,
    DIRECTOR,
    ELSEWHERE,
    OFFICER,
    SUPPORT,
    THU,
    Desk,
    picture,
)

pytestmark = pytest.mark.rule("F3")


@pytest.fixture(autouse=True)
def _own_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reportlab has one font object for a typeface: what another test has drawn in this process would be taken."""
    for registry in ("_fonts", "_dynFaceNames"):
        monkeypatch.setattr(pdfmetrics, registry, {})


def text_of(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def scan(words: str = "signed") -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.drawString(100, 700, words)
    canvas.save()
    return target.getvalue()


def letter(desk: Desk, complaint: Any, **who: Any) -> Any:
    return desk.call("GET", f"/complaints/{complaint.no}/letter", **(who or {"code": complaint.code}))


def put_scan(desk: Desk, complaint: Any, content: bytes | None = None, *, token: str = OFFICER) -> Any:
    data = scan() if content is None else content
    return desk.call("PUT", f"/complaints/{complaint.no}/letter", token=token, data=data, content_type="application/pdf")


def test_an_approved_answer_gets_a_numbered_letter_that_the_citizen_reads_with_the_code(desk: Desk) -> None:
    complaint = desk.answered()
    soon = letter(desk, complaint)
    assert (soon.status_code, soon.json["type"]) == (404, "urn:vss:problem:letter-not-ready")
    assert desk.show(complaint)["content"]["letter"]["ready"] is False
    desk.run_jobs()
    answer = letter(desk, complaint)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tra-loi-{complaint.no}.pdf"'
    text = text_of(answer.data)
    assert "BHXH THÀNH PHỐ HỒ CHÍ MINH" in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert f"Số: 1/BHXH-PAKN V/v trả lời phản ánh, kiến nghị mã {complaint.no}" in text
    assert f"Hồ Chí Minh, ngày {today_in_vietnam():%d} tháng {today_in_vietnam():%m}" in text
    assert "Kính gửi: Ông/Bà Nguyễn Thành Biên" in text
    assert ANSWER in text
    assert "GIÁM ĐỐC Đã phê duyệt trên hệ thống" in text
    assert "TUQ." not in text
    shown = desk.show(complaint)["content"]["letter"]
    assert (shown["number"], shown["scanned"], shown["ready"]) == ("1/BHXH-PAKN", False, True)


def test_letters_of_a_province_are_numbered_one_after_the_other(desk: Desk) -> None:
    numbers = [desk.show(desk.answered())["content"]["letter"]["number"] for _ in range(3)]
    assert numbers == ["1/BHXH-PAKN", "2/BHXH-PAKN", "3/BHXH-PAKN"]


def test_an_answer_that_is_refused_uses_no_number(desk: Desk) -> None:
    refused = desk.routed()
    desk.do(refused, "answer", {"text": "Đề nghị ông/bà liên hệ BHXH tỉnh Cao Bằng để được giải quyết."})
    assert desk.do(refused, "answer/approve", {"version": 1}, token=DIRECTOR).status_code == 409
    assert desk.show(desk.answered())["content"]["letter"]["number"] == "1/BHXH-PAKN"


def test_whom_the_director_has_delegated_it_to_signs_in_the_directors_place(make_desk: Any) -> None:
    desk = make_desk(answer_approval="approver")
    complaint = desk.routed()
    desk.do(complaint, "answer", {"text": ANSWER})
    assert desk.do(complaint, "answer/approve", {"version": 1}, token=APPROVER).status_code == 200
    desk.run_jobs()
    assert "TUQ. GIÁM ĐỐC" in text_of(letter(desk, complaint).data)


def test_an_anonymous_sender_is_addressed_by_the_number(desk: Desk) -> None:
    complaint = desk.answered(anonymous=True, contact=None, bhxh_code=None)
    desk.run_jobs()
    assert f"Kính gửi: Người gửi phản ánh mã {complaint.no}" in text_of(letter(desk, complaint).data)


def test_what_people_wrote_is_printed_as_they_wrote_it_and_never_read_as_markup(desk: Desk) -> None:
    words = "Đã sửa <b>tên</b> & ngày sinh.\n\nẤp Hòa Đẩu, phường Ễ: đã đối chiếu.\n" + "Nội dung dài. " * 300
    complaint = desk.answered(text=words, subject_line="<img src=x> & Ộ")
    desk.run_jobs()
    text = text_of(letter(desk, complaint).data)
    assert "Đã sửa <b>tên</b> & ngày sinh." in text
    assert "“<img src=x> & Ộ”" in text
    assert "Ấp Hòa Đẩu, phường Ễ" in text


def test_only_the_citizen_and_who_is_accountable_read_the_letter(desk: Desk) -> None:
    complaint = desk.answered()
    desk.run_jobs()
    assert letter(desk, complaint, token=OFFICER).status_code == 200
    refused = {token: letter(desk, complaint, token=token).status_code for token in (ELSEWHERE, THU, SUPPORT)}
    assert set(refused.values()) == {403}
    assert letter(desk, complaint, token=CITIZEN).status_code == 404
    assert letter(desk, complaint, code="ABCD-EFGH-JKLM-NPQR").status_code == 404


def test_the_scan_of_a_signed_letter_goes_out_with_the_draft_that_it_was_attached_to(desk: Desk) -> None:
    complaint = desk.routed()
    early = put_scan(desk, complaint)
    assert (early.status_code, early.json["type"]) == (409, "urn:vss:problem:no-answer-yet")
    desk.do(complaint, "answer", {"text": ANSWER})
    attached = put_scan(desk, complaint)
    assert (attached.status_code, attached.json) == (200, {"number": None, "day": None, "scanned": True, "ready": True})
    assert letter(desk, complaint).json["type"] == "urn:vss:problem:no-letter"
    assert desk.do(complaint, "answer/approve", {"version": 1}, token=DIRECTOR).status_code == 200
    desk.run_jobs()
    answer = letter(desk, complaint)
    assert answer.status_code == 200
    assert answer.data != scan()  # drawn anew
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) == 1
    assert desk.show(complaint)["content"]["letter"]["number"] is None


def test_a_newer_draft_goes_without_the_scan_of_an_older_one(desk: Desk) -> None:
    complaint = desk.routed()
    desk.do(complaint, "answer", {"text": ANSWER})
    assert put_scan(desk, complaint).status_code == 200
    desk.do(complaint, "answer", {"text": ANSWER + " Sổ mới đã in."})
    assert desk.do(complaint, "answer/approve", {"version": 2}, token=DIRECTOR).status_code == 200
    desk.run_jobs()
    assert "Sổ mới đã in." in text_of(letter(desk, complaint).data)


def test_a_scan_takes_the_place_of_the_letter_that_was_drawn_whose_document_is_deleted(desk: Desk) -> None:
    complaint = desk.answered()
    desk.run_jobs()
    drawn = letter(desk, complaint).data
    before = len(desk.documents)
    assert put_scan(desk, complaint).status_code == 200
    desk.run_jobs()
    assert letter(desk, complaint).data != drawn
    assert len(desk.documents) == before


@pytest.mark.parametrize("content", [b"", b"no pdf at all", picture()])
def test_what_is_no_pdf_is_refused_and_the_letter_stays(desk: Desk, content: bytes) -> None:
    complaint = desk.answered()
    desk.run_jobs()
    drawn = letter(desk, complaint).data
    assert put_scan(desk, complaint, content).status_code in (415, 422)
    assert letter(desk, complaint).data == drawn


def test_another_province_attaches_no_scan(desk: Desk) -> None:
    complaint = desk.answered()
    assert put_scan(desk, complaint, token=ELSEWHERE).status_code == 403


def test_an_answer_after_reopening_has_a_letter_of_its_own(desk: Desk) -> None:
    complaint = desk.answered()
    desk.run_jobs()
    assert desk.say(complaint, "reopen", {"reason": "Còn thiếu tháng 9."}).status_code == 200
    desk.answered(complaint, text="Tháng 9 đã được bổ sung, sổ mới gửi qua bưu điện.")
    desk.run_jobs()
    text = text_of(letter(desk, complaint).data)
    assert "Số: 2/BHXH-PAKN" in text
    assert "Tháng 9 đã được bổ sung" in text
