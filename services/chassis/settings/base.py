"""Frozen settings made from annotations: a subclass becomes a dataclass that can be read from the environment."""

import inspect
import os
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform

from services.chassis.errors import SettingsError
from services.chassis.settings import production
from services.chassis.settings.environment import doubtful, misspelled, read
from services.chassis.settings.values import Url
from services.chassis.settings.variable import Variable, kind_of, shown

T = TypeVar("T")
_REQUIRED: Any = MISSING


class Row(NamedTuple):
    """One line of `vss settings`, without secrets. `source` is the variable that is set, "" if none is."""

    name: str
    type: str
    default: str
    meaning: str
    value: str
    source: str


def setting(*, help: str, default: T = _REQUIRED, **rules: Any) -> T:  # noqa: A002  # as argparse and typer call it
    """Declare one setting; without a default it must be set. For the `rules` see `Variable`.

    They hold for each item of a list. `{service}` in the default of a URL becomes the service's name. `expects` gives the
    words of a fault that say what was wanted ("host:port").
    """
    declared: Any = field(default=default, metadata={"help": help, **rules})
    return declared  # type: ignore[no-any-return]  # a type checker is to see the value that it becomes


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting,))
@dataclass(frozen=True, kw_only=True)
class BaseSettings:
    """Turns each subclass into a frozen, keyword-only dataclass."""

    service: ClassVar[str] = ""
    _prefix: ClassVar[str] = ""
    _ignores: ClassVar[frozenset[str]] = frozenset()
    _variables: ClassVar[dict[str, Variable]] = {}

    def __init_subclass__(cls, *, service: str = "", ignores: tuple[str, ...] = (), **defaults: Any) -> None:
        """Declare the settings of a service.

        :param ignores: variables that begin with the service's name but are somebody else's.
        :param defaults: this service's defaults of inherited settings (`http_address="127.0.0.1:8101"`).
        """
        super().__init_subclass__()
        cls.service = service or cls.service
        cls._prefix = re.sub(r"\W", "_", cls.service).upper() + "_" if cls.service else ""
        cls._ignores |= frozenset(ignores)
        types, own = typing.get_type_hints(cls), inspect.get_annotations(cls)
        for inherited in fields(cls):
            default = defaults.get(inherited.name, _named(inherited.default, service))
            if inherited.name not in own and default is not inherited.default:
                # a dataclass takes inherited defaults from its base: to change one means to declare it anew here
                cls.__annotations__[inherited.name] = types[inherited.name]
                setattr(cls, inherited.name, field(default=default, metadata=inherited.metadata))
        dataclass(frozen=True, kw_only=True)(cls)
        cls._variables = {each.name: _variable(cls, each, types[each.name]) for each in fields(cls)}

    def __post_init__(self) -> None:
        values = [(variable, getattr(self, name)) for name, variable in self._variables.items()]
        faults = [variable.fault(value) for variable, value in values if not variable.allows(value)]
        if faults := faults or list(self.check()):
            raise SettingsError(faults)

    def check(self) -> Iterator[str]:
        """Yield faults that no rule can express; a subclass extends it (`yield from super().check()`).

        Runs when each value is right by itself. A fault names the variable, says what was expected and what to do.
        """
        yield from ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the settings that the environment holds.

        :raises SettingsError: with every fault found, none of which shows a secret.
        """
        found = {name: read(variable, cls._prefix, environ) for name, variable in cls._variables.items()}
        unread = [one.fault for one in found.values() if one.fault]
        faults = [*unread, *misspelled(cls._prefix, cls._variables.values(), cls._ignores, environ)]
        if production.is_production(found):
            faults += [
                f"{name}: perhaps {near} is meant. Rename it, or keep it from this process."
                for name, near in cls.doubts(environ)
            ]
            faults += production.faults(cls.service, cls._variables, found, environ)
        settings: Self | None = None
        try:
            settings = None if unread else cls(**{name: one.value for name, one in found.items()})
        except SettingsError as error:
            faults += error.faults
        if faults or settings is None:
            raise SettingsError(faults)
        return settings

    @classmethod
    def doubts(cls, environ: Mapping[str, str] = os.environ) -> list[tuple[str, str]]:
        """Return the variables that come near a setting's name and are none, each with that setting's: to be warned of."""
        return list(doubtful(cls._prefix, cls._variables.values(), cls._ignores, environ))

    @classmethod
    def read_one(cls, name: str, environ: Mapping[str, str] = os.environ) -> Any:
        """Return one setting without the others: a tool at the broker needs no token of an SMS gateway.

        :raises SettingsError: if this one is missing or wrong.
        """
        found = read(cls._variables[name], cls._prefix, environ)
        if found.fault:
            raise SettingsError([found.fault])
        return found.value

    @classmethod
    def variables(cls) -> dict[str, Variable]:
        """Return what can be set, by the variable's name; for whoever checks files that set them."""
        return {each.name: each for each in cls._variables.values()}

    @classmethod
    def describe(cls, environ: Mapping[str, str] = os.environ) -> list[Row]:
        """Return the rows of `vss settings SERVICE`: what can be set, and what is."""
        rows = []
        for each in cls._variables.values():
            value, source, fault = read(each, cls._prefix, environ)
            here = "refused" if fault else shown(value)
            rows.append(Row(each.name, each.expected(), shown(each.default), each.help, here, source))
        return rows


def _variable(cls: type, declared: Field[Any], annotation: Any) -> Variable:
    if "help" not in declared.metadata:
        raise TypeError(f"{cls.__name__}.{declared.name}: declare it with setting(…)")
    return Variable(name=declared.name.upper(), kind=kind_of(annotation), default=declared.default, **declared.metadata)


def _named(default: Any, service: str) -> Any:
    """`default`, with the service's name where it belongs."""
    if service and isinstance(default, Url) and "{service}" in default.reveal():
        return Url(default.reveal().replace("{service}", service))
    return default
