"""Limits on what one client may use of a process. Each is a setting HTTP_… of the service."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    max_body_bytes: int = 1024 * 1024  # a view takes more with `@accepts_up_to`
    max_connections: int = 500
    head_seconds: float = 10.0  # for the request line and all headers together
    body_seconds: float = 120.0  # for the whole body
    socket_seconds: float = 30.0  # for one read or write
    idle_seconds: float = 15.0  # between two requests on one connection
    stop_seconds: float = 15.0  # for running requests to finish when the process stops

    @classmethod
    def of(cls, settings: object) -> Limits:
        """Read the limits from `settings.http_max_body_bytes` and so on, with defaults for what is missing.

        `stop_seconds` is the setting of that name, the same for the whole process.
        """
        names = {f.name: f"http_{f.name}" for f in fields(cls)} | {"stop_seconds": "stop_seconds"}
        return cls(**{name: getattr(settings, there) for name, there in names.items() if hasattr(settings, there)})
