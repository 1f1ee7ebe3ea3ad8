"""Refusals about documents. A refusal changes nothing.

Refused
└── NothingToAskFor    the person comes in any case, or no picture is missing
"""

from services.chassis.errors import Refused


class NothingToAskFor(Refused):
    def __init__(self) -> None:
        super().__init__(
            "nothing-to-ask-for",
            vi="Chỉ nhắn bổ sung ảnh cho hồ sơ của trẻ do cha, mẹ hoặc người giám hộ kê khai còn thiếu ảnh; người đến cơ quan "
            "BHXH thì cán bộ chụp tại chỗ (công văn 702, mục 2).",
            en="Pictures are asked for only where a guardian filed and one is missing; who comes to an office is photographed there "
            "(công văn 702 §2).",
        )
