"""How the text of an environment variable becomes a value of the declared type (see settings.py)."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.settings.values import Secret, Url

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Kind:
    """`parse` raises ValueError for a text it does not understand; `expects` says what it wanted."""

    expects: str
    parse: Callable[[str], Any]
    hidden: bool = False  # never show a value of it, and read it from NAME_FILE too


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _bool(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError("neither true nor false")


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("a path holds no NUL")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("nobody here has that home folder") from None


_SIMPLE: dict[Any, Kind] = {
    str: Kind("a text", str),
    int: Kind("a whole number", int),
    float: Kind("a number", _float),
    bool: Kind("true or false", _bool),
    Path: Kind("a path", _path),
    Secret: Kind("a secret", Secret, hidden=True),
    Url: Kind("a URL", Url, hidden=True),
}


def kind_of(annotation: Any) -> Kind:
    """Raises TypeError for an annotation that no text can be read as: a fault of the program, not of the environment."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        rest = [argument for argument in arguments if argument is not type(None)]
        if len(rest) == 1 and len(rest) < len(arguments):
            return kind_of(rest[0])
    elif origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _list_of(kind_of(arguments[0]))
    elif annotation in _SIMPLE:
        return _SIMPLE[annotation]
    raise TypeError(f"a setting cannot be of type {annotation!r}")


def _list_of(item: Kind) -> Kind:
    def parse(text: str) -> tuple[Any, ...]:
        return tuple(item.parse(part.strip()) for part in text.split(",") if part.strip())

    return Kind(f"a list with commas, each {item.expects}", parse, item.hidden)
