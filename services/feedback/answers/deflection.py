"""Find phrases in an answer that seem to send the citizen to another office (F4: nobody is pushed away).

The writer and the approving director are only warned: a phrase may be quoted, and a program that refused it would be worked
around. Phrases are matched without diacritics.
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
    """Return the `PHRASES` that occur in the text."""
    plain = without_marks(text)
    return [phrase for phrase in PHRASES if re.search(rf"\b{re.escape(without_marks(phrase))}\b", plain)]
