"""The letter as a printed page (A4, PDF), in the form of official letters (Decree 30/2020/NĐ-CP, annex I): letterhead, number, date,
addressee, words, recipients, signer.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from services.chassis import text

_FONTS = Path(text.__file__).parent / "fonts"
_REGULAR, _BOLD = "VSS-Letter", "VSS-Letter-Bold"
#: margins of the decree: left 30 mm, right 15 to 20 mm, top and bottom 20 to 25 mm
_LEFT, _RIGHT, _TOP, _BOTTOM = 30 * mm, 18 * mm, 20 * mm, 20 * mm
_HALVES = [79 * mm, 83 * mm]


@dataclass(frozen=True)
class LetterData:
    """What is printed. Everything but the fixed words is escaped."""

    #: the sender's superior and the sender, as in the letterhead
    superior: str
    sender: str
    #: where it is dated, as in `Cao Bằng`
    place: str
    number: str
    day: date
    complaint_no: str
    received_on: date
    #: None: the complaint is anonymous
    full_name: str | None = field(repr=False)
    subject_line: str = field(repr=False)
    words: str = field(repr=False)
    #: lines above the name: `GIÁM ĐỐC`, or `TUQ. GIÁM ĐỐC` for whom the director has delegated it to
    signer: str
    signer_name: str
    approved_at: str
    reopen_until: str
    hotline: str = "1900 9068"


def render(data: LetterData) -> bytes:
    """Return the letter as PDF; the same data give the same bytes. Call it in a process of its own."""
    for name, file in ((_REGULAR, "DejaVuSerif.ttf"), (_BOLD, "DejaVuSerif-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)
    plain = ParagraphStyle(
        "plain", fontName=_REGULAR, fontSize=11, leading=17, alignment=TA_JUSTIFY, spaceAfter=2 * mm, splitLongWords=True
    )
    words = ParagraphStyle("words", plain, firstLineIndent=10 * mm)
    story: list[Flowable] = [
        _head(data, plain),
        Spacer(0, 6 * mm),
        Paragraph(f"Kính gửi: {_addressee(data)}", ParagraphStyle("to", plain, alignment=TA_CENTER)),
        Spacer(0, 4 * mm),
        Paragraph(
            f"Ngày {data.received_on:%d/%m/%Y}, {_e(data.sender)} nhận được phản ánh, kiến nghị mã <b>{_e(data.complaint_no)}</b> "
            f"với nội dung “{_e(data.subject_line)}”. {_e(data.sender)} trả lời như sau:",
            words,
        ),
        *(Paragraph(_e(line), words) for line in data.words.splitlines() if line.strip()),
        Paragraph(
            f"Nếu câu trả lời chưa giải quyết được vấn đề, Ông/Bà có thể đề nghị mở lại phản ánh này {_e(data.reopen_until)}; "
            f"{_e(data.sender)} vẫn là cơ quan chịu trách nhiệm giải quyết. Tổng đài hỗ trợ: {_e(data.hotline)}.",
            words,
        ),
        Spacer(0, 6 * mm),
        KeepTogether([_foot(data, plain)]),
    ]
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"Trả lời phản ánh {data.complaint_no}",
        author=data.sender,
        lang="vi-VN",
        invariant=1,
    )
    document.build(story, onLaterPages=_page_number)
    return target.getvalue()


def _head(data: LetterData, plain: ParagraphStyle) -> Table:
    centred = ParagraphStyle("centred", plain, alignment=TA_CENTER, fontSize=10, leading=14, spaceAfter=0)
    bold = ParagraphStyle("bold", centred, fontName=_BOLD, fontSize=9.5)
    small = ParagraphStyle("small", centred, fontSize=9.5, leading=13)
    left = [Paragraph(_e(data.superior.upper()), centred), Paragraph(_e(data.sender.upper()), bold), _Rule(0.3)]
    right = [
        Paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", ParagraphStyle("state", bold, fontSize=9)),
        Paragraph("Độc lập - Tự do - Hạnh phúc", bold),
        _Rule(0.55),
    ]
    number = [
        Paragraph(f"Số: {_e(data.number)}", centred),
        Paragraph(f"V/v trả lời phản ánh, kiến nghị mã {_e(data.complaint_no)}", small),
    ]
    dated = Paragraph(f"{_e(data.place)}, ngày {data.day:%d} tháng {data.day:%m} năm {data.day:%Y}", centred)
    return Table([[left, right], [number, dated]], colWidths=_HALVES, style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _foot(data: LetterData, plain: ParagraphStyle) -> Table:
    small = ParagraphStyle("recipients", plain, fontSize=9, leading=13, spaceAfter=0, alignment=0)
    centred = ParagraphStyle("signer", plain, alignment=TA_CENTER, fontName=_BOLD, spaceAfter=0)
    note = ParagraphStyle("note", small, alignment=TA_CENTER)
    recipients = [
        Paragraph("<b>Nơi nhận:</b>", small),
        Paragraph("- Như trên;", small),
        Paragraph("- Ban theo dõi (BHXH Việt Nam);", small),
        Paragraph("- Lưu: hồ sơ phản ánh.", small),
    ]
    signer = [
        Paragraph(_e(data.signer), centred),
        Spacer(0, 3 * mm),
        Paragraph(f"Đã phê duyệt trên hệ thống<br/>{_e(data.approved_at)}", note),
        Spacer(0, 3 * mm),
        Paragraph(_e(data.signer_name), centred),
    ]
    return Table([[recipients, signer]], colWidths=_HALVES, style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _addressee(data: LetterData) -> str:
    if data.full_name:
        return f"Ông/Bà <b>{_e(data.full_name)}</b>"
    return f"Người gửi phản ánh mã <b>{_e(data.complaint_no)}</b>"


class _Rule(Flowable):
    """A line under the letterhead, centred in its cell."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room that it takes."""
        self._room = width
        return width, 3 * mm

    def draw(self) -> None:
        """Draw the line."""
        canvas: Any = self.canv
        length = self._room * self._share
        start = (self._room - length) / 2
        canvas.setLineWidth(0.7)
        canvas.line(start, 2.5 * mm, start + length, 2.5 * mm)


def _e(value: str) -> str:
    return escape(value)


def _page_number(canvas: Any, document: Any) -> None:
    """Number the pages from the second on, in the middle of the top margin, as the decree has it."""
    canvas.setFont(_REGULAR, 10)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 12 * mm, str(document.page))
