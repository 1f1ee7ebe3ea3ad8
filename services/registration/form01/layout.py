"""Lay out Form 01 (Mẫu số 01, văn bản hợp nhất 5236/VBHN-BLĐTBXH): the position of each part."""

from __future__ import annotations

from reportlab.lib.units import mm

from services.chassis.text.citations import cite
from services.registration.form01 import pictures
from services.registration.form01.data import (
    FormData,
    Guardian,
    Parent,
    id_name,
    long_date,
    national,
    relationship_name,
    short_date,
    time_and_date,
)
from services.registration.form01.lines import width
from services.registration.form01.sheet import BOTTOM, LEFT, RIGHT, SIZE, TOP, WIDTH, Sheet
from services.registration.form01.typeface import BOLD, REGULAR
from services.registration.form01.wording import BASIS, BLANK_DAY, COMMITMENT, DRAFT, FILINGS, HOTLINE, KINDS, TITLE

_MIDDLE = (LEFT + RIGHT) / 2
_PORTRAIT = (30 * mm, 40 * mm)
_QR = 26 * mm
_SIGNATURE_HEIGHT = 38 * mm


def render(form: FormData) -> bytes:
    """Return the form as PDF, A4. The same data give the same bytes."""
    sheet = Sheet()
    _head(sheet, form)
    _person(sheet, form)
    if form.guardian:
        _guardian(sheet, form, form.guardian)
    if form.parent:
        _parent(sheet, form, form.parent)
    sheet.gap(1.5 * mm)
    sheet.paragraph(BASIS.format(cite("form-01-basis", form.day).vi))
    _purpose(sheet, form)
    sheet.gap(1 * mm)
    sheet.paragraph(COMMITMENT)
    _office(sheet, form)
    _signatures(sheet, form)
    title = "Mẫu số 01" if form.blank else f"Mẫu số 01 - {form.dossier_no or DRAFT}"
    return sheet.as_pdf(title=title, footer=lambda page, pages: _foot(sheet, form, page, pages))


def _head(sheet: Sheet, form: FormData) -> None:
    wide, high = _PORTRAIT
    _portrait_box(sheet, form, LEFT, TOP - high)
    if form.dossier_no:
        sheet.draw(pictures.qr(form.dossier_no, RIGHT - _QR, TOP, _QR))
    if not form.blank:
        sheet.text("Số hồ sơ", RIGHT - _QR / 2, TOP - _QR - 3 * mm, size=7.5, align="center")
        sheet.text(form.dossier_no or DRAFT, RIGHT - _QR / 2, TOP - _QR - 6.6 * mm, font=BOLD, size=7.8, align="center")
    sheet.text("Mẫu số 01", RIGHT - _QR / 2, TOP - _QR - 11.5 * mm, font=BOLD, size=7.5, align="center")
    sheet.text(f"({cite('form-01', form.day).vi})", RIGHT - _QR / 2, TOP - _QR - 14.8 * mm, size=6.3, align="center")
    middle = (LEFT + wide + RIGHT - _QR) / 2
    room = RIGHT - _QR - LEFT - wide - 7 * mm
    sheet.centered("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", middle, room, size=10)
    sheet.centered("Độc lập - Tự do - Hạnh phúc", middle, room, size=10)
    half = width("Độc lập - Tự do - Hạnh phúc", BOLD, 10) / 2
    sheet.rule(middle - half, middle + half, sheet.y - 0.3)
    sheet.gap(4 * mm)
    sheet.centered("TỜ KHAI", middle, room, size=14)
    for line in TITLE:
        sheet.centered(line, middle, room, size=10)
    sheet.y = min(sheet.y, TOP - high) - 2 * mm
    sheet.centered(f"Kính gửi: {form.office_name or '.' * 60}", _MIDDLE, WIDTH, font=REGULAR, size=11)
    if form.corrected_at:
        sheet.centered(
            f"Bản đính chính lúc {time_and_date(form.corrected_at)}, thay cho mọi bản trước", _MIDDLE, WIDTH, size=8.5
        )
    sheet.gap(1.5 * mm)


def _portrait_box(sheet: Sheet, form: FormData, x: float, y: float) -> None:
    wide, high = _PORTRAIT
    if form.portrait:
        picture = pictures.Portrait(form.portrait, wide, high)
        sheet.draw(lambda canvas: picture.draw(canvas, x, y))
    sheet.draw(f"0.6 w {x:.2f} {y:.2f} {wide:.2f} {high:.2f} re S")
    if not form.portrait:
        sheet.text("Ảnh cá nhân", x + wide / 2, y + high / 2 + 1 * mm, size=9, align="center")
        sheet.text("(3 x 4 cm)", x + wide / 2, y + high / 2 - 4 * mm, size=8, align="center", slant=True)


