"""Bodies of held messages: shown as JSON or byte by byte, masked unless asked otherwise; changed by a patch or in an editor.

Bodies hold names, numbers and addresses of citizens, and a terminal is no place for them: what is shown by default is the
shape, with each value's type and length.
"""

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.bus.reading import parse_body
from services.chassis.errors import Permanent, Undecodable

_ROW, _MOST_ROWS = 16, 16


class EditError(Permanent):
    """The change cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a body is no JSON object."""

    text: str


def decode(body: bytes) -> Any:
    """Return the JSON object that ``body`` is, or the ``Fault`` for which the service cannot read it."""
    try:
        data = parse_body(body)
        mask(data)  # as deep as anything here goes
    except Undecodable as error:
        return Fault(str(error).removeprefix("body: "))
    except RecursionError:
        return Fault("nested too deeply")
    return data


def encode(value: Any) -> bytes:
    """Return ``value`` as a body.

    :raises EditError: if it cannot be one.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:  # also half a character
        raise EditError(f"The result would be no JSON: {error}") from None


def mask(value: Any) -> Any:
    """Return the shape of ``value``: keys stay, values become type and length."""
    if isinstance(value, dict):
        return {key: mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, str):
        return f"<text, {len(value)} characters>"
    return None if value is None else f"<{type(value).__name__}>"


def hex_dump(body: bytes) -> Iterator[str]:
    """Yield lines of bytes, at most sixteen."""
    for start in range(0, min(len(body), _ROW * _MOST_ROWS), _ROW):
        row = body[start : start + _ROW]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"{start:08x}  {row.hex(' '):<{3 * _ROW}} {letters}"


def patched(value: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396): objects are merged, null takes a key out, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), item)
    return merged


def in_editor(body: bytes) -> bytes:
    """Return ``body`` as the person leaves it in ``$VISUAL`` or ``$EDITOR``. Its file can be read by nobody else, and is removed.

    :raises EditError: if there is no editor, it fails, or what it leaves is no JSON object.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise EditError("Say what to change with --merge or --file, or name your editor in EDITOR.")
    data = decode(body)
    shown = body if isinstance(data, Fault) else json.dumps(data, ensure_ascii=False, indent=2).encode()
    with tempfile.TemporaryDirectory(prefix="vss-edit-") as folder:
        file = Path(folder) / "body.json"
        file.touch(mode=0o600)
        file.write_bytes(shown)
        try:
            code = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
        except (OSError, ValueError) as error:
            raise EditError(f"{editor} does not start: {error}") from None
        if code:
            raise EditError(f"{editor} ended with code {code}; nothing is changed.")
        left = file.read_bytes()
    return body if left == shown else encode(checked(left))


def checked(body: bytes) -> Any:
    """Return the JSON object that ``body`` is.

    :raises EditError: if it is none.
    """
    data = decode(body)
    if isinstance(data, Fault):
        raise EditError(f"The new body is no JSON object ({data.text}); nothing is changed.")
    return data


def changed(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what differs; no values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from changed(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif type(old) is not type(new) or old != new:
        yield path or "the whole body"
