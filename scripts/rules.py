"""Generate docs/rules.md: each rule of the domain, its source, and the tests that prove it.

    python scripts/rules.py            writes docs/rules.md
    python scripts/rules.py --check    exits with 1 if it is stale, a built rule has no test, or a test names an unknown rule

The rules are in docs/rules.toml; a test names the rules it proves by `@pytest.mark.rule("V4")` (or `rule("V3", "V4")`), on itself,
its class, one of its parameters, or in the module's `pytestmark`. Tests are parsed, not imported, so this takes only a second.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from derived import ROOT, keep, switches, told

_PAGE = "docs/rules.md"


class Rule(NamedTuple):
    """One rule; `not_built` is empty for rules that this release implements."""

    id: str
    vi: str
    en: str
    source: str
    group: str
    not_built: str


class Test(NamedTuple):
    """One test and the rules that it names."""

    path: str
    name: str
    rules: tuple[str, ...]


class Unreadable(Exception):  # noqa: N818  # a fault of a test file, told with its place
    """A mark whose ids cannot be determined without running the file."""


def rules(root: Path = ROOT) -> list[Rule]:
    """Return the rules in order.

    :raises KeyError: if an entry lacks a sentence or its source.
    """
    document = tomllib.loads((root / "docs/rules.toml").read_text(encoding="utf-8"))
    return [
        Rule(each["id"], each["vi"], each["en"], each["source"], group["title"], each.get("not_built", ""))
        for group in document["group"]
        for each in group["rule"]
    ]


def marked_tests(root: Path = ROOT) -> list[Test]:
    """Return every test below tests/ that names a rule, by file and in file order."""
    found: list[Test] = []
    for file in sorted((root / "tests").rglob("test_*.py")):
        path = file.relative_to(root).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"), path)
        module = _marked(tree.body, path) if "pytestmark" in file.read_text(encoding="utf-8") else ()
        found += _in(tree.body, path, module)
    return found


def _in(body: list[ast.stmt], path: str, inherited: tuple[str, ...]) -> Iterator[Test]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _in(node.body, path, _both(inherited, _ids(node.decorator_list, path)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            named = _both(inherited, _ids(node.decorator_list, path))
            if named:
                yield Test(path, node.name, named)


def _marked(body: list[ast.stmt], path: str) -> tuple[str, ...]:
    """Return the rules in the module's `pytestmark`."""
    marks = [
        node.value
        for node in body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
    ]
    return _ids(marks, path)


def _ids(expressions: list[ast.expr], path: str) -> tuple[str, ...]:
    """Return the ids in each `….mark.rule(…)` within these expressions."""
    found: list[str] = []
    for node in (inner for expression in expressions for inner in ast.walk(expression)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.rule"):
            for argument in node.args:
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise Unreadable(f'{path}:{node.lineno}: write the ids of rules as they are: rule("V3", "V4")')
                found.append(argument.value)
    return tuple(dict.fromkeys(found))


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def faults(known: list[Rule], marked: list[Test]) -> list[str]:
    """Return a sentence for each rule without a test, and each test of an unknown rule."""
    ids = [rule.id for rule in known]
    held = {id_ for test in marked for id_ in test.rules}
    return [
        *(f"docs/rules.toml has {id_} twice." for id_ in dict.fromkeys(ids) if ids.count(id_) > 1),
        *(f"No test holds {rule.id}: {rule.en}" for rule in known if not rule.not_built and rule.id not in held),
        *(
            f"{test.path}: {test.name} names {id_}, which docs/rules.toml does not have."
            for test in marked
            for id_ in test.rules
            if id_ not in ids
        ),
    ]


def page(known: list[Rule], marked: list[Test]) -> str:
    """Return the text of docs/rules.md."""
    lines = [
        "# Quy định và kiểm thử · Rules and their tests",
        "",
        "<!-- made by scripts/rules.py from docs/rules.toml and the tests; do not edit -->",
        "",
        "Mỗi quy định của nghiệp vụ, nguồn của nó, và các kiểm thử bảo đảm nó. · Each rule of the domain, its source, and",
        "the tests that prove it; the tests' own wording is below the tables.",
    ]
    for group in dict.fromkeys(rule.group for rule in known):
        lines += ["", f"## {group}", "", "| | Quy định · Rule | Nguồn · Source | Kiểm thử · Tests |", "|---|---|---|---|"]
        lines += [_row(rule, _of(rule, marked)) for rule in known if rule.group == group]
    lines += ["", "## Kiểm thử theo quy định · Tests by rule"]
    for rule in known:
        if held_by := _of(rule, marked):
            lines += ["", f"### {rule.id}", "", *(f"- {sentence(test.name)} · {link(test.path)}" for test in held_by)]
    return "\n".join(lines) + "\n"


def _of(rule: Rule, marked: list[Test]) -> list[Test]:
    return [test for test in marked if rule.id in test.rules]


def _row(rule: Rule, held_by: list[Test]) -> str:
    if rule.not_built:
        held = f"**chưa xây dựng · not built yet.** {rule.not_built}"
    else:
        paths = [test.path for test in held_by]
        held = "<br>".join(f"{paths.count(path)}x {link(path)}" for path in dict.fromkeys(paths)) or "**none**"
    name = rule.id if rule.not_built or not held_by else f"[{rule.id}](#{rule.id.lower()})"
    return f"| {name} | {rule.vi}<br>*{rule.en}* | {rule.source} | {held} |"


def link(path: str) -> str:
    """Return a link from docs/ to a file of tests."""
    return f"[{path.removeprefix('tests/')}](../{path})"


def sentence(name: str) -> str:
    """Return the name of a test as words."""
    return name.removeprefix("test_").replace("_", " ")


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Return 0 if all is well, otherwise 1; faults go to stderr."""
    check = switches(__doc__).parse_args(arguments).check
    try:
        known, marked = rules(root), marked_tests(root)
    except (Unreadable, SyntaxError) as error:
        return told([str(error)])
    if not check:
        print(f"{_PAGE}: {len(known)} rules, {len(marked)} tests that hold them.")
    return told([*faults(known, marked), *keep(_PAGE, page(known, marked), check=check, root=root)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
