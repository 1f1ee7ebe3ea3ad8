"""Days as people write them: 1987-05-19."""

import re
from datetime import date

from services.chassis.text.folding import plain_code

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_day(text: str) -> date:
    """Return the day that ``text`` names, folded as codes are (W2); no other of ISO 8601's spellings (1987-W21-2, 19870519) is taken.

    :raises ValueError: if it names none.
    """
    folded = plain_code(text)
    if not _DAY.fullmatch(folded):
        raise ValueError("expected a day such as 1987-05-19")
    return date.fromisoformat(folded)
