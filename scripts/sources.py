"""Generate docs/sources.md: the sentences of the sources that ask something of this system, their rules, and the tests that prove them.

    python scripts/sources.py            writes docs/sources.md
    python scripts/sources.py --check    exits with 1 if it is stale, or a sentence is not held as docs/sources.toml says

The sentences are in docs/sources.toml, the rules in docs/rules.toml (scripts/rules.py). A sentence names the tests that would
fail without it; what is not built says so (`absent`, `partly`), and no rule that is not built hides behind one that is.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import rules
from derived import ROOT, keep, switches, told

_PAGE = "docs/sources.md"


class Sentence(NamedTuple):
    """One sentence of a source. `absent`, `partly`: why nothing, or not all of it, is built; empty where it holds."""

    number: int
    source: str
    place: str
    quote: str
    rules: tuple[str, ...]
    tests: tuple[str, ...]
    absent: str
    partly: str


def documents(root: Path = ROOT) -> dict[str, str]:
    """Return the documents' names, as people cite them, by their keys."""
    named: dict[str, str] = tomllib.loads((root / "docs/rules.toml").read_text(encoding="utf-8"))["sources"]
    return {key: name for key, name in named.items() if key != "ours"}


def sentences(root: Path = ROOT) -> list[Sentence]:
    """Return the sentences in order.

    :raises KeyError: if an entry lacks its place, quote or rules.
    """
    entries = tomllib.loads((root / "docs/sources.toml").read_text(encoding="utf-8"))["sentence"]
    return [
        Sentence(
            number,
            *(each[name] for name in ("source", "place", "quote")),
            *(tuple(each.get(name, ())) for name in ("rules", "tests")),
            *(each.get(name, "") for name in ("absent", "partly")),
        )
        for number, each in enumerate(entries, start=1)
    ]


def faults(said: list[Sentence], named: dict[str, str], known: list[rules.Rule], marked: list[rules.Test]) -> list[str]:
    """Return a line for each sentence that is not held as it claims, and each rule of a source that no sentence leads to."""
    by_id = {rule.id: rule for rule in known}
    found = [f"{_place(each)}: {fault}" for each in said for fault in _faults(each, named, by_id, marked)]
    reached = {id_ for each in said for id_ in each.rules}
    return found + [
        f"{rule.id} names {rule.source} as its source, but no sentence of docs/sources.toml leads to it."
        for rule in known
        if rule.id not in reached and any(_cites(rule.source, key) for key in named)
    ]


def _faults(each: Sentence, named: dict[str, str], by_id: dict[str, rules.Rule], marked: list[rules.Test]) -> list[str]:
    unknown = [id_ for id_ in each.rules if id_ not in by_id]
    not_built = [id_ for id_ in each.rules if id_ in by_id and by_id[id_].not_built]
    found = [f"docs/rules.toml has no {id_}." for id_ in unknown]
    if each.source not in named:
        found.append(f"{each.source} is none of the documents in docs/rules.toml.")
    if not each.rules:
        found.append("it names no rule.")
    if each.absent:
        return found + (["it is absent, but has tests."] if each.tests else [])
    if not each.tests:
        found.append("no test is named; say which fails without it, or why it is absent.")
    if not_built and not each.partly:
        found.append(f"{', '.join(not_built)} is not built; say what is missing (partly).")
    for name in each.tests:
        held = {id_ for test in marked if test.name == f"test_{name}" for id_ in test.rules}
        if not held:
            found.append(f"no test with a mark is named {name}.")
        elif not held & set(each.rules):
            found.append(f"{name} is a test of {', '.join(sorted(held))}.")
    return found


def page(said: list[Sentence], named: dict[str, str], known: list[rules.Rule], marked: list[rules.Test]) -> str:
    """Return the text of docs/sources.md."""
    count = Counter(_state(each) for each in said)
    lines = [
        "# Văn bản, quy định, kiểm thử · Sentences of the sources, their rules and tests",
        "",
        "<!-- made by scripts/sources.py from docs/sources.toml, docs/rules.toml and the tests; do not edit -->",
        "",
        "Những câu của văn bản gốc đòi hỏi điều gì ở hệ thống này, quy định rút ra từ đó, và các kiểm thử sẽ báo lỗi nếu câu đó không",
        "được giữ. · The sentences of the source documents that ask something of this system, the [rules](rules.md) that they became,",
        "and the tests that would fail without them.",
        "",
        f"{len(said)} câu · sentences: {count['holds']} hold, {count['partly']} partly, {count['absent']} absent (not built yet).",
    ]
    built = {rule.id for rule in known if not rule.not_built}
    for key, name in named.items():
        lines += ["", f"## {name}", "", "| | Câu · Sentence | Quy định · Rules | Kiểm thử · Tests |", "|---|---|---|---|"]
        lines += [_row(each, built, marked) for each in said if each.source == key]
    return "\n".join(lines) + "\n"


def _row(each: Sentence, built: set[str], marked: list[rules.Test]) -> str:
    linked = ", ".join(f"[{id_}](rules.md#{id_.lower()})" if id_ in built else id_ for id_ in each.rules)
    if each.absent:
        held = f"**chưa có · absent.** {each.absent}"
    else:
        partly = [f"**một phần · partly.** {each.partly}"] if each.partly else []
        number = sum(1 for test in marked if set(test.rules) & set(each.rules))
        paths = {test.name: test.path for test in marked}
        lines = [
            f"{rules.sentence(name)} · {rules.link(paths[f'test_{name}'])}" for name in each.tests if f"test_{name}" in paths
        ]
        held = "<br>".join([*partly, *lines, f"*{number} tests of {', '.join(each.rules)}*"])
    return f"| {each.number} | “{each.quote}”<br>*{each.place}* | {linked} | {held} |"


def _state(each: Sentence) -> str:
    return "absent" if each.absent else "partly" if each.partly else "holds"


def _cites(source: str, key: str) -> bool:
    return re.search(rf"(?<![\w/]){key}(?![\w/])", source) is not None


def _place(each: Sentence) -> str:
    return f"{each.source}, {each.place} (“{each.quote}”)"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Return 0 if all is well, otherwise 1; faults go to stderr."""
    check = switches(__doc__).parse_args(arguments).check
    everything = (sentences(root), documents(root), rules.rules(root), rules.marked_tests(root))
    if not check:
        print(f"{_PAGE}: {len(everything[0])} sentences.")
    return told([*faults(*everything), *keep(_PAGE, page(*everything), check=check, root=root)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
