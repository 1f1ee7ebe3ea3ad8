"""The national boards that monitor complaints, by the code that tokens and facts carry (F2, công văn 3717 §5)."""

from typing import Final

BOARDS: Final = {
    "thu-so-the": "Ban Quản lý Thu - Sổ, Thẻ",
    "chinh-sach-bhxh": "Ban Thực hiện chính sách BHXH",
    "chinh-sach-bhyt": "Ban Thực hiện chính sách BHYT",
    "cntt": "Trung tâm Công nghệ thông tin",
}
#: the IT centre, the standing unit, which sees the complaints of every board
CENTRE: Final = "cntt"
#: the desk that decides on complaints about directors (F9, ours): no board of F2, it watches no category
DIRECTORS_DESK: Final = "thanh-tra"
