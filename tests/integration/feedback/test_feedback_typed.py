"""What people paste into a complaint, and how they quote its number (W2)."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.feedback.complaints.rules import Complaint
from tests.integration.feedback.desk import OFFICER

pytestmark = pytest.mark.rule("W2")


def _row(lite, complaint):
    with lite.db.read() as session:
        return session.scalar(sa.select(Complaint).where(Complaint.complaint_no == complaint.no))


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("\uf0b7 Thẻ bị khóa\r\uf0b7 Sai ngày sinh", "• Thẻ bị khóa\n• Sai ngày sinh"),
        ("Dòng một\x0bDòng hai\x0cDòng ba\u0085Dòng bốn", "Dòng một\nDòng hai\nDòng ba\nDòng bốn"),
        ("Sổ BHXH\x1e của tôi\u202e bị mất\U000e0041 rồi", "Sổ BHXH của tôi bị mất rồi"),
        ("Dòng một\u2028Dòng hai\u2029Dòng ba", "Dòng một\nDòng hai\nDòng ba"),
        # the same kind
        ("\uf0a7\tThẻ\ufffc bị\u00a0khóa \r\n\uf0fc Đã\u200b nộp \uf0e0 chưa có", "• Thẻ bị khóa\n✓ Đã nộp → chưa có"),
        ("Ông\x92A \x96 cán bộ\x07 \ue123xã", "Ông'A - cán bộ xã"),
    ],
)
def test_pasted_words_are_taken_with_their_lines(lite, pasted, kept):
    complaint = lite.filed(body=pasted, subject_line="\uf0b7 Một\u2028việc\u00a0gấp")
    assert (_row(lite, complaint).body, _row(lite, complaint).subject_line) == (kept, "Một việc gấp")


@pytest.mark.parametrize(
    "typed", ["Tên\x0bđơn vị\uf0b7 cũ?", "Tên\u0085đơn vị\x1e cũ?", "Tên\rđơn vị cũ?"], ids=["VT", "NEL", "CR"]
)
def test_what_staff_paste_is_taken_alike(lite, typed):
    complaint = lite.routed()
    answer = lite.do(complaint, "ask", {"question": typed}, token=OFFICER)
    assert answer.status_code == 200, answer.text
    assert _row(lite, complaint).question == "Tên\nđơn vị cũ?"


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@b.vn ", "a@b.vn"),
        ("a@b.vn\u200b", "a@b.vn"),
        ("\u00a0a@B.vn\r\n", "a@b.vn"),
        ("mailto:a@b.vn", "a@b.vn"),
        ("An <a@b.vn>", "a@b.vn"),
        ("a\uff20b\uff0evn", "a@b.vn"),
        ("\u0430@b.vn", "a@b.vn"),
        ("a@b.vn,", "a@b.vn"),
        ("nguyễn@b.vn", None),
        ("a b@b.vn", None),
        ("a@localhost", None),
        ("a@b", None),
    ],
)
def test_an_e_mail_address_is_what_can_be_written_to_or_is_refused(lite, typed, kept):
    answer = lite.file(contact={"email": typed})
    if kept is None:
        assert [error["field"] for error in answer.json["errors"]] == ["contact.email"]
    else:
        assert answer.status_code == 201, answer.text
        assert _row(lite, SimpleNamespace(no=answer.json["complaint_no"])).contact["email"] == kept


@pytest.mark.rule("F8")
@pytest.mark.parametrize(
    "quoted",
    [
        str.lower,
        lambda no: no.replace("-", ""),
        lambda no: no.replace("-", "\u2011"),
        lambda no: f" {no}\u200b",
        lambda no: f"({no})",
    ],
    ids=["lower", "no-hyphens", "hyphens", "unseen", "brackets"],
)
def test_a_complaint_is_found_by_its_number_however_it_is_quoted(lite, quoted):
    complaint = lite.filed()
    assert lite.show(SimpleNamespace(no=quoted(complaint.no), code=complaint.code))["complaint_no"] == complaint.no


@pytest.mark.rule("F8")
@pytest.mark.parametrize(
    "retype",
    [
        str.lower,
        lambda code: code.replace("-", "\u2013"),
        lambda code: f"\u200b{code}\u202c",
        lambda code: f"\u201c{code}\u201d",
    ],
)
def test_a_tracking_code_is_taken_however_it_is_retyped(lite, retype):
    complaint = lite.filed()
    own = lite.show(complaint, code=complaint.code)
    assert lite.show(complaint, code=retype(complaint.code).encode().decode("latin-1")) == own


_WORDS = "\uf0b7 Đã bổ sung\x0bnăm\u202e 2019\x1e\r\uf0b7 Gửi lại\U000e0041 sổ"
_KEPT = "• Đã bổ sung\nnăm 2019\n• Gửi lại sổ"


@pytest.mark.rule("F4", "F8")
def test_all_words_of_a_complaint_are_taken_as_they_look(lite):
    complaint = lite.routed(contact={"full_name": "H\u2019Hen\u2028 Niê\u202e", "email": "a@b.vn"})
    assert lite.do(complaint, "ask", {"question": _WORDS}).status_code == 200
    assert lite.say(complaint, "reply", {"words": _WORDS}).status_code == 200
    lite.answered(complaint, text=_WORDS)
    assert lite.say(complaint, "rate", {"rating": 2, "comment": _WORDS}).status_code == 200
    assert lite.say(complaint, "reopen", {"reason": _WORDS}).status_code == 200
    row = _row(lite, complaint)
    assert row.contact["full_name"] == "H'Hen Niê"
    assert {row.question, row.reply, row.reopen_reason} == {_KEPT}
    assert lite.show(complaint, code=complaint.code)["content"]["answer"] == _KEPT