def _person(sheet: Sheet, form: FormData) -> None:
    sheet.field("1. Tên cơ quan/tổ chức/cá nhân", form.full_name, required=True)
    sheet.gap(8 * mm)
    end = sheet.digits("2. Mã số bảo hiểm xã hội", form.bhxh_code, count=10, x=LEFT, required=True)
    base = sheet.y + SIZE * 0.4
    born = f"{form.date_of_birth:%d/%m/%Y}" if form.date_of_birth else ""
    sheet.text("Ngày sinh:", end + 5 * mm, base)
    start = end + 5 * mm + width("Ngày sinh:", REGULAR, SIZE) + 1.5 * mm
    sheet.dotted_line(start, RIGHT, base - 2)
    sheet.text(born, start + 1 * mm, base, font=BOLD)
    sheet.gap(1.2 * mm)
    paper = _paper(form.id_type, form.id_number) or ("" if form.blank else "chưa có")
    sheet.field("3. Số CMND/Hộ chiếu/CCCD", paper, required=True)
    if form.personal_id and form.personal_id != form.id_number:
        sheet.field("    Số định danh cá nhân", form.personal_id)
    _pictures_sent(sheet, form)
    sheet.field("4. Địa chỉ liên hệ", form.address, required=True)
    adult = form.guardian or form.parent
    sheet.field("5. Người liên hệ", form.contact_person or (adult.full_name if adult else form.full_name), required=True)
    sheet.field("6. Địa chỉ thư điện tử", form.email or "")
    sheet.field("7. Điện thoại di động", national(form.phone), required=True)


def _pictures_sent(sheet: Sheet, form: FormData) -> None:
    """Tick which pictures were sent: the guide's "Mặt trước" and "Mặt sau", the portrait, a child's birth certificate."""
    sheet.keep_together(SIZE * 1.6)
    sheet.gap(SIZE * 1.56)
    base = sheet.y + SIZE * 0.4
    x = LEFT + 4 * mm
    sheet.text("Ảnh đã gửi kèm:", x, base)
    x += width("Ảnh đã gửi kèm:", REGULAR, SIZE) + 4 * mm
    kinds = [("portrait", "Ảnh cá nhân")]
    if form.id_type == "passport":
        kinds += [("id_front", "Trang nhân thân hộ chiếu")]
    elif form.id_number or form.blank:
        kinds += [("id_front", "Mặt trước"), ("id_back", "Mặt sau")]
    kinds += [("birth_certificate", "Giấy khai sinh")] if form.guardian or form.parent or not form.id_number else []
    for kind, name in kinds:
        sheet.box(x, base - 0.4 * mm, 3.4 * mm, kind in form.attachments)
        sheet.text(name, x + 5.4 * mm, base)
        x += 5.4 * mm + width(name, REGULAR, SIZE) + 6 * mm


def _guardian(sheet: Sheet, form: FormData, guardian: Guardian) -> None:
    sheet.keep_together(5 * SIZE * 1.6)
    sheet.gap(SIZE * 1.8)
    sheet.text("Cha, mẹ hoặc người giám hộ kê khai cho trẻ dưới 18 tuổi", LEFT, sheet.y + SIZE * 0.4, font=BOLD)
    sheet.field("    Họ và tên", guardian.full_name, required=True)
    sheet.field("    Quan hệ với trẻ", relationship_name(guardian.relationship), required=True)
    if guardian.phone != form.phone:  # otherwise it is printed above already
        sheet.field("    Điện thoại di động", national(guardian.phone), required=True)
    if guardian.email and guardian.email != form.email:
        sheet.field("    Địa chỉ thư điện tử", guardian.email)


def _parent(sheet: Sheet, form: FormData, parent: Parent) -> None:
    sheet.keep_together(5 * SIZE * 1.6)
    sheet.gap(SIZE * 1.8)
    heading = "Cha, mẹ hoặc người giám hộ cùng trẻ dưới 18 tuổi đến cơ quan BHXH"
    if form.blank:
        heading = "Chỉ ghi cho người dưới 18 tuổi: cha, mẹ hoặc người giám hộ cùng đến và ký tờ khai"
    sheet.text(heading, LEFT, sheet.y + SIZE * 0.4, font=BOLD)
    sheet.field("    Họ và tên", parent.full_name, required=True)
    sheet.field("    Quan hệ với trẻ", relationship_name(parent.relationship), required=True)
    sheet.field("    Số CMND/Hộ chiếu/CCCD", _paper(parent.id_type, parent.id_number), required=True)
    if form.blank or parent.phone != form.phone:  # otherwise it is printed above already
        sheet.field("    Điện thoại di động", national(parent.phone), required=True)


def _paper(id_type: str | None, number: str | None) -> str:
    return f"{number} ({id_name(id_type)})" if number else ""


