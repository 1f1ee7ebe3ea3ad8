"""The file that keeps what is dropped: one JSON object a line, readable by its owner only."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from services.chassis import clock
from services.chassis.cli.parked_message import Parked
from services.chassis.errors import ChassisError

_PROPERTIES = (
    "content_type", "content_encoding", "delivery_mode", "priority", "correlation_id", "reply_to", "expiration",
    "message_id", "timestamp", "type", "user_id", "app_id",
)  # fmt: skip


class SaveError(ChassisError):
    """What is to be dropped could not be kept; so it was not dropped."""


class SaveFile:
    """Makes its file when the first message comes. An existing file is never touched."""

    def __init__(self, path: Path, queue: str) -> None:
        self.path = path
        self._queue = queue
        self._descriptor: int | None = None

    @classmethod
    def default_path(cls, service: str) -> Path:
        """A name of its own for each run, below `.run/dropped`."""
        return Path(".run") / "dropped" / f"{service}-{clock.now():%Y%m%dT%H%M%S%f}.jsonl"

    def write(self, messages: Sequence[Parked]) -> None:
        """Return when ``messages`` are on the disk.

        :raises SaveError: if they cannot be written, or the file is there already.
        """
        try:
            self._write(messages)
        except FileExistsError:
            raise SaveError(f"{self.path} is there already. Name another file with --save.") from None
        except OSError as error:
            raise SaveError(f"{self.path} cannot be written: {error.strerror}. What is not in it stays parked.") from None

    def _write(self, messages: Sequence[Parked]) -> None:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            self._keep_name()
        lines = "".join(json.dumps(self._record(message)) + "\n" for message in messages)
        rest = memoryview(lines.encode())
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        os.fsync(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _keep_name(self) -> None:
        """A synced file whose folder is not synced can be gone after a power cut."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _record(self, message: Parked) -> dict[str, Any]:
        record: dict[str, Any] = {"name": message.name, "queue": self._queue, "dropped_at": clock.now().isoformat()}
        properties = {name: getattr(message.properties, name) for name in _PROPERTIES}
        record["properties"] = {k: plain(v) for k, v in properties.items() if v is not None}
        record["headers"] = plain(message.headers)
        try:
            record["body"] = message.body.decode()
        except UnicodeDecodeError:
            record["body_base64"] = base64.b64encode(message.body).decode()
        return record


def plain(value: Any) -> Any:
    """A header's value as JSON can hold it; what it cannot hold becomes text."""
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else repr(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value)
    return repr(value)
