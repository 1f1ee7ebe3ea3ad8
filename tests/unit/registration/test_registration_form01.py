"""Form 01 as PDF, read back: what it says, what is ticked, how it looks for long and for missing values."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from pypdf import PdfReader
from pypdf.generic import ContentStream

from playground.pictures import photo
from services.registration.form01.data import FormData, Guardian, Parent
from services.registration.form01.layout import render

VIETNAM = timezone(timedelta(hours=7))
GUIDE = FormData(
    dossier_no="261121-000001-6",
    kind="register",
    full_name="Nguyễn Thành Biên",
    bhxh_code="0113099841",
    id_type="cccd",
    id_number="111349876090",
    date_of_birth=date(1987, 5, 19),
    phone="+84983847986",
    email="biennt@vss.gov.vn",
    address="Thôn 4 Thụ Trai, Xã Phúc Hòa, Huyện Phúc Thọ, Thành phố Hà Nội",
    office_name="BHXH Thành phố Hà Nội",
    office_address="162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
    office_phone="024.37236555",
    filing="counter",
    day=date(2026, 11, 21),
    start_date=date(2020, 8, 17),
    submitted_at=datetime(2026, 11, 21, 2, 30, tzinfo=UTC),
    last_day=date(2026, 12, 1),
    attachments=("portrait", "id_front", "id_back"),
)
CHILD = replace(
    GUIDE,
    full_name="Nguyễn Thành An",
    id_type=None,
    id_number=None,
    date_of_birth=date(2018, 3, 2),
    last_day=None,
    attachments=("portrait", "birth_certificate"),
    guardian=Guardian(full_name="Nguyễn Thành Biên", relationship="father", phone="+84983847986", email="cha@vss.gov.vn"),
)
MOTHER = Parent(
    full_name="Lê Thị Lan", relationship="mother", phone="+84912345678", id_type="cccd", id_number="001190004321"
)
LONG = replace(
    GUIDE,
    full_name="Công Tằng Tôn Nữ " * 6,
    address="Số nhà 123 ngách 45 ngõ 678 " * 10 + ", Phường Cầu Giấy, Thành phố Hà Nội",
    email="x" * 240 + "@example.com",
    contact_person="Hồ Thị " * 13,
    registered_with="ivan",
    ivan_name="Công ty Cổ phần Công nghệ Thông tin và Viễn thông " * 3,
)


def read(form):
    return PdfReader(io.BytesIO(render(form)))


def text_of(form):
    """All the text, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(form).pages).split())


def dense(form):
    """All the text without spaces: lines are broken where they fit."""
    return re.sub(r"\s", "", text_of(form))


def crossed(form):
    """What stands to the right of each crossed box, in the order of the pages."""
    found = []
    for page in read(form).pages:
        pieces = placed(page)
        for x, y, text in pieces:
            if text == "X":
                right = [piece for piece in pieces if abs(piece[1] - y) <= 2 and piece[0] > x and piece[2] != "X"]
                found.append(min(right, key=lambda piece: piece[0])[2])
    return found


@pytest.mark.rule("I1", "I5")
def test_the_form_says_everything_that_the_guides_example_says():
    text = text_of(GUIDE)
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "TỜ KHAI", "Mẫu số 01", "Ảnh cá nhân",
        "Kính gửi: BHXH Thành phố Hà Nội",
        "1. Tên cơ quan/tổ chức/cá nhân *: Nguyễn Thành Biên", "Mã số bảo hiểm xã hội *:", "0113099841", "Ngày sinh: 19/05/1987",
        "111349876090 (CCCD)", "Thôn 4 Thụ Trai, Xã Phúc Hòa, Huyện Phúc Thọ, Thành phố Hà Nội",
        "5. Người liên hệ *: Nguyễn Thành Biên", "biennt@vss.gov.vn", "0983847986", "Nghị định số 166/2016/NĐ-CP",
        "từ ngày 17 tháng 08 năm 2020", "cam kết hoàn toàn chịu trách nhiệm trước pháp luật",
        "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội", "024.37236555", "NGƯỜI KÊ KHAI", "CÁN BỘ TIẾP NHẬN",
        "Số hồ sơ 261121-000001-6 · nộp lúc 09:30 ngày 21/11/2026", "bất kỳ, hết ngày 01/12/2026", "1900 9068", "Trang 1/1",
    ):  # fmt: skip
        assert re.sub(r"\s", "", said) in re.sub(r"\s", "", text), said


