"""Check the structure of the source tree: `make house` prints the sizes, and exits with 1 if a check fails.

The checks (`House.faults`): one shape for every service, no import cycles, no use of another module's private names, small
files. docs/architecture.md says why, and where a new rule, fact, page, job or setting goes.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TOP: Final = {
    "__init__.py",
    "service.py",
    "settings.py",
    "schema.py",
    "events.py",
    "readers.py",
    "handlers.py",
    "cli.py",
    "retention.py",
    "subjects.py",
    "pages.py",
    "background.py",
}
#: a test asks for the last two of each service (tests/architecture/test_retention.py)
NEEDED: Final = TOP - {"cli.py", "retention.py", "subjects.py", "pages.py", "background.py"}
#: folders of a service that are not subjects
NO_SUBJECTS: Final = {"migrations", "data", "__pycache__"}
#: the name that service.py, or the service's handlers.py, imports from each of these files of a subject
WIRED: Final = {
    "api.py": "blueprints",
    "jobs.py": "kinds",
    "sweeps.py": "sweeps",
    "probes.py": "probes",
    "handlers.py": "HANDLERS",
}
LONGEST_FILE, LONGEST_SERVICE_FILE, LONGEST_MEDIAN = 250, 64, 110
#: a longer file must say why in its first lines ("Longer than 250 lines: …")
EXCUSE, EXCUSED_WITHIN = "250 lines", 12


@dataclass(frozen=True)
class Module:
    """One file below services/."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def service(self) -> str:
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def file(self) -> str:
        return self.path.name


