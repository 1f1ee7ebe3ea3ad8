"""Refusals to record a letter. A refusal changes nothing.

Refused
├── NotByPost       the form says that the person comes
├── LetterKnown     the arrival was recorded before
└── PostedWrongly   the posting date is after today, before the declaration, or after its last day
"""

from datetime import date

from services.chassis.errors import Refused


class NotByPost(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not-by-post",
            vi="Tờ khai không chọn nộp qua bưu chính; hãy tiếp nhận khi người dân đến.",
            en="This declaration was not filed by post; receive it when the person comes.",
        )


class LetterKnown(Refused):
    def __init__(self) -> None:
        super().__init__(
            "letter-known",
            vi="Hồ sơ gửi qua bưu chính này đã được ghi nhận.",
            en="The arrival of this letter was recorded before.",
        )


class PostedWrongly(Refused):
    status = 422

    def __init__(self, first: date, last: date) -> None:
        vi = f"Ngày gửi theo dấu bưu điện phải từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
        en = f"The posting date must be from {first} to {last}."
        field = {"field": "posted_on", "in": "body", "message_vi": vi, "message_en": en}
        super().__init__("posted-wrongly", vi=vi, en=en, errors=[field])
