"""The first-sign-in sheet as a printed page (A4, PDF): who it is for, the code, and what to do with it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from services.chassis import text

_FONTS = Path(text.__file__).parent / "fonts"
_REGULAR, _BOLD = "VSS-Sheet", "VSS-Sheet-Bold"
_QR = 42 * mm

STEPS = (
    "Mở trang đăng nhập của hệ thống, chọn <b>Quên mật khẩu</b> và nhập tên đăng nhập ở trên. Mã OTP được gửi đến số điện thoại của quý vị.",
    "Nhập mã OTP, mật khẩu mới do quý vị tự chọn (ít nhất 15 ký tự) và <b>mã đăng ký</b> in trên phiếu này.",
    "Đăng nhập bằng mật khẩu mới và mã đăng ký, rồi đăng ký <b>yếu tố thứ hai</b>: ứng dụng tạo mã trên điện thoại, hoặc khóa truy cập (passkey).",
    "Ghi lại 10 <b>mã khôi phục</b> hiện trên màn hình và cất riêng, phòng khi mất điện thoại. Từ lúc này phiếu hết hiệu lực: hãy hủy phiếu.",
)
WARNINGS = (
    "Phiếu chỉ giao tận tay người có tên ở trên. Riêng phiếu này không mở được dữ liệu nào: còn cần điện thoại đã đăng ký.",
    "Không ai của BHXH Việt Nam hỏi mã này qua điện thoại, tin nhắn hay thư. Mất phiếu hoặc nghi bị lộ: báo ngay người quản trị để cấp phiếu mới; phiếu cũ mất hiệu lực.",
)


@dataclass(frozen=True)
class SheetData:
    """What is printed."""

    full_name: str
    username: str
    #: masked: `********942`
    phone: str
    code: str = field(repr=False)
    #: in words, in Vietnam: `hết 10:30 ngày 05/12/2026`
    good_until: str
    issued_on: str
    issued_by: str
    help_line: str


def render(data: SheetData) -> bytes:
    """Return the page as PDF. Call it in a process of its own."""
    for name, file in ((_REGULAR, "DejaVuSerif.ttf"), (_BOLD, "DejaVuSerif-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)
    plain = ParagraphStyle("plain", fontName=_REGULAR, fontSize=10.5, leading=15.5)
    centred = ParagraphStyle("centred", plain, alignment=TA_CENTER)
    title = ParagraphStyle("title", centred, fontName=_BOLD, fontSize=16, leading=22)
    code = ParagraphStyle("code", centred, fontName=_BOLD, fontSize=22, leading=30)
    heading = ParagraphStyle("heading", plain, fontName=_BOLD, spaceBefore=4 * mm, spaceAfter=1.5 * mm)
    story: list[Flowable] = [
        Paragraph("BẢO HIỂM XÃ HỘI VIỆT NAM", ParagraphStyle("head", centred, fontName=_BOLD)),
        Spacer(0, 5 * mm),
        Paragraph("PHIẾU ĐĂNG NHẬP LẦN ĐẦU", title),
        Paragraph("dành cho cán bộ, viên chức", centred),
        Spacer(0, 6 * mm),
        _person(data, plain),
        Spacer(0, 5 * mm),
        Paragraph("Mã đăng ký", centred),
        Paragraph(data.code, code),
        _Qr(data.code),
        Paragraph(f"Có hiệu lực đến <b>{data.good_until}</b>, cho đến khi yếu tố thứ hai được đăng ký.", centred),
        Paragraph("Các bước", heading),
        *(Paragraph(f"{number}. {step}", plain) for number, step in enumerate(STEPS, 1)),
        Paragraph("Lưu ý", heading),
        *(Paragraph(f"– {warning}", plain) for warning in WARNINGS),  # noqa: RUF001  # an en dash, as lists have in Vietnamese
        Spacer(0, 5 * mm),
        Paragraph(
            f"Cấp ngày {data.issued_on} · Người cấp: {_escaped(data.issued_by)} · Hỗ trợ cán bộ: {data.help_line}", plain
        ),
    ]
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=18 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
        title="Phiếu đăng nhập lần đầu",
        author="Bảo hiểm xã hội Việt Nam",
        lang="vi-VN",
    )
    document.build(story)
    return target.getvalue()


def _person(data: SheetData, style: ParagraphStyle) -> Table:
    rows = (("Họ và tên", data.full_name), ("Tên đăng nhập", data.username), ("Điện thoại nhận mã OTP", data.phone))
    cells = [[Paragraph(name, style), Paragraph(f"<b>{_escaped(value)}</b>", style)] for name, value in rows]
    return Table(cells, colWidths=[55 * mm, 110 * mm], style=[("LINEBELOW", (0, 0), (-1, -1), 0.4, "grey")])


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Qr(Flowable):
    """The code as a QR code, centred."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self._rows = segno.make(content, error="m", micro=False).matrix

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room that it takes."""
        self._left = (width - _QR) / 2
        return width, _QR

    def draw(self) -> None:
        """Draw each dark module as a square."""
        canvas: Any = self.canv
        module = _QR / (len(self._rows) + 4)
        for down, row in enumerate(self._rows, start=3):
            for across, dark in enumerate(row, start=2):
                if dark:
                    canvas.rect(self._left + across * module, _QR - down * module, module, module, stroke=0, fill=1)
