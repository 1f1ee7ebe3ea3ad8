"""Makes frozen settings out of annotations. See settings.py, the public face."""

from __future__ import annotations

import inspect
import os
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform, overload

from services.chassis.errors import SettingsError
from services.chassis.settings.kinds import kind_of
from services.chassis.settings.values import Url
from services.chassis.settings.variables import Rule, Variable, typos

T = TypeVar("T")


class Row(NamedTuple):
    """One line of a table of settings; `default` is "required" when there is none, and shows no secret."""

    name: str
    type: str
    default: str
    meaning: str


@overload
def setting(
    *,
    default: T,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[Any, ...] = (),
    pattern: str | None = None,
    expects: str | None = None,
    schemes: tuple[str, ...] = (),
) -> T: ...
@overload
def setting(
    *,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[Any, ...] = (),
    pattern: str | None = None,
    expects: str | None = None,
    schemes: tuple[str, ...] = (),
) -> Any: ...
def setting(*, default: Any = MISSING, help: str, **rule: Any) -> Any:  # noqa: A002  as argparse and typer call it
    """Declare one setting; without a default it must be set.

    Bounds, choices and pattern hold for each item of a list. `{service}` in a default text or URL becomes the service's
    name. `expects` gives the words of a fault that say what was wanted ("host:port").
    """
    return field(default=default, metadata={"rule": Rule(help, **rule)})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting,))
class Declared:
    """Turns each subclass into a frozen, keyword-only dataclass that can be read from the environment."""

    service: ClassVar[str] = ""
    _ignores: ClassVar[frozenset[str]] = frozenset()
    _variables: ClassVar[dict[str, Variable]] = {}

    def __init_subclass__(
        cls, *, service: str | None = None, http_address: str | None = None, ignores: tuple[str, ...] = ()
    ) -> None:
        """`http_address`: this service's default. `ignores`: variables that begin with its name but are somebody else's."""
        super().__init_subclass__()
        cls.service = cls.service if service is None else service
        cls._ignores |= frozenset(ignores)
        for name, inherited in cls._variables.items():
            default = http_address if name == "http_address" and http_address else inherited.default
            default = _with_service(default, cls.service)
            own = inspect.get_annotations(cls)
            if name not in own and default is not inherited.default:
                # The dataclass takes inherited defaults from its base: to change one means to declare it anew here.
                cls.__annotations__ = {**own, name: Any}
                setattr(cls, name, field(default=default, metadata={"rule": inherited.rule, "kind": inherited.kind}))
        dataclass(frozen=True, kw_only=True)(cls)
        types = typing.get_type_hints(cls)
        cls._variables = {
            name: Variable(name.upper(), each.metadata.get("kind") or kind_of(types[name]), _rule(cls, each), each.default)
            for name, each in cls.__dict__["__dataclass_fields__"].items()
            if typing.get_origin(types[name]) is not ClassVar
        }

    def __post_init__(self) -> None:
        faults = [variable.fault(getattr(self, name)) for name, variable in self._variables.items()]
        found = [fault for fault in faults if fault] or list(self.check())
        if found:
            raise SettingsError(found)

    def check(self) -> Iterator[str]:
        """Faults that no bound can express; a subclass extends it (`yield from super().check()`).

        Runs when each value is right by itself. A fault names the variable, says what was expected and what to do.
        """
        yield from ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises SettingsError with every fault found, none of which shows a secret."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        faults: list[str] = []
        for name, variable in cls._variables.items():
            try:
                values[name] = variable.read(cls._prefix(), environ)
            except ValueError as error:
                faults.append(str(error))
        faults += typos(cls._prefix(), cls._variables.values(), cls._ignores, environ)
        if faults:
            raise SettingsError(faults)
        return cls(**values)

    @classmethod
    def describe(cls) -> list[Row]:
        """The rows of `vss settings <service>` and of the table in the service's README."""
        return [Row(each.name, each.expected(), each.default_text(), each.rule.help) for each in cls._variables.values()]

    @classmethod
    def _prefix(cls) -> str:
        return re.sub(r"\W", "_", cls.service).upper() + "_" if cls.service else ""


def _rule(cls: type, declared: Any) -> Rule:
    if "rule" not in declared.metadata:
        raise TypeError(f"{cls.__name__}.{declared.name}: declare it with setting(…)")
    rule: Rule = declared.metadata["rule"]
    return rule


def _with_service(default: Any, service: str) -> Any:
    if service and isinstance(default, str) and "{service}" in default:
        return default.replace("{service}", service)
    if service and isinstance(default, Url) and "{service}" in default.reveal():
        return Url(default.reveal().replace("{service}", service))
    return default
