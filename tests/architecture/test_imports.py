"""Who may import whom, for every service there is or will be (import-linter checks the order of the chassis' rooms)."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

_SERVICES = Path(__file__).resolve().parents[2] / "services"
_GREEN = {"nameko", "kombu", "amqp", "eventlet"}
_GREEN_ROOMS = ("chassis/bus/", "chassis/green/", "chassis/web/")


def _imports() -> Iterator[tuple[str, str]]:
    """Pairs (file below services/, module that it imports)."""
    for file in sorted(_SERVICES.rglob("*.py")):
        path = file.relative_to(_SERVICES).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield path, node.module
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)


def test_a_service_imports_the_chassis_and_itself_and_no_other_service() -> None:
    strangers = [
        f"{path} imports {module}"
        for path, module in _imports()
        if module.startswith("services.") and module.split(".")[1] not in ("chassis", path.split("/")[0])
    ]
    assert not strangers, "\n".join(strangers)


def test_green_threads_and_broker_libraries_stay_in_the_bus_the_web_server_and_the_service_classes() -> None:
    strangers = [
        f"{path} imports {module}"
        for path, module in _imports()
        if module.split(".")[0] in _GREEN and not path.startswith(_GREEN_ROOMS) and not path.endswith("/service.py")
    ]
    assert not strangers, "\n".join(strangers)


def test_nothing_that_is_deployed_needs_what_tests_are_made_of() -> None:
    """Images leave `services/chassis/testing` out."""
    needing = [
        f"{path} imports {module}"
        for path, module in _imports()
        if f"{module}.".startswith("services.chassis.testing.") and not path.startswith("chassis/testing/")
    ]
    assert not needing, "\n".join(needing)


def test_a_service_starts_no_program_but_its_own_python() -> None:
    starting = {"subprocess", "pty", "os.system", "os.popen", "os.posix_spawn", "os.execv"}
    files = {path for path, module in _imports() if module in starting and not path.startswith("chassis/testing/")}
    assert files == {"chassis/database/migrate.py", "chassis/green/confined.py", "chassis/green/subprocesses.py"}
    for path in files:
        text = (_SERVICES / path).read_text(encoding="utf-8")
        assert text.count("subprocess.run(") + text.count("subprocess.Popen(") == text.count("[sys.executable, ") == 1, path
        assert "shell=" not in text, path


def test_no_api_no_rule_and_no_handler_knows_pages() -> None:
    strangers = [
        f"{path} imports {module}"
        for path, module in _imports()
        if module.startswith("services.")
        and not path.startswith("chassis/")
        and path.rpartition("/")[2].endswith(("api.py", "rules.py", "schemas.py", "handlers.py", "jobs.py", "sweeps.py"))
        and (module.startswith("services.chassis.web.pages") or module.split(".")[-1].endswith("pages"))
    ]
    assert not strangers, "\n".join(strangers)


def test_only_a_services_process_patches_the_standard_library() -> None:
    patching = [
        file.relative_to(_SERVICES).as_posix()
        for file in sorted(_SERVICES.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "monkey_patch"
    ]
    assert patching == ["chassis/bus/process.py"]


def test_no_modules_of_the_chassis_import_each_other_in_a_circle() -> None:
    files = {_module_of(file): file for file in (_SERVICES / "chassis").rglob("*.py")}
    left = {module: set(_targets(file, files.keys())) for module, file in files.items()}
    while free := {module for module, targets in left.items() if not targets & left.keys()}:
        left = {module: targets for module, targets in left.items() if module not in free}
    while top := left.keys() - set().union(*left.values()):  # those that only import a circle
        left = {module: targets for module, targets in left.items() if module not in top}
    assert not left, "in a circle: " + ", ".join(sorted(left))


def _module_of(file: Path) -> str:
    path = file.relative_to(_SERVICES.parent).with_suffix("").as_posix()
    return path.removesuffix("/__init__").replace("/", ".")


def _targets(file: Path, modules: Collection[str]) -> Iterator[str]:
    """The modules that ``file`` imports, also inside functions. A package counts where a name of its own is taken from it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in modules else str(node.module) for name in inner)