class House:
    """All modules below ``services/`` of a checkout."""

    def __init__(self, root: Path = ROOT) -> None:
        self.folder = root / "services"
        files = [path for path in sorted(self.folder.rglob("*.py")) if "versions" not in path.parts]
        self.modules: Mapping[str, Module] = {name: Module(path, name) for path in files for name in [_name(path, root)]}

    @property
    def services(self) -> list[str]:
        """Return the names of the folders with a module `service`."""
        return [path.parent.name for path in sorted(self.folder.glob("*/service.py"))]

    def faults(self) -> Iterator[str]:
        """Yield one sentence for each violation."""
        for service in self.services:
            yield from self._faults_of_service(service)
        for module in self.modules.values():
            yield from _faults_of_module(module)
            yield from self._private_accesses(module)
        for circle in self.circles():
            yield f"import circle: {' → '.join(circle)}"
        if (median := self.median()) > LONGEST_MEDIAN:
            yield f"the median file has {median:g} lines, more than {LONGEST_MEDIAN}"

    def median(self) -> float:
        """Return the median number of lines per file, without empty files and migrations."""
        return statistics.median(module.lines for module in self.modules.values() if module.lines > 1)

    def _faults_of_service(self, service: str) -> Iterator[str]:
        folder = self.folder / service
        files = {path.name for path in folder.glob("*.py")}
        yield from (f"{service}/{name}: no such file in the shape of a service" for name in sorted(files - TOP))
        yield from (f"{service}/{name} is missing" for name in sorted(NEEDED - files))
        if not (folder / "README.md").exists():
            yield f"{service}/README.md is missing"
        subjects = {path.parent for path in folder.glob("*/*.py") if path.parent.name not in NO_SUBJECTS}
        for subject in sorted(subjects):
            if not (subject / "__init__.py").exists():
                yield f"{service}/{subject.name}/__init__.py is missing"
        handlers = self.modules.get(f"services.{service}.handlers")
        if handlers is not None and not _assigns(handlers.tree.body[-1], "HANDLERS"):
            yield f"{service}/handlers.py does not end with the map HANDLERS"
        main = self.modules.get(f"services.{service}.service")
        if main is not None and main.lines > LONGEST_SERVICE_FILE:
            yield f"{service}/service.py has {main.lines} lines: wiring fits on one screen ({LONGEST_SERVICE_FILE})"
        for module in self.modules.values():
            if module.service == service:
                yield from _misplaced(module)

    def _private_accesses(self, module: Module) -> Iterator[str]:
        ours = {
            alias.asname or alias.name.split(".")[-1]
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
            if _target(node, alias.name) in self.modules
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services."):
                for name in (alias.name for alias in node.names if _is_private(alias.name)):
                    yield f"{module.name} imports {name}, which is private to {node.module}"
            owner = node.value if isinstance(node, ast.Attribute) and _is_private(node.attr) else None
            if isinstance(node, ast.Attribute) and isinstance(owner, ast.Name) and owner.id in ours:
                yield f"{module.name} uses {owner.id}.{node.attr}, which is private there"

    def imports(self, name: str) -> set[str]:
        """Return our modules that a module imports at load time (not inside functions)."""
        found: set[str] = set()
        for node in _at_load(self.modules[name].tree.body):
            for alias in node.names:
                target = _target(node, alias.name)
                for candidate in (target, target.rpartition(".")[0]):
                    if candidate in self.modules and candidate != name:
                        found.add(candidate)
                        break
        return found

    def circles(self) -> list[list[str]]:
        """Return the groups of modules that import each other at load time."""
        graph = {name: self.imports(name) for name in self.modules}
        reach = {name: _reachable(graph, name) for name in graph}
        circles = {frozenset({name} | {o for o in reach[name] if name in reach[o]}) for name in graph if name in reach[name]}
        return sorted(sorted(circle) for circle in circles)


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _target(node: ast.Import | ast.ImportFrom, name: str) -> str:
    return name if isinstance(node, ast.Import) else f"{node.module}.{name}"


def _at_load(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run at load time, which excludes type-only imports."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            yield from _at_load([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _at_load(node.body)


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _assigns(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _defines(tree: ast.Module, name: str) -> bool:
    return any(_assigns(node, name) or (isinstance(node, ast.FunctionDef) and node.name == name) for node in tree.body)


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def _misplaced(module: Module) -> Iterator[str]:
    """Yield what is in the wrong file (facts: facts.py; readers: readers.py; Base: schema.py), casts, and copies of the chassis."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            for base, file in (("Fact", "facts.py"), ("Reader", "readers.py"), ("DeclarativeBase", "schema.py")):
                if base in _bases(node) and module.file != file:
                    yield f"{module.name}.{node.name} is a {base} and belongs in {file}"
            if node.name in ("Refused", "Aggregate"):
                yield f"{module.name}.{node.name} duplicates the chassis"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast":
            yield f"{module.name}:{node.lineno} casts: type what it gets"
        elif isinstance(node, ast.Assert):
            yield f"{module.name}:{node.lineno} asserts: guard, or type what it gets"


def _faults_of_module(module: Module) -> Iterator[str]:
    if module.file.startswith("_") and module.file != "__init__.py":
        yield f"{module.name}: no file of ours begins with an underscore"
    wired = WIRED.get(module.file)
    if wired and module.name.count(".") == 3 and module.service != "chassis" and not _defines(module.tree, wired):
        yield f"{module.name} gives the wiring no `{wired}`"
    excused = EXCUSE in "\n".join(module.text.splitlines()[:EXCUSED_WITHIN])
    if module.lines > LONGEST_FILE and not excused:
        yield f"{module.name} has {module.lines} lines: what is the second subject? (or say in its first lines why)"


def main(root: Path = ROOT) -> int:
    """Print the packages with their sizes, then every violation; return 1 if there is any."""
    house = House(root)
    sizes: dict[str, list[int]] = {}
    for module in house.modules.values():
        if module.service:
            sizes.setdefault(module.service, []).append(module.lines)
    for room, lines in sorted(sizes.items(), key=lambda size: -sum(size[1])):
        print(f"{room:14} {sum(lines):6,} lines in {len(lines):3} files")
    print(f"median file: {house.median():g} lines; import circles: {len(house.circles())}")
    faults = list(house.faults())
    print(*faults, sep="\n") if faults else print("The shape holds.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
