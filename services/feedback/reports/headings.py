"""The layout of a report: headings, columns, charts."""

from typing import Final

from services.chassis.reports.tables import Chart, Layout
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


#: how the tables of a report are laid out
LAYOUT: Final = Layout(
    heading="Báo cáo tiếp nhận và giải quyết phản ánh, kiến nghị",
    columns={group: (*key, *(WEEK_FIGURES if group == "weeks" else FIGURES)) for group, key in GROUPS.items()},
    titles={"provinces": "Theo tỉnh", "boards": "Theo ban", "categories": "Theo lĩnh vực", "weeks": "Theo tuần"},
    headings=HEADINGS,
    summary=FIGURES,
    charts=(
        Chart("weeks", "lines", "Theo tuần", "week", ("received", "settled", "open")),
        Chart("boards", "bars", "Theo ban", "name", ("settled_in_time", "settled_late", "open_in_time", "open_late")),
    ),
    decimals={"in_time_percent": "0.0", "answer_days": "0.0", "rating": "0.00"},
    widths={"name": 46, "parent": 24, "board": 20, "code": 24},
)

#: the charts that `charts.render` draws
CHART_NAMES: Final = ("provinces", "boards", "categories", "weeks", "ratings")
