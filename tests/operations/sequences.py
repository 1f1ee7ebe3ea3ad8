"""Find a smallest set of orders that together contain every ordered selection: `python -m tests.operations.sequences`.

Five services can be deployed in 120 orders. What goes wrong between three of them shows in any order in which those three
come in the wrong sequence, so a few orders that contain all 60 ordered triples try everything that trying all 120 would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations

from playground.system import SERVICES

Order = tuple[str, ...]


def contained(order: Sequence[str], length: int) -> set[Order]:
    """Return the ordered selections of `length` that appear in `order`, not necessarily side by side."""
    return set(combinations(order, length))


def uncovered(orders: Iterable[Sequence[str]], items: Sequence[str], length: int) -> set[Order]:
    """Return the ordered selections of `length` items that appear in none of `orders`: enumerated, so an empty set is a proof."""
    seen: set[Order] = set()
    return set(permutations(items, length)) - seen.union(*(contained(order, length) for order in orders))


def smallest_cover(items: Sequence[str], length: int = 3) -> list[Order]:
    """Return a smallest set of orders of `items` that contains every ordered selection of `length`.

    A search tries every set of a size before it goes on to the next, so no smaller one exists. The first order is the
    given one: any set becomes one with that order when the items are renamed.
    """
    orders = list(permutations(items))
    bits = {selection: 1 << place for place, selection in enumerate(permutations(items, length))}
    masks = {order: sum(bits[selection] for selection in contained(order, length)) for order in orders}
    every, most = (1 << len(bits)) - 1, max(mask.bit_count() for mask in masks.values())
    containing = {bit: [order for order in orders if masks[order] & bit] for bit in bits.values()}

    def search(chosen: list[Order], missing: int, left: int) -> list[Order] | None:
        if not missing:
            return chosen
        if missing.bit_count() > left * most:
            return None
        # the selections are alike: whichever is missing first must be in some order of the set
        for order in sorted(containing[missing & -missing], key=lambda order: -(masks[order] & missing).bit_count()):
            if found := search([*chosen, order], missing & ~masks[order], left - 1):
                return found
        return None

    first = orders[0]
    size = -(-len(bits) // most)
    while not (found := search([first], every & ~masks[first], size - 1)):
        size += 1
    return found


if __name__ == "__main__":
    cover = smallest_cover(SERVICES)
    for order in cover:
        print(" ".join(order))
    assert not uncovered(cover, SERVICES, 3)
    print(f"{len(cover)} orders contain all {len(list(permutations(SERVICES, 3)))} ordered triples; no smaller set does")
