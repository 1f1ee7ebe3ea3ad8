"""Mending a body: by paths on the command line, or in the person's editor."""

import json
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.chassis.cli import parked_body

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH = re.compile(r"[^.\[\]]+(\.[^.\[\]]+|\[\d+\])*")
_ABSENT = object()


class EditError(ValueError):
    """The edit cannot be made as it was asked for."""


def apply(body: bytes, settings: Sequence[str], unset: Sequence[str]) -> bytes:
    """``body`` with values set (``contact.phone="+84…"``, ``attachments[0].size=5``) and taken out; the rest as it was.

    :raises EditError: saying which path or value is wrong.
    """
    data = parked_body.decode(body)
    if isinstance(data, parked_body.Fault):
        raise EditError(f"The body is {data.text}. Paths need JSON: leave them out to mend it in your editor.")
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise EditError(f"--set {setting}: write path=value")
        _set(data, path, _value(path, text))
    for path in unset:
        _unset(data, path)
    return _encoded(data)


def in_editor(body: bytes) -> bytes:
    """``body`` as the person leaves it in ``$VISUAL`` or ``$EDITOR``. Its file can be read by nobody else, and is removed.

    :raises EditError: if there is no editor, it fails, or what it leaves is no JSON object.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise EditError("Say what to change with --set or --unset, or name your editor in EDITOR.")
    data = parked_body.decode(body)
    broken = isinstance(data, parked_body.Fault)
    with tempfile.TemporaryDirectory(prefix="vss-edit-") as folder:
        file = Path(folder) / "body.json"
        file.touch(mode=0o600)
        file.write_bytes(body if broken else parked_body.pretty(data, reveal=True).encode(errors="surrogatepass") + b"\n")
        try:
            code = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
        except (OSError, ValueError) as error:
            raise EditError(f"{editor} does not start: {error}") from None
        if code:
            raise EditError(f"{editor} ended with code {code}; nothing is changed.")
        left = file.read_bytes()
    after = parked_body.decode(left)
    if isinstance(after, parked_body.Fault):
        raise EditError(f"What the editor left is {after.text}; nothing is changed.")
    return body if not broken and after == data else _encoded(after)


def changes(before: bytes, after: bytes, *, reveal: bool) -> Iterator[str]:
    """One line for each path that differs; values masked unless ``reveal``."""
    old, new = parked_body.decode(before), parked_body.decode(after)
    if isinstance(old, parked_body.Fault):
        yield f"the body was {old.text}; now it is a JSON object"
        return
    for path, was, is_ in _differences("", old, new):
        yield f"{path}: {_shown(was, reveal)} → {_shown(is_, reveal)}"


def _encoded(data: Any) -> bytes:
    try:
        return parked_body.encode(data)
    except ValueError as error:
        raise EditError(f"The result would not be valid JSON: {error}") from None


def _value(path: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=parked_body._refuse)
    except (ValueError, RecursionError):
        raise EditError(f"--set {path}: the value is no JSON. Text needs quotes of its own: --set '{path}=\"…\"'") from None


def _steps(path: str) -> list[str | int]:
    if not _PATH.fullmatch(path):
        raise EditError(f"{path!r} is no path: write contact.phone or attachments[0].kind")
    return [int(index) if index else name for name, index in _STEP.findall(path)]


def _parent(data: Any, path: str) -> tuple[Any, Any]:
    """The object or list that holds the value at ``path``, and its key there."""
    *steps, last = _steps(path)
    here = ""
    for step in steps:
        if not _has(data, step):
            raise EditError(f"{path}: there is no {here}{step}. There is: {_names(data)}")
        data, here = data[step], f"{here}{step}."
    if not isinstance(data, list if isinstance(last, int) else dict):
        raise EditError(f"{path}: what should hold {last!r} is no {'list' if isinstance(last, int) else 'object'}")
    return data, last


def _set(data: Any, path: str, value: Any) -> None:
    holder, last = _parent(data, path)
    if isinstance(holder, list) and last == len(holder):
        holder.append(value)
    elif isinstance(holder, list) and last > len(holder):
        raise EditError(f"{path}: the list has {len(holder)} items, the next one would be [{len(holder)}]")
    else:
        holder[last] = value


def _unset(data: Any, path: str) -> None:
    holder, last = _parent(data, path)
    if not _has(holder, last):
        raise EditError(f"{path}: there is nothing to take out. There is: {_names(holder)}")
    del holder[last]


def _has(data: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(data, list) and step < len(data)
    return isinstance(data, dict) and step in data


def _names(data: Any) -> str:
    if isinstance(data, dict):
        return ", ".join(data) or "nothing"
    return f"a list of {len(data)}" if isinstance(data, list) else "no object"


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _differences(f"{path}.{key}" if path else key, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for i in range(max(len(old), len(new))):
            here = [items[i] if i < len(items) else _ABSENT for items in (old, new)]
            yield from _differences(f"{path}[{i}]", *here)
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _shown(value: Any, reveal: bool) -> str:
    if value is _ABSENT:
        return "nothing"
    return json.dumps(value if reveal else parked_body.mask(value), ensure_ascii=False)