@pytest.mark.rule("I1")
def test_boxes_are_crossed_as_the_person_chose():
    assert crossed(GUIDE) == [
        "Ảnh cá nhân",
        "Mặt trước",
        "Mặt sau",
        "Đăng ký sử dụng phương thức giao dịch điện tử trong lĩnh vực bảo hiểm xã hội từ ngày 17",
        "Cổng thông tin điện tử của Bảo hiểm xã hội Việt Nam",
        "Tại nơi tiếp nhận hồ sơ theo quy định của Bảo hiểm xã hội Việt Nam",
    ]
    other = replace(GUIDE, filing="post", registered_with="ivan", ivan_name="VNPT", attachments=())
    assert [line[:20] for line in crossed(other)[1:]] == ["Tổ chức I-VAN: VNPT", "Tại nhà thông qua dị"]


@pytest.mark.rule("I2")
@pytest.mark.parametrize(
    ("kind", "begins"), [("register", "Đăng ký sử dụng"), ("adjust", "Điều chỉnh thông tin"), ("stop", "Ngừng sử dụng")]
)
def test_one_of_the_three_kinds_is_crossed_and_has_the_date(kind, begins):
    form = replace(GUIDE, kind=kind, attachments=())
    assert crossed(form)[0].startswith(begins)
    assert len(crossed(form)) == 3
    assert dense(form).count("từngày17tháng08năm2020") == 1


@pytest.mark.rule("I3")
def test_a_childs_form_names_who_filed_and_has_that_person_sign():
    text = text_of(CHILD)
    assert "Cha, mẹ hoặc người giám hộ kê khai cho trẻ dưới 18 tuổi" in text
    assert "Quan hệ với trẻ *: Cha" in text
    assert "cha@vss.gov.vn" in text
    assert "CHA, MẸ HOẶC NGƯỜI GIÁM HỘ" in text
    assert "NGƯỜI KÊ KHAI" not in text
    assert "Số CMND/Hộ chiếu/CCCD *: chưa có" in text
    assert crossed(CHILD)[:2] == ["Ảnh cá nhân", "Giấy khai sinh"]
    assert text.count("0983847986") == 1


@pytest.mark.rule("V3")
@pytest.mark.parametrize(("id_type", "said"), [(None, True), ("passport", True), ("cccd", False)])
def test_the_form_of_a_child_who_comes_names_the_birth_certificate(id_type, said):
    text = text_of(replace(GUIDE, parent=MOTHER, id_type=id_type))
    assert ("Mang giấy khai sinh của trẻ, giấy tờ tùy thân của cha, mẹ hoặc người giám hộ đến" in text) is said
    assert "giấy khai sinh của trẻ" not in text_of(GUIDE)


@pytest.mark.parametrize(
    "form", [GUIDE, CHILD, replace(GUIDE, kind="stop"), replace(CHILD, kind="adjust", personal_id="001318012345")]
)
def test_an_ordinary_form_is_one_page_of_a4(form):
    (page,) = read(form).pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


@pytest.mark.parametrize("form", [GUIDE, LONG])
def test_the_qr_holds_the_dossier_number(form):
    assert qr_of(form) == "261121-000001-6"


def test_a_small_blurred_print_of_the_qr_can_be_read_whatever_the_number():
    for number in range(60):
        no = f"{260101 + 37 * number % 1200:06d}-{(999983 * number) % 1000000:06d}-{number % 10}"
        assert qr_of(replace(GUIDE, dossier_no=no), dots=3, blur=1) == no


def qr_of(form, *, dots=10, blur=0):
    """Draw the bars of the first page's QR, which are whole numbers of modules, and read them as a scanner would."""
    reader = read(form)
    operations = ContentStream(reader.pages[0].get_contents(), reader).operations
    bars = [[int(n) for n in operands] for operands, operator in operations if operator == b"re" and int(operands[3]) == 1]
    picture = Image.new("L", (40 * dots, 40 * dots), 255)
    for x, y, long, _ in bars:
        picture.paste(0, (x * dots, (-y - 1) * dots, (x + long) * dots, -y * dots))
    (found,) = zxingcpp.read_barcodes(picture.filter(ImageFilter.GaussianBlur(blur)))
    return found.text


def test_the_same_data_make_the_same_bytes_and_others_do_not():
    assert render(GUIDE) == render(replace(GUIDE))
    assert render(GUIDE) != render(replace(GUIDE, bhxh_code="0113099842"))


def test_forms_drawn_at_once_are_the_same_as_one_by_one():
    forms = [replace(GUIDE, full_name=name) for name in ("Đỗ Ửng", "Phạm Ngọc Quỳnh", "Žofie Łącka", "Жанна")] * 4
    alone = [render(form) for form in forms]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, forms)) == alone


def test_long_values_go_on_another_line_and_another_page_and_none_is_cut():
    form = LONG
    assert len(read(form).pages) == 2
    text = dense(form)
    for value in (form.full_name, form.address, form.email, form.contact_person, form.ivan_name):
        assert value
        assert re.sub(r"\s", "", value) in text
    assert "Trang1/2" in text
    assert "Trang2/2" in text


def placed(page):
    """Each piece of text with its place on the page."""
    pieces = []
    page.extract_text(visitor_text=lambda text, _cm, tm, *_: pieces.append((tm[4], tm[5], text.strip())))
    return [piece for piece in pieces if piece[2]]


