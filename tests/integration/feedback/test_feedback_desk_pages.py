"""The desk in a browser: what each page shows and does, to whom, with and without script (pages 69 to 72)."""

import re

import pytest

from services.feedback.complaints.rules import Complaint
from tests.integration.feedback.desk import ANSWER, CENTRE, DIRECTOR, ELSEWHERE, OFFICER, SUPPORT, THU, picture
from tests.stand.pages import Browser, inputs, links

LAN, HOA = "officer:lan:79:79::Tran-Thi-Lan", "officer:hoa-2:79:79::Le-Van-Hoa"
NAME, PHONE = "Nguyễn Thành Biên", "0983 847 986"


@pytest.fixture
def browser(desk):
    def open_as(token=LAN):
        made = Browser(desk.app)
        made.sign_in(token)
        return made

    return open_as


def page(browser, path, status=200):
    answer = browser.look(f"/feedback{path}")
    assert answer.status_code == status, (answer.status_code, browser.page[:2000])
    return browser.page


def post(browser, path, data, status=303):
    answer = browser.send(f"/feedback{path}", data)
    assert answer.status_code == status, (answer.status_code, text(browser.page)[:2000])
    return answer


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ------------------------------------------------------------ the desk


@pytest.mark.rule("F7", "F10")
def test_the_desk_shows_each_tab_with_its_count_and_says_when_it_is_empty(desk, browser):
    clerk = browser()
    assert "Không có phản ánh nào cần ghi nhận." in text(page(clerk, "/ban"))
    first, urgent = desk.filed(), desk.filed(category_code="bi-tu-choi")
    shown = page(clerk, "/ban")
    assert shown.index(urgent.no) < shown.index(first.no)
    assert "Cần ghi nhận 2" in text(shown)
    assert "Đang bị từ chối" in text(shown)
    assert NAME not in shown, "a list shows the matter, not the person"


@pytest.mark.rule("F7")
def test_several_are_acknowledged_at_once_and_each_line_says_how_it_went(desk, browser):
    clerk = browser()
    one, two = desk.filed(), desk.filed()
    page(clerk, "/ban")
    desk.do(two, "acknowledge")
    post(clerk, "/ban", {"complaint_nos": [one.no, two.no], "_form": "ghi-nhan"})
    shown = text(page(clerk, "/ban"))
    assert f"Đã ghi nhận 1 phản ánh: {one.no}." in shown
    assert f"{two.no}: Tình trạng hiện tại" in shown
    assert desk.row(one).status == "acknowledged"


def test_nothing_chosen_is_said_and_nothing_is_done(desk, browser):
    clerk = browser()
    desk.filed()
    page(clerk, "/ban")
    post(clerk, "/ban", {"_form": "ghi-nhan"}, status=422)
    assert "Chọn ít nhất một phản ánh để ghi nhận." in clerk.page


def test_filters_stand_in_the_address_and_a_mistyped_one_is_left_out(desk, browser):
    clerk = browser()
    desk.do(desk.filed(channel="hotline", token=OFFICER), "take", token=LAN)
    desk.filed()
    assert "1" in text(page(clerk, "/ban?mine=true"))
    shown = page(clerk, "/ban?tab=to_acknowledge&channel=hotline&mine=true")
    assert shown.count("data-row") == 1
    assert "việc của tôi" in text(shown)
    assert page(clerk, "/ban?tab=nowhere&channel=xx").count("data-row") == 2


@pytest.mark.rule("F3", "F9")
def test_a_caller_is_found_and_nothing_personal_stands_in_an_address(desk, browser):
    clerk = browser()
    complaint = desk.filed()
    page(clerk, "/tim")
    answer = post(clerk, "/tim", {"query": "0983847986"}, status=200)
    assert complaint.no in clerk.page
    assert NAME in clerk.page
    assert "Location" not in answer.headers
    assert not [link for link in links(clerk.page) if "983847986" in link]
    other = browser(ELSEWHERE)
    page(other, "/tim")
    post(other, "/tim", {"query": "0983847986"}, status=200)
    assert complaint.no not in other.page
    assert "Không tìm thấy phản ánh nào" in text(other.page)


def test_who_is_turned_away_now_is_on_a_list_of_their_own(desk, browser):
    clerk = browser()
    assert "Hiện không có ai." in text(page(clerk, "/truc"))
    urgent = desk.filed(category_code="bi-tu-choi")
    assert urgent.no in page(clerk, "/truc")


