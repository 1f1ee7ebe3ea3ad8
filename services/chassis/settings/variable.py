"""One setting: which texts it understands, which values it allows, and the words that tables and faults use for it."""

import math
import re
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from services.chassis.settings.values import Secret, Url


class Kind(NamedTuple):
    """How values of one type are read, and what they are called."""

    expects: str
    parse: Callable[[str], Any]
    secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Variable:
    """`default` is `dataclasses.MISSING` when the variable must be set; the rest is what `setting(…)` was given."""

    name: str
    kind: Kind
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    expects: str | None = None
    schemes: tuple[str, ...] = ()
    #: its default is only good with the sandbox: refused in production
    example: bool = False
    #: another setting and the values of it with which this one is used at all; no values: any but an empty one
    used_if: tuple[str, tuple[str, ...]] | None = None

    @property
    def required(self) -> bool:
        return self.default is MISSING

    @property
    def secret(self) -> bool:
        """Whether its values are never shown in full, and may also be read from the file named by `…_FILE`."""
        return self.kind.secret

    def parse(self, text: str) -> Any:
        """Return the value that `text` stands for.

        :raises ValueError: if it stands for none, or for one that is not allowed.
        """
        try:
            chosen = [choice for choice in self.choices if choice.lower() == text.lower()]
            value = chosen[0] if chosen else self.kind.parse(text)
        except (LookupError, RuntimeError) as error:  # no such switch, no such home folder
            raise ValueError(str(error)) from None
        if not self.allows(value):
            raise ValueError("not allowed")
        return value

    def allows(self, value: Any) -> bool:
        """Whether `value`, and each item of a list, keeps the rules."""
        if value is None:
            return self.default is None
        return all(
            (self.minimum is None or item >= self.minimum)
            and (self.maximum is None or item <= self.maximum)
            and (not self.choices or item in self.choices)
            and (not self.schemes or item.scheme in self.schemes)
            and (self.pattern is None or re.fullmatch(self.pattern, item.reveal() if self.secret else item) is not None)
            for item in (value if isinstance(value, tuple) else (value,))
        )

    def expected(self) -> str:
        words = self.expects or self.kind.expects
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.schemes:
            return f"{words} with scheme " + " or ".join(self.schemes)
        if self.minimum is None:
            return words if self.maximum is None else f"{words} up to {self.maximum}"
        return f"{words} from {self.minimum}" + ("" if self.maximum is None else f" to {self.maximum}")

    def fault(self, value: Any, name: str = "") -> str:
        """Say what is wrong with `value`, which the variable `name` holds, and what to do about it."""
        got = "something else (not shown, it may be secret)" if self.secret else repr(value)[:80]
        default = "" if self.required else f", or remove it to have the default ({shown(self.default)})"
        hint = " Characters like / ? # @ in a password must be percent-encoded." if self.kind.parse is Url else ""
        return f"{name or self.name}: expected {self.expected()}, got {got}. Correct it{default}.{hint}"


def shown(value: Any) -> str:
    """Write a value as the environment would hold it, without what is secret in it."""
    if value is MISSING:
        return "required"
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return ",".join(map(shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def kind_of(annotation: Any) -> Kind:
    """Return how values of this type are read.

    :raises TypeError: for a type that no text can be read as: a fault of the program, not of the environment.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType) and len(arguments) == 2 and arguments[1] is type(None):
        return kind_of(arguments[0])
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = kind_of(arguments[0])
        parts = lambda text: tuple(item.parse(part.strip()) for part in text.split(",") if part.strip())  # noqa: E731
        return Kind(f"a list with commas, each {item.expects}", parts, item.secret)
    if annotation in _KINDS:
        return _KINDS[annotation]
    raise TypeError(f"a setting cannot be of type {annotation!r}")


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError("not a finite number")
    return value


_SWITCH = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)
_KINDS: dict[Any, Kind] = {
    str: Kind("a text", str),
    int: Kind("a whole number", int),
    float: Kind("a number", _finite),
    bool: Kind("true or false", lambda text: _SWITCH[text.lower()]),
    Path: Kind("a path", lambda text: Path(text).expanduser()),
    Secret: Kind("a secret", Secret, secret=True),
    Url: Kind("a URL", Url, secret=True),
}
