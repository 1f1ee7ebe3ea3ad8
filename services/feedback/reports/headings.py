"""The headings of a report's columns."""

from typing import Any, Final

from services.feedback.reports.report import FIGURES, GROUPS, WEEK_FIGURES

HEADINGS: Final = {
    "code": "Mã",
    "name": "Tên",
    "parent": "Thuộc nhóm",
    "board": "Ban theo dõi",
    "week": "Tuần",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "carried_over": "Kỳ trước chuyển sang",
    "received": "Tiếp nhận trong kỳ",
    "settled": "Đã trả lời",
    "settled_in_time": "Trả lời đúng hạn",
    "settled_late": "Trả lời quá hạn",
    "in_time_percent": "Tỷ lệ đúng hạn (%)",
    "answer_days": "Số ngày trả lời trung bình",
    "open": "Đang giải quyết",
    "open_in_time": "Đang giải quyết, trong hạn",
    "open_late": "Đang giải quyết, quá hạn",
    "reopened": "Mở lại",
    "recategorised": "Phân loại lại",
    "reminded": "Lượt đôn đốc",
    "overdue": "Lượt báo quá hạn",
    "insisted": "Giám đốc giữ câu hướng dẫn sang cơ quan khác",
    "rated": "Lượt đánh giá",
    "rating": "Điểm đánh giá trung bình",
}
TITLES: Final = {"provinces": "Theo tỉnh", "boards": "Theo ban", "categories": "Theo lĩnh vực", "weeks": "Theo tuần"}


def columns(group: str) -> tuple[str, ...]:
    """Return the columns of a table: what names a line, then its figures."""
    return (*GROUPS[group], *(WEEK_FIGURES if group == "weeks" else FIGURES))


def cells(group: str, line: dict[str, Any]) -> list[Any]:
    """Return the cells of a line."""
    return [line.get(name) for name in columns(group)]


#: the charts that `charts.render` draws
CHART_NAMES: Final = ("provinces", "boards", "categories", "weeks", "ratings")
