"""Which services there are, and how to get at one by its name.

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

from services.chassis.discovery.shape import faults_in
from services.chassis.errors import StartUpError
from services.chassis.facts import Fact, Reader

_ROOT = "services"
#: what every service runs on is no service
_NOT_SERVICES = {"chassis"}


class Service(Protocol):
    """What the chassis asks of a service's class."""

    name: ClassVar[str]
    publishes: ClassVar[Sequence[type[Fact]]]
    reads: ClassVar[Mapping[type[Reader], Callable[..., Any]]]


def installed(root: str = _ROOT) -> list[str]:
    """The names of the services installed here, sorted: sub-packages of ``root`` that have a module ``service``."""
    package = importlib.import_module(root)
    return sorted(
        found.name
        for found in pkgutil.iter_modules(package.__path__)
        if found.ispkg and found.name not in _NOT_SERVICES and _has_service_module(package, found.name)
    )


def load(ref: str) -> type[Service]:
    """The class of a service, by its name (``registration``) or as ``module:Class``.

    :raises StartUpError: if there is no such service, or its class does not say what it should; names what comes near.
    """
    module_name, separator, class_name = ref.partition(":")
    if separator:
        cls = _named(_import(module_name, ref), class_name)
    elif ref in (names := installed()):
        cls = _only(_import(f"{_ROOT}.{ref}.service", ref))
    else:
        raise StartUpError(f"There is no service {ref!r} here.{_instead(ref, names)} Elsewhere: write module:Class.")
    if faults := list(faults_in(cls)):
        raise StartUpError(f"{cls.__module__}:{cls.__name__} is no service: {'; '.join(faults)}.")
    return cast(type[Service], cls)


def commands(root: str = _ROOT) -> list[Any]:
    """The typer apps of the services that bring commands of their own: ``app`` of ``services.<name>.cli``, named in itself.

    Such a module imports what it works with inside its functions, so that a service whose extra is not installed is only
    missed when its command is called.
    """
    package = importlib.import_module(root)
    return [
        importlib.import_module(f"{root}.{name}.cli").app
        for name in installed(root)
        if any((Path(folder) / name / "cli.py").exists() for folder in package.__path__)
    ]


def load_all(refs: Iterable[str] = ()) -> list[type[Service]]:
    """The classes of ``refs``, or of all installed services if none are given; sorted by name, each once.

    :raises StartUpError: as ``load`` does, and if two classes bear one name.
    """
    found = {load(ref) for ref in list(refs) or installed()}
    by_name: dict[str, type[Service]] = {}
    for cls in sorted(found, key=lambda c: (c.name, c.__module__, c.__qualname__)):
        if (other := by_name.setdefault(cls.name, cls)) is not cls:
            raise StartUpError(
                f"Two services are named {cls.name!r}: {other.__module__}:{other.__qualname__} and "
                f"{cls.__module__}:{cls.__qualname__}."
            )
    return list(by_name.values())


def _has_service_module(package: ModuleType, name: str) -> bool:
    # looked up in the file system: importing every service only to list them would need all their dependencies
    return any(
        (Path(folder) / name / f"service{suffix}").exists() for folder in package.__path__ for suffix in (".py", ".pyc")
    )


def _import(name: str, ref: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        # a console script does not look in the current folder, as `python -m` does; last, so that it hides nothing
        sys.path.append(here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name == missing or name.startswith(f"{missing}."):
            parent, _, last = missing.rpartition(".")
            raise StartUpError(
                f"{ref}: there is no module {missing!r}.{_instead(last, _modules(parent), parent)}"
            ) from error
        raise StartUpError(
            f"{ref}: its module {name!r} needs {missing!r}, which is not installed; install the service's own extra."
        ) from error
    except Exception as error:
        raise StartUpError(f"{ref}: importing {name!r} failed: {type(error).__name__}: {error}") from error


def _modules(parent: str) -> list[str]:
    """The modules of ``parent``, which has been imported on the way to the missing one."""
    return [found.name for found in pkgutil.iter_modules(getattr(sys.modules.get(parent), "__path__", ()))]


def _named(module: ModuleType, name: str) -> Any:
    cls = getattr(module, name, None)
    if not isinstance(cls, type):
        classes = [n for n, value in vars(module).items() if isinstance(value, type)]
        raise StartUpError(f"{module.__name__} has no class {name!r}.{_instead(name, classes)}")
    return cls


def _only(module: ModuleType) -> Any:
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


def _instead(wanted: str, names: Iterable[str], prefix: str = "") -> str:
    """`` Did you mean …?``, or all there is if nothing comes near."""
    names = sorted(names)
    dotted = f"{prefix}." if prefix else ""
    if near := difflib.get_close_matches(wanted, names, n=3):
        return " Did you mean " + " or ".join(f"{dotted}{n}" for n in near) + "?"
    return f" There is: {', '.join(dotted + n for n in names)}." if names else ""