def test_nothing_stands_outside_the_page():
    for page in read(LONG).pages:
        assert all(20 <= x <= 575 and 15 <= y <= 835 for x, y, _ in placed(page))


def test_missing_values_leave_room_to_write():
    bare = FormData(
        dossier_no="261121-000001-6", kind="register", full_name="Vũ", bhxh_code="0113099841", phone="+84983847986", address="Xã Phúc Hòa",
        office_name="BHXH tỉnh Cà Mau", filing="counter", day=date(2026, 11, 21),
    )  # fmt: skip
    text = text_of(bare)
    assert "từ ngày ....... tháng ....... năm" in text
    assert "bản nháp, chưa nộp" in text
    assert "Số điện thoại: 1900 9068 (tổng đài)" in text
    assert "(3 x 4 cm)" in text


def test_a_portrait_stands_in_its_box_in_print_quality_and_not_in_more():
    target = io.BytesIO()
    Image.effect_noise((3000, 4000), 50).convert("RGB").save(target, "JPEG")
    with_portrait = replace(GUIDE, portrait=target.getvalue())
    (picture,) = read(with_portrait).pages[0].images
    assert picture.image.size == (354, 472)
    assert "(3 x 4 cm)" not in text_of(with_portrait)
    assert render(with_portrait) == render(with_portrait)
    assert len(render(with_portrait)) < 400_000


def test_a_portrait_that_is_small_enough_is_printed_as_it_was_kept():
    kept = photo("portrait", "face", size=(300, 400))
    form = replace(GUIDE, portrait=kept)
    assert kept in render(form)
    assert read(form).pages[0].images[0].image.size == (300, 400)


@pytest.mark.parametrize("mode", ["RGBA", "L"])
def test_a_portrait_may_be_transparent_or_grey(mode):
    target = io.BytesIO()
    Image.new(mode, (300, 400)).save(target, "PNG")
    assert len(read(replace(GUIDE, portrait=target.getvalue())).pages[0].images) == 1


LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàằầảẳẩãẵẫáắấạặậèềẻểẽễéếẹệìỉĩíịòồờỏổởõỗỡóốớọộợùừủửũữúứụựỳỷỹýỵ"


def test_every_vietnamese_letter_is_in_both_typefaces():
    form = replace(GUIDE, full_name=LETTERS, ivan_name=LETTERS.upper())
    assert LETTERS in dense(form)
    assert LETTERS.upper() in dense(form)


OTHER = "Žofie Łącka-Γεωργίου Жанна"


def test_names_in_letters_that_are_not_vietnamese_are_whole_and_stand_between_those_that_are():
    text = text_of(replace(GUIDE, full_name=f"Nguyễn {OTHER} Thảo", ivan_name=OTHER))
    assert f"1. Tên cơ quan/tổ chức/cá nhân *: Nguyễn {OTHER} Thảo" in text
    assert f"Tổ chức I-VAN: {OTHER}" in text


def test_a_line_with_other_letters_is_broken_where_it_is_full():
    form = replace(GUIDE, address=f"{OTHER} " * 6)
    text = re.sub(r"\s", "", OTHER) * 6
    assert text in dense(form)
    assert all(x <= 575 for x, _, _ in placed(read(form).pages[0]))


def fonts_of(form):
    """The typefaces that the form carries, by their names: the packed letters."""
    fonts = read(form).pages[0]["/Resources"]["/Font"].values()
    found = [font.get_object() for font in fonts if font.get_object()["/Subtype"] == "/TrueType"]
    return {font["/BaseFont"]: font["/FontDescriptor"]["/FontFile2"].get_data() for font in found}


def test_forms_in_vietnamese_carry_the_same_letters_and_others_what_they_need_besides():
    common = fonts_of(GUIDE)
    assert sorted(common) == ["/AAAAAA+DejaVuSerif", "/AAAAAA+DejaVuSerif-Bold"]
    assert fonts_of(replace(GUIDE, full_name=LETTERS)) == common
    more = fonts_of(replace(GUIDE, full_name=OTHER))
    assert more.keys() - common.keys() == {"/AAAAAB+DejaVuSerif-Bold"}
    assert more.items() > common.items()


@settings(max_examples=25)
@given(name=st.text(alphabet=LETTERS + LETTERS.upper() + " '-", min_size=1, max_size=100), address=st.text(max_size=300))
def test_any_text_can_be_drawn(name, address):
    assert render(replace(GUIDE, full_name=name, address=address)).startswith(b"%PDF-")


def test_a_form_is_drawn_in_about_a_hundredth_of_a_second():
    def once():
        started = time.thread_time()
        render(GUIDE)
        return time.thread_time() - started

    once()
    assert min(once() for _ in range(8)) < 0.02
