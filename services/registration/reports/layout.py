"""The layout of a progress report: tables, columns, headings, charts (R1)."""

from __future__ import annotations

from typing import Final

from services.chassis.reports.tables import Chart, Layout

#: the figures of every group, in the order of the tables
FIGURES: Final = (
    *("carried_over", "filed", "received", "approved", "rejected", "expired", "withdrawn", "open"),
    *("minutes_in_time", "minutes_late", "minutes_percent", "days_in_time", "days_late", "days_percent", "untimed"),
)
#: the figures of every week; `open` at its end
WEEK_FIGURES: Final = tuple(name for name in FIGURES if name != "carried_over")
#: the tables of a report, and the columns that identify a line of each
GROUPS: Final = {
    "provinces": ("code", "name"),
    "offices": ("code", "name", "province"),
    "channels": ("code", "name"),
    "kinds": ("code", "name"),
    "weeks": ("week", "from", "to"),
    "reasons": ("code", "name"),
}
CHANNELS: Final = {
    "web": "Cổng Dịch vụ công",
    "app": "Ứng dụng VssID",
    "office": "Tại cơ quan BHXH",
    "mobile_desk": "Bàn đăng ký di động",
    "customer_care": "Trung tâm Dịch vụ hỗ trợ, chăm sóc khách hàng",
}
KINDS: Final = {"register": "Đăng ký", "adjust": "Điều chỉnh thông tin", "stop": "Ngừng sử dụng"}
#: verification's reasons, shortened; a code that is not here is shown as it is
REASONS: Final = {
    "id_differs": "Giấy tờ tùy thân khác với tờ khai",
    "not_the_person": "Người đến không phải là người đứng tên tờ khai",
    "id_not_valid": "Giấy tờ tùy thân hết hạn hoặc không hợp lệ",
    "not_signed": "Không ký xác nhận tờ khai",
    "birth_certificate_differs": "Giấy khai sinh khác với tờ khai",
    "birth_certificate_unreadable": "Ảnh giấy khai sinh không đọc được",
    "guardian_not_entitled": "Người khai không phải là cha, mẹ hoặc người giám hộ",
    "name_not_in_hgd": "Họ tên không khớp với dữ liệu HGĐ",
    "birth_not_in_hgd": "Ngày sinh không khớp với dữ liệu HGĐ",
    "not_a_child": "Người được đăng ký đã đủ 18 tuổi",
    "code_not_in_hgd": "HGĐ không có mã số BHXH đã kê khai",
    "already_registered": "Mã số BHXH đã có tài khoản",
    "same_person": "Số định danh/CCCD đã có tài khoản dưới mã số khác",
    "wrong_data": "Thông tin kê khai không đúng",
    "other": "Lý do khác",
    "": "Chưa ghi nhận lý do",
}
HEADINGS: Final = {
    "code": "Mã",
    "name": "Tên",
    "province": "Tỉnh",
    "week": "Tuần",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "number": "Số hồ sơ",
    "carried_over": "Kỳ trước chuyển sang",
    "filed": "Đã nộp trong kỳ",
    "received": "Người dân đã đến",
    "approved": "Đã duyệt",
    "rejected": "Không được duyệt",
    "expired": "Hết hạn, tự hủy",
    "withdrawn": "Người dân rút lại",
    "open": "Đang giải quyết",
    "minutes_in_time": "Trong 15 phút",
    "minutes_late": "Quá 15 phút",
    "minutes_percent": "Tỷ lệ trong 15 phút (%)",
    "days_in_time": "Trong 3 ngày làm việc",
    "days_late": "Quá 3 ngày làm việc",
    "days_percent": "Tỷ lệ trong 3 ngày làm việc (%)",
    "untimed": "Không rõ thời hạn",
}
LAYOUT: Final = Layout(
    heading="Báo cáo tiến độ đăng ký giao dịch điện tử của cá nhân",
    columns={
        group: (*key, *(("number",) if group == "reasons" else WEEK_FIGURES if group == "weeks" else FIGURES))
        for group, key in GROUPS.items()
    },
    titles={
        "provinces": "Theo tỉnh",
        "offices": "Theo cơ quan",
        "channels": "Theo kênh",
        "kinds": "Theo loại tờ khai",
        "weeks": "Theo tuần",
        "reasons": "Lý do không duyệt",
    },
    headings=HEADINGS,
    summary=FIGURES,
    charts=(
        Chart("weeks", "lines", "Theo tuần", "week", ("filed", "approved", "rejected", "expired")),
        Chart("channels", "bars", "Theo kênh", "name", ("approved", "rejected", "expired", "withdrawn", "open")),
    ),
    decimals={"minutes_percent": "0.0", "days_percent": "0.0"},
    widths={"name": 46, "code": 28, "province": 10},
)
