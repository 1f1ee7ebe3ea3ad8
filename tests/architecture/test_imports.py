"""Who may import whom, for every service there is or will be (import-linter checks the chassis' inside)."""

import ast
from collections.abc import Iterator
from pathlib import Path

_SERVICES = Path(__file__).resolve().parents[2] / "services"
_GREEN = {"nameko", "kombu", "amqp", "eventlet"}
_GREEN_ROOMS = ("chassis/bus/", "chassis/web/")


def _imports() -> Iterator[tuple[str, str]]:
    """Pairs (file below services/, module that it imports)."""
    for file in sorted(_SERVICES.rglob("*.py")):
        path = file.relative_to(_SERVICES).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield path, node.module


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


def test_only_a_services_process_patches_the_standard_library() -> None:
    patching = [
        file.relative_to(_SERVICES).as_posix()
        for file in sorted(_SERVICES.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "monkey_patch"
    ]
    assert patching == ["chassis/bus/process.py"]
