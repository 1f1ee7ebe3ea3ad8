"""`vss parked edit`: bodies and headers changed by a patch, from a file or in an editor, and checked before anything is written."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from services.chassis.bus import held
from services.chassis.bus.reading import Reading, Unreadable
from services.chassis.cli.parked_views import Fault, decode
from services.chassis.errors import Permanent


class EditError(Permanent):
    """The change cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a message: a new body, or merge patches for body and headers."""

    body: bytes | None = None
    merge: Any = None
    merge_headers: Any = None

    def of(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the columns that ``row`` is to have; None if nothing changes.

        :raises EditError: if the body is to be merged and is no JSON object.
        """
        old, old_headers = bytes(row["body"]), json.loads(row["headers"])
        body = self.body if self.body is not None else old
        if self.merge is not None:
            body = encode(patched(checked(old), self.merge))
        headers = old_headers if self.merge_headers is None else patched(old_headers, self.merge_headers)
        return None if (body, headers) == (old, old_headers) else {"body": body, **held.with_headers(headers)}

    def preview(self, rows: Iterable[Mapping[str, Any]], reading: Reading) -> tuple[set[str], set[str]]:
        """Return the paths that would change, and why the service could still not read some of ``rows``."""
        paths: set[str] = set()
        faults: set[str] = set()
        for row in rows:
            new = self.of(row)
            if new is None:
                continue
            paths |= set(changed(decode(bytes(row["body"])), decode(new["body"])))
            paths |= {f"header {path}" for path in changed(json.loads(row["headers"]), json.loads(new["headers"]))}
            try:
                reading.decode(held.message_of({**row, **new}), row["exchange"])
            except Unreadable as error:
                faults.add(f"{error.reason}: {error}")
        return paths, faults


def patch_from(text: str | None) -> Any:
    """Return the JSON object in ``text``; None if nothing is given.

    :raises EditError: if it is none.
    """
    return None if text is None else checked(text.encode(errors="surrogateescape"))


def encode(value: Any) -> bytes:
    """Return ``value`` as a body.

    :raises EditError: if it cannot be one.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:  # also half a character
        raise EditError(f"The result would be no JSON: {error}") from None


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
    if not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise EditError("Say what to change with --merge or --file, or name your editor in EDITOR.")
    data = decode(body)
    shown = body if isinstance(data, Fault) else json.dumps(data, ensure_ascii=False, indent=2).encode()
    try:
        left = click.edit(shown, extension=".json")
    except click.ClickException as error:
        raise EditError(f"{error}; nothing is changed.") from None
    return body if left in (None, shown) else encode(checked(left))


def checked(body: bytes) -> Any:
    """Return the JSON object that ``body`` is.

    :raises EditError: if it is none.
    """
    data = decode(body)
    if isinstance(data, Fault):
        raise EditError(f"This is no JSON object ({data.text}); nothing is changed.")
    return data


def changed(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what differs; no values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from changed(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif type(old) is not type(new) or old != new:
        yield path or "the whole body"
