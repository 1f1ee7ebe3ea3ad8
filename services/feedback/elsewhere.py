"""Words in an answer that seem to send the citizen to another office (F4: nobody is pushed away).

Only told, to whoever writes the answer and to the director who approves it: words may be quoted, and a program that refused them
would be walked around. Plain phrases, looked for without marks.
"""

from __future__ import annotations

import re
from typing import Final

from services.feedback.words import fold

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


def sends_elsewhere(text: str) -> list[str]:
    """The phrases of `PHRASES` that stand in the text."""
    plain = " ".join(fold(text).split())
    return [phrase for phrase in PHRASES if re.search(rf"\b{re.escape(fold(phrase))}\b", plain)]