# ------------------------------------------------------------ one complaint


@pytest.mark.rule("F4")
def test_a_complaint_shows_its_matter_person_clocks_next_step_and_why_it_cannot_be_passed_on(desk, browser):
    complaint = desk.filed()
    shown = text(page(browser(), f"/ban/{complaint.no}"))
    for words in (NAME, PHONE, "0113099841", "Sai quá trình tham gia BHXH năm 2019", "ghi nhận", "Việc tiếp theo"):
        assert words in shown
    assert "Không được chuyển; hãy hỏi cơ quan khác (3717 mục 5a)." in shown


@pytest.mark.rule("F3", "F5", "F9")
@pytest.mark.parametrize(
    ("token", "content", "person"),
    [(DIRECTOR, True, True), (THU, True, False), (CENTRE, True, False), (ELSEWHERE, False, False)],
)
def test_others_see_no_more_than_they_may(desk, browser, token, content, person):
    complaint = desk.filed(category_code=desk.category_of("thu-so-the"))
    shown = page(browser(token), f"/ban/{complaint.no}")
    assert ("Sai quá trình tham gia" in shown) is content
    assert (NAME in shown) is person
    assert (PHONE in shown) is person


def test_every_step_is_taken_from_its_own_form(desk, browser):
    clerk, complaint = browser(), desk.filed()
    here = f"/ban/{complaint.no}"

    def take(step, **data):
        page(clerk, f"{here}?viec={step}")
        post(clerk, f"{here}?viec={step}", {"_form": step, **data})
        return text(page(clerk, here))

    assert "Đã ghi nhận phản ánh." in take("ghi-nhan")
    assert "Tran-Thi-Lan" in take("nhan-viec")
    assert "Đã chuyển: Phòng Quản lý Thu." in take("chuyen", unit="Phòng Quản lý Thu")
    other = next(code for code in desk.categories_of("chinh-sach-bhxh") if code != "khac")
    assert "Đã đổi lĩnh vực." in take("linh-vuc", category_code=other, reason="Thuộc chế độ hưu trí.")
    assert "Đang chờ trả lời" in take("co-quan", office_code="01", question="Đề nghị đối chiếu quá trình.")
    shown = text(page(clerk, f"{here}?viec=tra-loi"))
    assert "chưa trả lời yêu cầu phối hợp" in shown
    assert "Đã gửi câu hỏi cho người dân" in take("hoi", question="Tên đơn vị cũ là gì?")
    desk.say(complaint, "reply", {"words": "Công ty May 10."})
    shown = text(page(clerk, here))
    assert "Công ty May 10." in shown
    assert "Đã hỏi người dân một lần" in shown
    assert "Đã trình dự thảo số 1 để duyệt." in take("tra-loi", text=ANSWER)
    assert "Đã trả lại phản ánh cho bàn làm việc." in take("tra-viec")
    assert "Đã đánh dấu" in take("noi-ve", about="office", reason="Nói về BHXH quận.")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(desk, browser):
    clerk, complaint = browser(), desk.routed()
    page(clerk, f"/ban/{complaint.no}?viec=co-quan")
    post(clerk, f"/ban/{complaint.no}?viec=co-quan", {"_form": "co-quan", "question": "Đề nghị đối chiếu."}, status=422)
    assert "Chọn cơ quan được hỏi." in clerk.page
    assert "Đề nghị đối chiếu." in clerk.page


def test_a_step_that_somebody_else_took_meanwhile_is_refused_and_the_answer_stays_typed(desk, browser):
    clerk, complaint = browser(), desk.routed()
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    desk.answered(complaint)
    post(clerk, f"/ban/{complaint.no}?viec=tra-loi", {"_form": "tra-loi", "text": "Bản của Lan, rất dài."}, status=409)
    assert "Bản của Lan, rất dài." in clerk.page


@pytest.mark.rule("F4")
def test_a_draft_is_saved_while_it_is_written_and_names_words_that_send_people_away(desk, browser):
    clerk, complaint = browser(), desk.routed()
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    away = "Đề nghị ông liên hệ BHXH thành phố Hà Nội để được giải quyết."
    post(clerk, f"/ban/{complaint.no}/nhap", {"text": away}, status=200)
    assert "Đã lưu bản nháp lúc" in clerk.page
    assert re.search(r"<mark>[^<]*BHXH thành phố Hà Nội", clerk.page)
    shown = page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    assert away in shown
    assert inputs(shown)["draft_version"] == "1"


