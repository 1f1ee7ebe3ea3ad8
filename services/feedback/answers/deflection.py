"""Find words in an answer that seem to send the citizen to another office (F4: nobody is pushed away).

The phrases are only pointed out, to the writer and to the director who approves: words may be quoted, and a program that refused
them would be worked around. They are looked for without marks.
"""

from __future__ import annotations

import re
from typing import Final

from services.chassis.text.folding import without_marks

PHRASES: Final = (
    "không thuộc thẩm quyền",
    "không thuộc trách nhiệm",
    "liên hệ cơ quan BHXH khác",
    "liên hệ BHXH tỉnh",
    "liên hệ với BHXH tỉnh",
    "liên hệ BHXH thành phố",
    "đến cơ quan BHXH nơi",
    "đến BHXH tỉnh",
    "gửi đơn đến",
    "gửi phản ánh đến",
    "chuyển đơn đến",
)


def phrases_in(text: str) -> list[str]:
    """Return those of `PHRASES` that occur in the text."""
    plain = without_marks(text)
    return [phrase for phrase in PHRASES if re.search(rf"\b{re.escape(without_marks(phrase))}\b", plain)]
