"""What the desk calls things: statuses, tabs, channels, roles, and a sentence for each step of a complaint's history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.chassis.web.pages.language import lazy as _
from services.feedback.desk import tabs

#: lines of a list on one page: more would weigh more than a page may, and take longer to draw
ON_A_PAGE: Final = 20
STATUS: Final = {
    "received": _("Đã nhận"),
    "acknowledged": _("Đã ghi nhận"),
    "routed": _("Đang giải quyết"),
    "waiting": _("Chờ người dân trả lời"),
    "answered": _("Đã trả lời"),
    "closed": _("Đã kết thúc"),
}
TAB: Final = {
    tabs.TO_ACKNOWLEDGE: _("Cần ghi nhận"),
    tabs.IN_PROGRESS: _("Đang giải quyết"),
    tabs.WITH_CITIZEN: _("Chờ người dân"),
    tabs.WITH_OTHERS: _("Chờ nơi khác"),
    tabs.TO_APPROVE: _("Chờ duyệt"),
    tabs.DONE: _("Đã trả lời"),
}
NOTHING_IN: Final = {
    tabs.TO_ACKNOWLEDGE: _("Không có phản ánh nào cần ghi nhận."),
    tabs.IN_PROGRESS: _("Không có phản ánh nào đang giải quyết."),
    tabs.WITH_CITIZEN: _("Không có phản ánh nào đang chờ người dân trả lời."),
    tabs.WITH_OTHERS: _("Không có phản ánh nào đang chờ cơ quan khác trả lời."),
    tabs.TO_APPROVE: _("Không có dự thảo nào chờ duyệt."),
    tabs.DONE: _("Không có phản ánh nào vừa trả lời và còn có thể mở lại."),
}
CHANNEL: Final = {
    "web": _("trang web"),
    "app": _("ứng dụng"),
    "hotline": _("tổng đài 1900 9068"),
    "email": _("thư điện tử"),
    "counter": _("tại quầy"),
}
ROLE: Final = {
    "officer": _("cán bộ tiếp nhận"),
    "approver": _("cán bộ phê duyệt"),
    "director": _("Giám đốc BHXH tỉnh"),
    "board": _("Ban theo dõi"),
    "support": _("cán bộ tổng đài"),
    "citizen": _("người dân"),
    "clock": _("hệ thống"),
}
ABOUT: Final = {
    "officer": _("Về cán bộ: do Giám đốc BHXH tỉnh giải quyết."),
    "office": _("Về cơ quan BHXH: do Giám đốc BHXH tỉnh giải quyết."),
    "director": _("Về Giám đốc BHXH tỉnh: do đơn vị được chỉ định giải quyết."),
}
CLOCK: Final = {
    "acknowledge": _("ghi nhận"),
    "route": _("chuyển bộ phận giải quyết"),
    "answer": _("trả lời"),
    "coordination": _("trả lời yêu cầu phối hợp"),
}
REQUEST: Final = {"asked": _("Đang chờ trả lời"), "answered": _("Đã trả lời"), "withdrawn": _("Đã rút")}
_LEVEL: Final = {1: _("Giám đốc"), 2: _("Ban theo dõi"), 3: _("Trung tâm CNTT")}

_STEP: Final = {
    "received": _("Nhận phản ánh"),
    "linked": _("Gần giống một phản ánh trước của cùng người gửi"),
    "alerted": _("Báo ngay cho bộ phận trực"),
    "acknowledged": _("Ghi nhận phản ánh"),
    "attached": _("Thêm tệp đính kèm"),
    "seen_by_board": _("Ban theo dõi đã xem"),
    "question_asked": _("Hỏi người dân; thời hạn tạm dừng"),
    "reply_received": _("Người dân trả lời; thời hạn chạy tiếp"),
    "waiting_ended": _("Hết thời gian chờ người dân; thời hạn chạy tiếp"),
    "answer_drafted": _("Trình dự thảo trả lời"),
    "answer_approved": _("Duyệt dự thảo trả lời"),
    "letter_issued": _("Lập văn bản trả lời"),
    "answered": _("Gửi trả lời cho người dân"),
    "reopened": _("Người dân mở lại phản ánh"),
    "closed": _("Kết thúc"),
    "given_back": _("Trả lại việc cho bàn làm việc"),
    "coordination_requested": _("Hỏi cơ quan khác"),
    "coordination_answered": _("Cơ quan được hỏi đã trả lời"),
    "coordination_withdrawn": _("Rút yêu cầu phối hợp"),
    "marked_about": _("Đánh dấu phản ánh nói về ai"),
    "recategorised": _("Đổi lĩnh vực"),
    "insisted": _("Giám đốc giữ nguyên câu chữ hướng dẫn sang cơ quan khác"),
    "answer_returned": _("Trả lại dự thảo"),
    "reminded": _("Ban theo dõi đôn đốc"),
    "letter_attached": _("Đính kèm văn bản trả lời"),
}


def sentence(kind: str, details: Mapping[str, Any]) -> str:
    """Return what happened, in one sentence."""
    if kind == "routed":
        unit = details.get("unit")
        return f"{_('Chuyển bộ phận')}: {unit}" if unit else str(_("Chuyển bộ phận"))
    if kind == "taken":
        return str(_("Nhận giải quyết thay đồng nghiệp") if details.get("from") else _("Nhận giải quyết"))
    if kind == "rated":
        return f"{_('Người dân chấm điểm')}: {details.get('rating', '')}/5"
    if kind in ("overdue", "due_soon"):
        step = CLOCK.get(str(details.get("step")), "")
        if kind == "due_soon":
            return f"{_('Sắp đến hạn')} {step}"
        told = _LEVEL.get(int(details.get("level", 1)), "")
        return f"{_('Quá hạn')} {step}; {_('đã báo')} {told}"
    return str(_STEP.get(kind, kind))


def words_of(details: Mapping[str, Any]) -> str:
    """Return the words of staff that belong to a step."""
    return str(details.get("reason") or details.get("remark") or details.get("words") or "")