def test_the_second_person_at_a_complaint_sees_who_is_there(desk, browser):
    complaint = desk.routed()
    first, second = browser(LAN), browser(HOA)
    page(first, f"/ban/{complaint.no}")
    post(first, f"/ban/{complaint.no}?viec=nhan-viec", {"_form": "nhan-viec"})
    page(first, f"/ban/{complaint.no}?viec=tra-loi")
    post(first, f"/ban/{complaint.no}/nhap", {"text": "Kính gửi ông"}, status=200)
    shown = text(page(second, f"/ban/{complaint.no}"))
    assert "Đang do Tran-Thi-Lan giải quyết từ" in shown
    assert "Tran-Thi-Lan đang soạn trả lời" in shown
    assert "Nhận giải quyết thay" in shown


def test_a_second_window_of_one_writer_overwrites_nothing_by_itself(desk, browser):
    clerk, complaint = browser(), desk.routed()
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    post(clerk, f"/ban/{complaint.no}/nhap", {"text": "Bản một", "draft_version": "0"}, status=200)
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    post(clerk, f"/ban/{complaint.no}/nhap", {"text": "Bản hai", "draft_version": "1"}, status=200)
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    post(clerk, f"/ban/{complaint.no}/nhap", {"text": "Bản khác", "draft_version": "1"}, status=200)
    assert "đã lưu bản mới hơn" in text(clerk.page)
    assert "Bản hai" in clerk.page
    assert inputs(clerk.page)["draft_version"] == "1", "it goes on refusing until the writer decides"
    page(clerk, f"/ban/{complaint.no}?viec=tra-loi")
    post(clerk, f"/ban/{complaint.no}/nhap", {"text": "Bản khác", "draft_version": "2"}, status=200)
    assert "Bản khác" in page(clerk, f"/ban/{complaint.no}?viec=tra-loi")


def test_a_file_is_shown_as_a_file_that_can_do_nothing(desk, browser):
    complaint = desk.routed()
    desk.put(complaint, code=complaint.code, content=picture())
    answer = browser().client.get(f"/feedback/ban/{complaint.no}/tep/1")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert browser(ELSEWHERE).look(f"/feedback/ban/{complaint.no}/tep/1").status_code == 403
    assert browser(THU).look(f"/feedback/ban/{complaint.no}/tep/1").status_code == 403


def test_hostile_words_are_text_everywhere(desk, browser):
    hostile = '<script>alert(1)</script> \u202e"onload=x'
    complaint = desk.filed(subject_line=hostile, body=hostile * 10, contact={"full_name": "A <b>", "phone": "0983847986"})
    clerk = browser()
    for path in ("/ban", f"/ban/{complaint.no}"):
        shown = page(clerk, path)
        assert "<script>alert" not in shown
        assert "\u202e" not in shown
    page(clerk, "/tim")
    post(clerk, "/tim", {"query": "alert"}, status=200)
    assert "<script>alert" not in clerk.page


# ------------------------------------------------------------ taking down


@pytest.mark.rule("F1", "F2")
def test_a_call_is_taken_down_and_number_and_code_are_read_out_once(desk, browser):
    clerk = browser()
    page(clerk, "/tiep-nhan")
    data = {
        "body": "Thẻ bảo hiểm y tế của tôi sai họ tên, đi khám bị hỏi lại.",
        "subject_line": "Thẻ BHYT sai họ tên",
        "channel": "hotline",
        "office_code": "79",
        "contact.full_name": NAME,
        "contact.phone": "0983 847 986",
    }
    answer = post(clerk, "/tiep-nhan", data)
    shown = text(page(clerk, answer.headers["Location"].removeprefix("/feedback")))
    (no, *_) = re.findall(r"PA-\d{6}-\d{6,}-\d", shown)
    (code, *_) = re.findall(r"\b[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}\b", shown)
    assert desk.call("GET", f"/complaints/{no}", code=code).json["content"]["subject_line"] == "Thẻ BHYT sai họ tên"
    assert "Ông/Bà không phải liên hệ nơi nào khác" in shown
    assert code not in answer.headers["Location"]


