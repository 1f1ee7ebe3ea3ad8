"""Check that a tree of categories is valid: it must lead every complaint to exactly one board (F2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import DAYS, MOST_DAYS, Category

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_EXAMPLE = 40, 120, 300
_MOST_KEYWORDS, _MOST_EXAMPLES = 60, 20
_MAY_BE_ZERO = ("warn_days", "board_days", "centre_days")


def faults(tree: Sequence[Category]) -> list[str]:
    """Return one sentence for each fault of the tree; none if it is valid."""
    by_code = {each.code: each for each in tree}
    found = [f"{each.code[:_LONGEST_CODE]}: {wrong}" for each in tree for wrong in _faults_of(each, by_code)]
    unwatched = sorted(set(BOARDS) - {each.board for each in tree if each.open})
    found += [f"board {board} would have no open category" for board in unwatched]
    return found


def _faults_of(each: Category, by_code: dict[str, Category]) -> list[str]:
    wrong = []
    if not _CODE.fullmatch(each.code) or len(each.code) > _LONGEST_CODE:
        wrong.append("code: expected lower-case letters without diacritics, digits and hyphens")
    if each.board not in BOARDS:
        wrong.append(f"board: expected one of {', '.join(BOARDS)}")
    if not each.name.strip() or len(each.name) > _LONGEST_NAME:
        wrong.append(f"name: expected 1 to {_LONGEST_NAME} characters on one line")
    above = by_code.get(each.parent) if each.parent else None
    if each.parent and above is None:
        wrong.append(f"parent: unknown category {each.parent[:_LONGEST_CODE]!r}")
    elif above is not None and above.parent:
        wrong.append(f"parent: {above.code} is itself below {above.parent}; the tree has two levels")
    elif above is not None and above.board != each.board:
        wrong.append(f"board: its parent {above.code} is watched by {above.board}")
    elif above is not None and each.open and not above.open:
        wrong.append(f"parent: {above.code} is closed")
    for name in DAYS:
        days, least = getattr(each, name), 0 if name in _MAY_BE_ZERO else 1
        if days is not None and not least <= days <= MOST_DAYS:
            wrong.append(f"{name}: expected {least} to {MOST_DAYS}")
    if len(each.keywords) > _MOST_KEYWORDS:
        wrong.append(f"keywords: at most {_MOST_KEYWORDS}")
    if len(each.examples) > _MOST_EXAMPLES or any(len(text) > _LONGEST_EXAMPLE for text in each.examples):
        wrong.append(f"examples: at most {_MOST_EXAMPLES}, each of at most {_LONGEST_EXAMPLE} characters")
    return wrong
