"""What a valid tree of categories is: every complaint has to find exactly one board through it (F2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.chassis.text.folding import has_control_characters
from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import MOST_DAYS, Category

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_EXAMPLE = 40, 120, 300
_MOST_KEYWORDS, _MOST_EXAMPLES = 60, 20


def faults(tree: Sequence[Category]) -> list[str]:
    """Return one sentence for each fault of the whole tree; none if it is valid."""
    by_code = {each.code: each for each in tree}
    found = [f"{each.code[:_LONGEST_CODE]}: {wrong}" for each in tree for wrong in _faults_of(each, by_code)]
    unwatched = sorted(set(BOARDS) - {each.board for each in tree if each.open})
    found += [f"board {board} would have no open category" for board in unwatched]
    return found


def _faults_of(each: Category, by_code: dict[str, Category]) -> list[str]:
    wrong = []
    if not _CODE.fullmatch(each.code) or len(each.code) > _LONGEST_CODE:
        wrong.append("code: small letters without marks, digits and hyphens are expected")
    if each.board not in BOARDS:
        wrong.append(f"board: one of {', '.join(BOARDS)} is expected")
    if not each.name.strip() or len(each.name) > _LONGEST_NAME or has_control_characters(each.name):
        wrong.append(f"name: 1 to {_LONGEST_NAME} characters in one line are expected")
    above = by_code.get(each.parent) if each.parent else None
    if each.parent and above is None:
        wrong.append(f"parent: there is no category {each.parent[:_LONGEST_CODE]!r}")
    elif above is not None and above.parent:
        wrong.append(f"parent: {above.code} is itself below {above.parent}; the tree has two levels")
    elif above is not None and above.board != each.board:
        wrong.append(f"board: {above.code}, to which it belongs, is watched by {above.board}")
    elif above is not None and each.open and not above.open:
        wrong.append(f"parent: {above.code} is closed")
    days = {"acknowledge": each.acknowledge_days, "route": each.route_days, "answer": each.answer_days}
    wrong += [
        f"{name}_days: 1 to {MOST_DAYS} are expected"
        for name, n in days.items()
        if n is not None and not 1 <= n <= MOST_DAYS
    ]
    later = {"warn": each.warn_days, "board": each.board_days, "centre": each.centre_days}
    wrong += [
        f"{name}_days: 0 to {MOST_DAYS} are expected"
        for name, n in later.items()
        if n is not None and not 0 <= n <= MOST_DAYS
    ]
    if len(each.keywords) > _MOST_KEYWORDS:
        wrong.append(f"keywords: {_MOST_KEYWORDS} at most")
    if len(each.examples) > _MOST_EXAMPLES or any(len(text) > _LONGEST_EXAMPLE for text in each.examples):
        wrong.append(f"examples: {_MOST_EXAMPLES} at most, of {_LONGEST_EXAMPLE} characters")
    return wrong