@pytest.mark.rule("F2")
def test_categories_are_suggested_with_the_words_that_led_to_them_also_without_script(desk, browser):
    clerk = browser()
    body = "Thẻ bảo hiểm y tế của tôi bị sai họ tên."
    page(clerk, "/tiep-nhan")
    post(clerk, "/tiep-nhan/goi-y", {"body": body}, status=200)
    part = clerk.page
    assert 1 <= part.count('type="radio"') <= 3
    assert "vì có" in part
    page(clerk, "/tiep-nhan")
    post(clerk, "/tiep-nhan", {"body": body, "viec": "goi-y"}, status=200)
    assert "vì có" in clerk.page
    assert body in clerk.page
    with desk.db.read() as session:
        assert session.query(Complaint).count() == 0


def test_complaints_of_the_same_person_are_shown_to_the_office_and_not_to_the_hotline(desk, browser):
    earlier = desk.filed()
    for token, sees in ((LAN, True), (SUPPORT, False), (ELSEWHERE, False)):
        clerk = browser(token)
        page(clerk, "/tiep-nhan")
        post(clerk, "/tiep-nhan/cung-nguoi", {"contact.phone": "0983847986"}, status=200)
        assert (earlier.no in clerk.page) is sees


def test_what_is_missing_is_named_and_what_was_typed_stays(desk, browser):
    clerk = browser()
    page(clerk, "/tiep-nhan")
    post(clerk, "/tiep-nhan", {"body": "Thẻ của tôi bị sai.", "channel": "hotline", "office_code": "79"}, status=422)
    shown = text(clerk.page)
    assert "Tóm tắt phản ánh trong một dòng." in shown
    assert "Cần số điện thoại hoặc thư điện tử để nhận trả lời" in shown
    assert "Thẻ của tôi bị sai." in shown


# ------------------------------------------------------------ co-ordination


@pytest.mark.rule("F4")
def test_two_offices_work_together_and_the_complaint_stays(desk, browser):
    complaint = desk.routed()
    asked = desk.do(complaint, "coordinate", {"office_code": "01", "question": "Đề nghị đối chiếu."}, token=LAN)
    path = f"/phoi-hop/{asked.json['coordination_id']}"
    here, there = browser(), browser(ELSEWHERE)
    assert complaint.no in page(there, "/phoi-hop")
    assert complaint.no in page(here, "/phoi-hop?ben=asking")
    assert complaint.no not in page(here, "/phoi-hop")
    shown = page(there, path)
    assert "Đề nghị đối chiếu." in shown
    assert PHONE not in shown
    assert NAME not in shown
    post(there, path, {"_form": "nhan", "words": "Xin cho biết năm."})
    page(here, path)
    post(here, path, {"_form": "nhan", "words": "Năm 2019."})
    page(there, path)
    post(there, path, {"_form": "tra-loi", "words": "Đã đối chiếu, đủ 6 tháng."})
    assert "Đã đối chiếu, đủ 6 tháng." in page(here, f"/ban/{complaint.no}")
    assert desk.row(complaint).province_code == "79"


@pytest.mark.rule("F4")
def test_a_request_is_taken_back_by_the_office_that_made_it_and_seen_by_no_third(desk, browser):
    complaint = desk.routed()
    asked = desk.do(complaint, "coordinate", {"office_code": "01", "question": "Đề nghị đối chiếu."}, token=LAN)
    path = f"/phoi-hop/{asked.json['coordination_id']}"
    assert browser("officer:tam:04:04:").look(f"/feedback{path}").status_code == 403
    here = browser()
    page(here, path)
    post(here, path, {"_form": "rut"})
    assert "Đã rút" in text(page(here, path))


# ------------------------------------------------------------ who may


@pytest.mark.parametrize("path", ["/ban", "/tim", "/truc", "/tiep-nhan", "/phoi-hop"])
def test_citizens_get_a_page_that_says_whom_it_is_for_and_strangers_sign_in(desk, browser, path):
    refused = browser("citizen:account-1:::").look(f"/feedback{path}")
    assert refused.status_code == 403
    assert "cán bộ tiếp nhận" in refused.get_data(as_text=True)
    stranger = Browser(desk.app).look(f"/feedback{path}")
    assert stranger.status_code == 303
    assert stranger.headers["Location"].startswith("/accounts/dang-nhap?next=/feedback")
