"""Follow every link that somebody sees, without drawing: what opens, what is refused, and what the pages say."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

from playground.browser import Visitor

_MOST_PAGES = 400


class Walked(NamedTuple):
    """One page that was opened: `came_from` is where its link stood."""

    path: str
    status: int
    kind: str
    text: str
    came_from: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.found.append(str(found["href"]))


def shape_of(path: str) -> str:
    """Return a path with its numbers and ids as `…`: a thousand complaints are one page."""
    return re.sub(r"(?<=[/=])(?=[^/&]*\d)[^/?&]+", "…", path)


def walk(
    visitor: Visitor, starts: Iterable[str], *, follow: Callable[[str], bool] = lambda _path: True, of_a_shape: int = 3
) -> list[Walked]:
    """Open everything that is linked from `starts`, directly or not; GET only, so nothing is changed.

    :param follow: which paths to open; those of the API's documents need not be, for instance.
    :param of_a_shape: how many pages that differ by their number only.
    """
    waiting = deque((start, "") for start in starts)
    met = {start for start, _ in waiting}
    shapes: dict[str, int] = {}
    walked: list[Walked] = []
    while waiting and len(walked) < _MOST_PAGES:
        path, came_from = waiting.popleft()
        shape = shape_of(path)
        shapes[shape] = shapes.get(shape, 0) + 1
        if shapes[shape] > of_a_shape:
            continue
        answer = visitor.context.request.get(visitor.base + path, headers={"Accept": "text/html,*/*;q=0.1"})
        kind = answer.headers.get("content-type", "").partition(";")[0]
        text = answer.text() if kind == "text/html" else ""
        walked.append(Walked(path, answer.status, kind, text, came_from))
        links = _Links()
        links.feed(text)
        for link in links.found:
            url = urldefrag(urljoin(answer.url, link)).url
            if url.startswith(visitor.base + "/") and (there := url.removeprefix(visitor.base)) not in met and follow(there):
                met.add(there)
                waiting.append((there, path))
    return walked
