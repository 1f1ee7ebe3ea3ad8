"""One variable of the environment: how it is found, understood, checked and spoken of (the public face is settings.py)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Any

from services.chassis.settings.kinds import Kind
from services.chassis.settings.values import MASK, Secret, Url

_MAX_FILE_BYTES = 64 * 1024

# Kubernetes sets these for each Service object of the namespace: a Service named "registration" gives REGISTRATION_PORT.
_KUBERNETES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")
_KUBERNETES_PORT = re.compile(r"^(tcp|udp|sctp)://")


@dataclass(frozen=True)
class Rule:
    """What `setting(…)` was told, apart from the default."""

    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    pattern: str | None = None
    expects: str | None = None
    schemes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """`default` is dataclasses.MISSING when the variable must be set."""

    name: str
    kind: Kind
    rule: Rule
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def read(self, prefix: str, environ: Mapping[str, str]) -> Any:
        """The value, or the default. ValueError, with the whole fault as its text, when there is none or a wrong one."""
        found = self._look_up(prefix, environ)
        if found is not None:
            return self._understood(*found)
        if self.required:
            raise ValueError(f"{self.name}: not set. Set it to {self.expected()}: {self.rule.help}.")
        return self.default

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value that did not come from the environment, else None."""
        return None if self._keeps_rule(value) else self._fault(self.name, value)

    def expected(self) -> str:
        rule = self.rule
        words = rule.expects or self.kind.expects
        if rule.choices:
            return "one of " + ", ".join(map(str, rule.choices))
        if rule.schemes:
            return f"{words} with scheme " + " or ".join(rule.schemes)
        if rule.minimum is not None and rule.maximum is not None:
            return f"{words} from {rule.minimum} to {rule.maximum}"
        if rule.minimum is not None:
            return f"{words} from {rule.minimum}"
        return words if rule.maximum is None else f"{words} up to {rule.maximum}"

    def default_text(self) -> str:
        if self.required:
            return "required"
        if self.default is None or self.default == ():
            return "none"
        if isinstance(self.default, tuple):
            return ",".join(map(str, self.default))
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return MASK if isinstance(self.default, Secret) else str(self.default)

    def _look_up(self, prefix: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
        """The name that is set, and its text: the service's own name before the general one."""
        for name in dict.fromkeys((prefix + self.name, self.name)):
            direct = environ.get(name, "")
            file = environ.get(f"{name}_FILE", "") if self.kind.hidden else ""
            if direct and file:
                raise ValueError(f"{name}: expected {name} or {name}_FILE, both are set. Remove one.")
            if file:
                return f"{name}_FILE", _file_text(f"{name}_FILE", Path(file))
            if direct.strip():
                return name, direct if self.kind.hidden else direct.strip()
        return None

    def _understood(self, name: str, text: str) -> Any:
        choices = {str(choice).lower(): choice for choice in self.rule.choices}
        try:
            value = choices[text.lower()] if text.lower() in choices else self.kind.parse(text)
        except ValueError:
            raise ValueError(self._fault(name, text)) from None
        if not self._keeps_rule(value):
            raise ValueError(self._fault(name, text))
        return value

    def _keeps_rule(self, value: Any) -> bool:
        rule = self.rule
        if value is None:
            return self.default is None
        return all(
            (rule.minimum is None or item >= rule.minimum)
            and (rule.maximum is None or item <= rule.maximum)
            and (not rule.choices or item in rule.choices)
            and (rule.pattern is None or re.fullmatch(rule.pattern, item) is not None)
            and (not rule.schemes or item.scheme in rule.schemes)
            for item in (value if isinstance(value, tuple) else (value,))
        )

    def _fault(self, name: str, value: Any) -> str:
        shown = "something else (not shown, it may be secret)" if self.kind.hidden else repr(value)[:80]
        default = "" if self.required else f", or remove it to have the default ({self.default_text()})"
        hint = " Characters like / ? # @ in a password must be percent-encoded." if self.kind.parse is Url else ""
        return f"{name}: expected {self.expected()}, got {shown}. Correct it{default}.{hint}"


def typos(prefix: str, variables: Iterable[Variable], ignores: frozenset[str], environ: Mapping[str, str]) -> Iterator[str]:
    """A fault for each variable that begins with the service's name and that nobody reads."""
    known = {prefix + variable.name for variable in variables}
    known |= {f"{prefix}{variable.name}_FILE" for variable in variables if variable.kind.hidden}
    for name, value in sorted(environ.items()):
        if not prefix or not name.startswith(prefix) or name in known | ignores:
            continue
        if _KUBERNETES.search(name) or (name.endswith("_PORT") and _KUBERNETES_PORT.match(value)):
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
        yield f"{name}: no such setting, perhaps {near} is meant. Rename or remove it."


def _file_text(name: str, path: Path) -> str:
    """Without the line end that editors and `echo` add. Raises ValueError with the fault as its text."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
        text = content.decode().rstrip("\r\n")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ValueError(f"{name}: expected a readable file at {path}: {reason}. Correct the path or its rights.") from None
    except ValueError:  # not UTF-8, or a NUL in the path
        raise ValueError(f"{name}: expected the path of a UTF-8 text file. Write the value there as text.") from None
    if not text.strip() or len(content) > _MAX_FILE_BYTES:
        raise ValueError(f"{name}: expected 1 to {_MAX_FILE_BYTES} bytes in {path}. Write the value there.")
    return text
