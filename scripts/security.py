"""Generate docs/security.md: each requirement of OWASP ASVS 5.0, levels 1 and 2, and the test or setting that meets it.

    python scripts/security.py            writes docs/security.md
    python scripts/security.py --check    exits with 1 if it is stale, or if a fault is found
    python scripts/security.py --open     lists what is open and what is met in part only, and exits with 1 if anything is open

A fault: a number of level 1 or 2 that is missing or not of the standard, an entry that says nothing or two things, a test, setting or
page that is not there. Entries are in docs/security.toml, the text before the tables in docs/security.head.md.
"""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import derived

ROOT = derived.ROOT
_PAGE = "docs/security.md"
_SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
#: what an entry may say of itself, and how the page calls it
_STATES = {"by": "met", "absent": "not applicable", "pages": "with the pages", "open": "**open**"}
_PARTLY = "*met in part*"
_LEVELS = "12"


class Requirement(NamedTuple):
    """One requirement, as docs/security.toml has it. `state` is a key of `_STATES`, `told` its text."""

    number: str
    level: int
    what: str
    state: str
    told: str
    tests: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    #: what is missing of one that is met in part; empty for all others
    partly: str = ""

    @property
    def named_state(self) -> str:
        return _PARTLY if self.partly else _STATES[self.state]


def numbers(levels: Mapping[str, str]) -> dict[str, int]:
    """Return the level of each requirement of the standard, in its order."""
    return {f"{section}.{place}": int(level) for section, each in levels.items() for place, level in enumerate(each, 1)}


def entries(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entries of the document by number, those of sections that do not apply among them."""
    found: dict[str, dict[str, Any]] = {}
    for chapter, sections in document.items():
        if re.fullmatch(r"V\d+", chapter) and isinstance(sections, dict):
            for section, places in sections.items():
                found |= {f"{chapter}.{section}.{place}": entry for place, entry in places.items()}
    return found


def requirements(document: Mapping[str, Any]) -> tuple[list[Requirement], list[str]]:
    """Return the requirements of levels 1 and 2 in order, and the faults of the document itself."""
    levels, told = numbers(document["levels"]), entries(document)
    sections: Mapping[str, str] = document["absent"]
    wanted = {number: level for number, level in levels.items() if str(level) in _LEVELS}
    made, faults = [], [f"{number} is no requirement of level 1 or 2" for number in told if number not in wanted]
    for number, level in wanted.items():
        section = number.rpartition(".")[0]
        entry = told.get(number)
        if (entry is None) == (section not in sections):
            faults.append(f"{number} is {'missing' if entry is None else 'told twice: its section does not apply'}")
        if entry is None:
            made.append(Requirement(number, level, "", "absent", sections.get(section, "")))
            continue
        states = [state for state in _STATES if entry.get(state)]
        if len(states) != 1 or not entry.get("what"):
            faults.append(f"{number} needs `what` and one of {', '.join(_STATES)}")
            continue
        lists: dict[str, tuple[str, ...]] = {name: tuple(entry.get(name, ())) for name in ("tests", "settings", "docs")}
        if states == ["by"] and not any(lists.values()):
            faults.append(f"{number} names nothing in which it can be seen")
        if (partly := str(entry.get("partly", ""))) and states != ["by"]:
            faults.append(f"{number} is met in part, and does not say by what")
        made.append(Requirement(number, level, str(entry["what"]), states[0], str(entry[states[0]]), **lists, partly=partly))
    return made, faults


def absent_evidence(requirement: Requirement, settings: set[str], root: Path = ROOT) -> Iterator[str]:
    """Yield each test, setting or page that a requirement names and that is not there."""
    for test in requirement.tests:
        file, _, name = test.partition("::")
        path = root / f"tests/{file}.py"
        if not path.exists():
            yield f"{requirement.number}: there is no tests/{file}.py"
        elif name and not re.search(rf"^ *(async )?def test_{name}\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{requirement.number}: tests/{file}.py has no test_{name}"
    yield from (f"{requirement.number}: there is no setting {name}" for name in requirement.settings if name not in settings)
    yield from (f"{requirement.number}: there is no {page}" for page in requirement.docs if not (root / page).exists())


def all_settings() -> set[str]:
    """Return the names of every service's settings."""
    return {name for each in _SERVICES for name in importlib.import_module(f"services.{each}.settings").Settings.variables()}


def page(document: Mapping[str, Any], made: list[Requirement], head: str) -> str:
    """Return the page: the head, the counts, and a table for each chapter."""
    levels = Counter(numbers(document["levels"]).values())
    states = Counter(each.named_state.strip("*") for each in made)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common())
    lines = [
        "<!-- made by scripts/security.py from docs/security.toml and docs/security.head.md -->",
        head.strip(),
        "",
        "## OWASP ASVS 5.0.0, levels 1 and 2",
        "",
        f"The standard has {levels.total()} requirements: {levels[1]} of level 1, {levels[2]} of level 2, {levels[3]} of level 3.",
        f"Of the {levels[1] + levels[2]} of levels 1 and 2: {counted}.",
    ]
    chapters: Mapping[str, str] = document["chapters"]
    for chapter, title in chapters.items():
        lines += [
            "",
            f"### {chapter} {title}",
            "",
            "| No. | L | Requirement | State | How, and where it is seen |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(each) for each in made if each.number.startswith(f"{chapter}.")]
    return "\n".join(lines) + "\n"


def _row(each: Requirement) -> str:
    seen = [f"`{name}`" for name in each.settings] + [f"[{Path(name).name}](../{name})" for name in each.docs]
    seen += [_test(name) for name in each.tests]
    missing = [f"**Missing:** {each.partly}"] if each.partly else []
    cell = " · ".join([each.told, *missing, *seen]).replace("|", "\\|")
    return f"| {each.number} | {each.level} | {each.what or '-'} | {each.named_state} | {cell} |"


def _test(name: str) -> str:
    file, _, test = name.partition("::")
    return f"[{test.replace('_', ' ') or Path(file).name}](../tests/{file}.py)"


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page. Return 0 if all is well."""
    parser = derived.switches(__doc__)
    parser.add_argument(
        "--open", action="store_true", help="list what is open or met in part; end with 1 if anything is open"
    )
    asked = parser.parse_args(arguments)
    document = tomllib.loads((ROOT / "docs/security.toml").read_text(encoding="utf-8"))
    made, faults = requirements(document)
    if asked.open:
        return _list_open(made)
    settings = all_settings()
    faults += [fault for each in made for fault in absent_evidence(each, settings)]
    text = page(document, made, (ROOT / "docs/security.head.md").read_text(encoding="utf-8"))
    return derived.told([*faults, *derived.keep(_PAGE, text, check=asked.check)])


def _list_open(made: list[Requirement]) -> int:
    left = [each for each in made if each.state == "open"]
    partly = [each for each in made if each.partly]
    for each in left:
        print(f"{each.number}: {each.told}")
    for each in partly:
        print(f"{each.number} in part: {each.partly}")
    print(f"{len(left)} open, {len(partly)} met in part")
    return 1 if left else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