def _purpose(sheet: Sheet, form: FormData) -> None:
    """Tick the kind of declaration (one of the three in the title), its start date, and with whom the person registers."""
    day = long_date(form.start_date) if form.start_date else BLANK_DAY
    sheet.gap(1 * mm)
    for kind, text in KINDS.items():
        chosen = kind == form.kind
        dated = chosen or (form.blank and kind == "register")
        sheet.tick(f"{text} từ {day}" if dated else text, chosen, x=LEFT + 4 * mm)
    sheet.gap(1 * mm)
    sheet.keep_together(SIZE * 5)
    sheet.gap(SIZE * 1.56)
    base = sheet.y + SIZE * 0.4
    sheet.text("Đăng ký giao dịch tại *:", LEFT, base)
    x = LEFT + width("Đăng ký giao dịch tại *:", REGULAR, SIZE) + 4 * mm
    sheet.gap(-SIZE * 1.54)  # the first box goes on the same line
    sheet.tick("Cổng thông tin điện tử của Bảo hiểm xã hội Việt Nam", form.registered_with == "portal", x=x)
    organisation = f": {form.ivan_name}" if form.ivan_name else f": {'.' * 50}" if form.blank else ""
    sheet.tick(f"Tổ chức I-VAN{organisation}", form.registered_with == "ivan", x=x)


def _office(sheet: Sheet, form: FormData) -> None:
    sheet.gap(1 * mm)
    sheet.field("Cơ quan BHXH tiếp nhận", form.office_name, required=True)
    sheet.field("Địa chỉ cơ quan", form.office_address)
    sheet.field("Số điện thoại", form.office_phone or ("" if form.blank else f"{HOTLINE} (tổng đài)"))
    sheet.keep_together(SIZE * 6)
    sheet.gap(SIZE * 1.56)
    sheet.text("Hình thức nộp hồ sơ:", LEFT, sheet.y + SIZE * 0.4)
    for filing, text in FILINGS.items():
        sheet.tick(text, filing == form.filing, x=LEFT + 4 * mm)


def _signatures(sheet: Sheet, form: FormData) -> None:
    sheet.keep_together(_SIGNATURE_HEIGHT)
    sheet.gap(3 * mm)
    left, right = LEFT + WIDTH * 0.24, LEFT + WIDTH * 0.74
    adult = form.guardian or form.parent
    signer = "CHA, MẸ HOẶC NGƯỜI GIÁM HỘ" if adult and not form.blank else "NGƯỜI KÊ KHAI"
    sheet.text(f"......................, {BLANK_DAY}", right, sheet.y - 3 * mm, size=9.5, align="center", slant=True)
    top = sheet.y - 8.5 * mm
    sheet.text("CÁN BỘ TIẾP NHẬN", left, top, font=BOLD, size=9.5, align="center")
    sheet.text(signer, right, top, font=BOLD, size=9.5, align="center")
    for x in (left, right):
        sheet.text("(Ký, ghi rõ họ tên)", x, top - 4.6 * mm, size=9, align="center", slant=True)
    name = adult.full_name if adult else form.full_name
    sheet.y -= _SIGNATURE_HEIGHT - 8 * mm
    sheet.centered(name, right, WIDTH * 0.48)


def _foot(sheet: Sheet, form: FormData, page: int, pages: int) -> None:
    sheet.rule(LEFT, RIGHT, BOTTOM - 3 * mm, thick=0.4)
    if form.blank:
        footer = "Tờ khai trống, điền bằng tay và ký tên"
    elif form.submitted_at:
        footer = f"Số hồ sơ {form.dossier_no} · nộp lúc {time_and_date(form.submitted_at)}"
    else:
        footer = f"{DRAFT}; số hồ sơ được cấp khi nộp"
    sheet.text(footer, LEFT, BOTTOM - 6.5 * mm, size=7.5)
    sheet.text(f"Trang {page}/{pages}", RIGHT, BOTTOM - 6.5 * mm, size=7.5, align="right")
    if form.blank:
        come = f"Nộp tại cơ quan BHXH bất kỳ, mang theo giấy tờ tùy thân để xuất trình. Tổng đài {HOTLINE}."
    elif form.last_day and form.filing == "post":
        come = (
            f"In, ký và gửi tờ khai kèm bản sao giấy tờ tùy thân qua bưu chính công ích chậm nhất ngày "
            f"{short_date(form.last_day)}. Tổng đài {HOTLINE}."
        )
    elif form.last_day:
        papers = "giấy tờ tùy thân"
        if form.parent and form.id_type not in ("cmnd", "cccd"):
            papers = "giấy khai sinh của trẻ, giấy tờ tùy thân của cha, mẹ hoặc người giám hộ"
        come = f"Mang {papers} đến cơ quan BHXH bất kỳ, hết ngày {short_date(form.last_day)}. Tổng đài {HOTLINE}."
    else:
        come = f"Tra cứu theo số hồ sơ. Tổng đài hỗ trợ {HOTLINE}."
    sheet.text(come, LEFT, BOTTOM - 10 * mm, size=7.5)
