"""Find the services that are installed, and load one by its name.

A service is a class that says what it publishes and what it reads::

    class Registration:                                  # in services/registration/service.py
        name = "registration"
        publishes = (DeclarationSubmitted, …)
        reads = {IdentityVerified: on_identity_verified, …}

Whoever starts services, draws the topology or writes the catalogue asks here, so a new service is known everywhere once its
folder is there.
"""

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Protocol, cast

import services
from services.chassis.discovery.shape import faults_in
from services.chassis.errors import StartUpError
from services.chassis.facts import Fact, Reader


class Service(Protocol):
    """What the chassis asks of a service's class."""

    name: ClassVar[str]
    publishes: ClassVar[Sequence[type[Fact]]]
    reads: ClassVar[Mapping[type[Reader], Callable[..., Any]]]


def installed() -> list[str]:
    """Return the names of the services installed here, sorted: the folders beside the chassis that have a `service.py`."""
    # looked up in the file system: importing every service only to list them would need all their dependencies
    return sorted({file.parent.name for file in _files("service.py")})


def commands() -> list[Any]:
    """Return the typer apps of the services that bring commands of their own: `app`, or several `apps`, in their `cli.py`.

    Such a module imports what it works with inside its functions, so that a service whose extra is not installed is only
    missed when its command is called.
    """
    with_commands = {file.parent.name for file in _files("cli.py")}
    modules = [importlib.import_module(f"services.{name}.cli") for name in installed() if name in with_commands]
    return [app for module in modules for app in (module.apps if hasattr(module, "apps") else (module.app,))]


def load(ref: str) -> type[Service]:
    """Return the class of a service, given by its name (`registration`) or as `module:Class`.

    :raises StartUpError: if there is no such service, or its class does not say what it should; names what comes near.
    """
    module_name, separator, class_name = ref.partition(":")
    if separator:
        cls = _class_named(class_name, _import(module_name, ref))
    elif ref in (names := installed()):
        cls = _only_service_in(_import(f"services.{ref}.service", ref))
    else:
        raise StartUpError(f"There is no service {ref!r} here.{_suggest(ref, names)} Elsewhere: write module:Class.")
    if faults := list(faults_in(cls)):
        raise StartUpError(f"{cls.__module__}:{cls.__name__} is no service: {'; '.join(faults)}.")
    return cast(type[Service], cls)


def load_all(refs: Iterable[str] = ()) -> list[type[Service]]:
    """Return the classes of `refs`, or of all installed services if none are given; sorted by name, each once.

    :raises StartUpError: as `load` does, if two classes bear one name, and if there is none at all.
    """
    found: dict[str, type[Service]] = {}
    if not (wanted := list(refs) or installed()):
        raise StartUpError("No service is installed here. Name one: --service module:Class")
    for cls in map(load, wanted):
        if (other := found.setdefault(cls.name, cls)) is not cls:
            both = " and ".join(f"{each.__module__}:{each.__qualname__}" for each in (other, cls))
            raise StartUpError(f"Two services are named {cls.name!r}: {both}.")
    return [found[name] for name in sorted(found)]


def _files(name: str) -> list[Path]:
    folders = [Path(folder) for folder in services.__path__]
    return [file for folder in folders for file in folder.glob(f"*/{name}*") if file.name in (name, f"{name}c")]


def _import(name: str, ref: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            raise StartUpError(
                f"{ref}: its module {name!r} needs {missing!r}, which is not installed; install the service's own extra."
            ) from error
        parent, _, last = missing.rpartition(".")
        # the parent has been imported on the way
        near = pkgutil.iter_modules(getattr(sys.modules.get(parent), "__path__", ()))
        suggestion = _suggest(last, [found.name for found in near], prefix=f"{parent}." if parent else "")
        raise StartUpError(f"{ref}: there is no module {missing!r}.{suggestion}") from error
    except Exception as error:
        raise StartUpError(f"{ref}: importing {name!r} failed: {type(error).__name__}: {error}") from error


def _class_named(name: str, module: ModuleType) -> Any:
    classes = {each: value for each, value in vars(module).items() if isinstance(value, type)}
    if name not in classes:
        raise StartUpError(f"{module.__name__} has no class {name!r}.{_suggest(name, classes)}")
    return classes[name]


def _only_service_in(module: ModuleType) -> Any:
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "publishes")
    ]
    if len(own) == 1:
        return own[0]
    many = ": " + ", ".join(cls.__name__ for cls in own) if own else ""
    raise StartUpError(
        f"{module.__name__} has {len(own)} classes with an attribute `publishes`{many}; one is expected. "
        "Write module:Class to name another."
    )


def _suggest(wanted: str, names: Iterable[str], prefix: str = "") -> str:
    """` Did you mean …?`, or all there is if nothing comes near."""
    names = sorted(names)
    if near := difflib.get_close_matches(wanted, names, n=3):
        return " Did you mean " + " or ".join(prefix + name for name in near) + "?"
    return f" There is: {', '.join(prefix + name for name in names)}." if names else ""
