"""How a complaint comes in: who may file how, who accounts for it, who watches it, what is told (F1, F2, F3)."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.seal import Opener, generate_keypair
from services.chassis.settings import Secret
from services.feedback.complaints.numbers import FORM
from tests.integration.feedback.desk import ADMIN, CITIZEN, COMPLAINT, DIRECTOR, ELSEWHERE, OFFICER, SUPPORT, THU


@pytest.mark.rule("F1")
@pytest.mark.parametrize("channel", ["web", "app"])
def test_anybody_files_on_the_web_and_in_the_app_without_an_account(desk, channel):
    answer = desk.file(channel=channel)
    assert answer.status_code == 201, answer.text
    assert FORM.fits(answer.json["complaint_no"])
    assert answer.json["status"] == "received"


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    ("channel", "token"), [("hotline", SUPPORT), ("email", SUPPORT), ("counter", OFFICER), ("hotline", OFFICER)]
)
def test_staff_write_down_what_comes_by_phone_by_mail_and_at_a_counter(lite, channel, token):
    assert lite.file(channel=channel, token=token).status_code == 201


@pytest.mark.rule("F1")
@pytest.mark.parametrize("channel", ["hotline", "email", "counter"])
def test_citizens_do_not_file_as_if_they_were_staff(lite, channel):
    assert lite.file(channel=channel).status_code == 401
    refused = lite.file(channel=channel, token=CITIZEN)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:wrong-role")


@pytest.mark.rule("F1")
def test_support_and_boards_have_no_counter(lite):
    for token in (SUPPORT, THU, ADMIN):
        assert lite.file(channel="counter", token=token).status_code == 403


@pytest.mark.rule("F1")
def test_an_anonymous_complaint_is_followed_by_its_tracking_code_and_keeps_nobodys_data(desk):
    complaint = desk.filed(anonymous=True, contact=None, bhxh_code=None, token=CITIZEN)
    row = desk.row(complaint)
    assert (row.account_id, row.contact, row.bhxh_code) == (None, None, None)
    assert desk.show(complaint, code=complaint.code)["content"]["subject_line"] == COMPLAINT["subject_line"]
    (told,) = desk.facts("complaint_received")
    assert told.body["contact"] is None
    assert told.body["anonymous"] is True


@pytest.mark.rule("F1")
def test_an_anonymous_complaint_with_a_name_in_it_is_refused(lite):
    refused = lite.file(anonymous=True)
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {"contact", "bhxh_code"}


@pytest.mark.rule("F1")
@pytest.mark.parametrize("contact", [None, {}, {"full_name": "Nguyễn Thành Biên"}])
def test_an_answer_needs_somewhere_to_go(lite, contact):
    refused = lite.file(contact=contact)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["contact"]


@pytest.mark.rule("F1")
def test_a_citizen_with_an_account_follows_by_the_account(lite):
    complaint = lite.filed(token=CITIZEN)
    assert lite.show(complaint, token=CITIZEN)["content"] is not None
    assert lite.call("GET", f"/complaints/{complaint.no}", token="citizen:account-2:::").status_code == 404


@pytest.mark.rule("F2")
@pytest.mark.parametrize(
    ("category", "board"),
    [
        # 3717 §5b: personal data; participation; data on the card
        ("thong-tin-ca-nhan", "thu-so-the"),
        ("qua-trinh-tham-gia", "thu-so-the"),
        ("du-lieu-the", "thu-so-the"),
        # §5c: benefits of social insurance and unemployment insurance
        ("che-do-bhxh", "chinh-sach-bhxh"),
        ("bao-hiem-that-nghiep", "chinh-sach-bhxh"),
        # §5d: examination and treatment
        ("kham-chua-benh", "chinh-sach-bhyt"),
        # §5đ: the app; and what nobody has sorted
        ("ung-dung-cong", "cntt"),
        ("khac", "cntt"),
    ],
)
def test_the_category_decides_the_board(desk, category, board):
    complaint = desk.filed(category_code=category)
    (told,) = desk.facts("complaint_received")
    assert (told.body["board_code"], told.body["category_code"]) == (board, category)
    assert desk.show(complaint)["board"]["code"] == board
    assert {each["role"] for each in told.body["staff"]} == {"director", "board"}


@pytest.mark.rule("F2")
def test_a_complaint_without_a_category_goes_to_the_standing_unit_to_be_sorted(lite):
    complaint = lite.filed(category_code=None)
    assert lite.show(complaint)["board"]["code"] == "cntt"


@pytest.mark.rule("F2")
def test_a_category_that_there_is_not_is_refused(lite):
    refused = lite.file(category_code="khong-co")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "category_code"


@pytest.mark.rule("F3")
def test_the_director_of_the_receiving_province_accounts_for_it(desk):
    answer = desk.file(office_code="01")
    assert answer.json["accountable"] == "Giám đốc BHXH Thành phố Hà Nội"
    (told,) = desk.facts("complaint_received")
    assert told.body["province_code"] == "01"
    director = next(each for each in told.body["staff"] if each["role"] == "director")
    assert director["code"] == "01"


@pytest.mark.rule("F3")
def test_what_an_office_receives_is_its_own_provinces(lite):
    refused = lite.file(channel="counter", token=ELSEWHERE)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-your-province")
    with lite.db.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM complaints")) == 0


def test_the_same_request_files_once(desk):
    headers = {"Idempotency-Key": "019aa5b5-c0de-7000-a000-000000000001"}
    first = desk.call("POST", "/complaints", json=COMPLAINT, headers=dict(headers))
    again = desk.call("POST", "/complaints", json=COMPLAINT, headers=dict(headers))
    assert first.json == again.json
    assert len(desk.facts("complaint_received")) == 1


def test_numbers_and_codes_of_two_complaints_differ(lite):
    one, other = lite.filed(), lite.filed()
    assert one.no != other.no
    assert one.code != other.code


def test_the_tracking_code_travels_sealed_and_rests_hashed(make_lite):
    keys = generate_keypair()
    desk = make_lite(seal_public_key=Secret(keys.public_key))
    complaint = desk.filed()
    (told,) = desk.facts("complaint_received")
    opened = Opener(keys.private_key).open(told.body["sealed_tracking"], context=f"tracking:{complaint.no}")
    assert opened == {"tracking_code": complaint.code}
    assert complaint.code not in json.dumps(told.body)
    plain = complaint.code.replace("-", "").encode()
    for file in (desk.db.url.database, f"{desk.db.url.database}-wal"):
        assert plain not in Path(file).read_bytes()


def test_the_public_feed_names_nobody(desk):
    desk.filed()
    (told,) = desk.facts("complaint_received")
    for word in ("Biên", "983847986", "biennt", "0113099841", "quá trình tham gia", "@"):
        assert word not in told.public, word
    assert set(json.loads(told.public)) == {
        *(
            "complaint_no",
            "category_code",
            "category_name",
            "board_code",
            "board_name",
            "province_code",
            "office",
            "channel",
        ),
        *("anonymous", "received_at", "acknowledge_due", "answer_due"),
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"office_code": "999"}, "office_code"),
        ({"office_code": None}, "office_code"),
        ({"subject_line": "ab"}, "subject_line"),
        ({"body": "ngắn"}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"bhxh_code": "123"}, "bhxh_code"),
        ({"bhxh_code": "O113099841"}, "bhxh_code"),
        ({"contact": {"phone": "12345"}}, "contact.phone"),
        ({"contact": {"phone": "0243 1234567"}}, "contact.phone"),
        ({"contact": {"email": "khong-phai"}}, "contact.email"),
        ({"anonymous": "maybe"}, "anonymous"),
        ({"province_code": "01"}, "province_code"),
        ({"board_code": "cntt"}, "board_code"),
    ],
)
def test_each_wrong_field_is_named(lite, changes, field):
    refused = lite.file(**changes)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert field in {error["field"] for error in refused.json["errors"]}


def test_text_is_kept_composed_and_trimmed(lite):
    complaint = lite.filed(subject_line="  Lương hưu tháng 10 chưa nhận  ")
    assert lite.row(complaint).subject_line == "Lương hưu tháng 10 chưa nhận"


def test_a_phone_is_kept_in_e164(lite):
    assert lite.row(lite.filed(contact={"phone": "+84 983 847 986"})).contact["phone"] == "+84983847986"


class TestNearDuplicates:
    """A further complaint of the same person that says nearly the same is linked, not merged."""

    AGAIN = "Tôi làm việc từ tháng 3 năm 2019 tại Hà Nội, nhưng sổ BHXH không ghi nhận các tháng này!"

    def test_the_same_person_saying_nearly_the_same_is_linked_to_the_first(self, desk):
        first = desk.filed()
        second = desk.filed(body=self.AGAIN, channel="app")
        assert desk.row(second).linked_to == first.no
        assert desk.row(first).linked_to is None
        assert desk.row(second).status == "received"

    def test_without_marks_it_is_still_nearly_the_same(self, lite):
        first = lite.filed()
        plain = "Toi lam viec tu thang 3 nam 2019 tai Ha Noi nhung so BHXH khong ghi nhan cac thang nay."
        assert lite.row(lite.filed(subject_line="Sai qua trinh tham gia BHXH nam 2019", body=plain)).linked_to == first.no

    @pytest.mark.parametrize(
        "same", [{"phone": "0983847986"}, {"email": "BIENNT@vss.gov.vn"}, {"phone": "0912345678", "email": "x@example.vn"}]
    )
    def test_a_person_is_known_by_phone_by_mail_or_by_code(self, lite, same):
        first = lite.filed()
        assert lite.row(lite.filed(contact=same)).linked_to == first.no

    def test_somebody_else_saying_the_same_is_not_linked(self, lite):
        lite.filed()
        other = lite.filed(contact={"phone": "0912345678"}, bhxh_code=None)
        assert lite.row(other).linked_to is None

    def test_the_same_person_saying_something_else_is_not_linked(self, lite):
        lite.filed()
        other = lite.filed(subject_line="Ứng dụng không mở được", body="Ứng dụng VssID báo lỗi khi tôi đăng nhập sáng nay.")
        assert lite.row(other).linked_to is None

    def test_two_anonymous_complaints_are_not_linked(self, lite):
        lite.filed(anonymous=True, contact=None, bhxh_code=None)
        again = lite.filed(anonymous=True, contact=None, bhxh_code=None)
        assert lite.row(again).linked_to is None

    def test_what_is_long_past_is_not_linked(self, lite, later):
        lite.filed()
        later.on(days=91)
        assert lite.row(lite.filed()).linked_to is None

    def test_staff_see_the_link(self, lite):
        first, second = lite.filed(), lite.filed()
        assert lite.show(second, token=DIRECTOR)["content"]["linked_to"] == first.no


@pytest.mark.rule("W2")
@pytest.mark.parametrize(
    "typed", ["0113 099 841", "\uff10\uff11\uff11\uff13 \uff10\uff19\uff19 \uff18\uff14\uff11", "\u200e0113.099.841"]
)
def test_a_code_is_taken_however_it_is_typed(desk, typed):
    complaint = desk.filed(bhxh_code=typed)
    assert desk.row(complaint).bhxh_code == "0113099841"
