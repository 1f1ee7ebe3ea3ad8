"""Refusals about documents. A refusal changes nothing.

Refused
└── NothingToAskFor    the person comes in any case, or no picture is missing
"""

from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Refused
from services.chassis.text.citations import cite


class NothingToAskFor(Refused):
    def __init__(self) -> None:
        law = cite("missing-pictures", today_in_vietnam())
        super().__init__(
            "nothing-to-ask-for",
            vi="Chỉ nhắn bổ sung ảnh cho hồ sơ của trẻ do cha, mẹ hoặc người giám hộ kê khai còn thiếu ảnh; người đến cơ quan "
            f"BHXH thì cán bộ chụp tại chỗ ({law.vi}).",
            en="Pictures are asked for only where a guardian filed and one is missing; who comes to an office is photographed there "
            f"({law.en}).",
        )
