"""Redaction of values, fields and errors by allowed names. See `logs` for the rules."""

import re
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from traceback import walk_tb
from types import TracebackType
from typing import Any

REDACTED = "[redacted]"

ALLOWED: set[str] = {
    # origin of the event
    *("time", "level", "event", "logger", "service", "trace_id", "correlation_id", "causation_id", "process", "pid"),
    # identifiers of things, not of people (a bhxh_code or personal_id names a person: not here)
    *("message_id", "fact_id", "job_id", "account_id", "dossier_no", "complaint_no", "case_no", "document_id", "operation_id"),
    # technical names
    *("fact", "fact_type", "type", "version", "revision", "queue", "exchange", "routing_key", "broker", "database", "environment", "near"),
    *("reader", "source", "remedy"),
    *("kind", "outcome", "reason", "state", "part", "role", "check", "setting", "signal", "listen", "method", "route", "status"),
    # errors
    *("error", "error_message", "frames", "causes", "constraint", "sqlstate"),
    # measures
    *("count", "limit", "attempts", "batch", "handled", "duplicates", "retried", "parked", "waiting", "running", "depth", "facts"),
    *("seconds", "delay_seconds", "age_seconds", "timeout_seconds", "bytes", "size_bytes", "retry_at"),
}  # fmt: skip

_MEASURES = ("_seconds", "_bytes", "_count")  # a number under such a name is a measure, whatever it measures
_LONGEST = 300
_DEEPEST = 4
_MOST_FRAMES = 25
_EVENT = re.compile(r"[a-z][a-z0-9]*(?:[_.][a-z0-9]+)*", re.ASCII)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PERSONAL = re.compile(
    rf"(?P<address>(?<![\w.-]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.]))"  # IPv4: stays; looks like a number to the last rule
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|(?<![\w-])\+?\d(?:[ .]?\d){8,13}(?![\w-])"  # a phone, personal or social insurance number; not part of a UUID
)

EventDict = MutableMapping[str, Any]


def allow(*names: str) -> None:
    """Allow fields of these names in logs. Only for ids, counts, durations and technical names."""
    ALLOWED.update(names)


def shown(value: object, depth: int = 0) -> object:
    """Return the value as it may be logged under an allowed name."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _PERSONAL.sub(_mask, value[: 2 * _LONGEST])[:_LONGEST]  # masked first: a cut number is none to the mask
    if isinstance(value, BaseException):
        return class_name(type(value))
    if isinstance(value, type):
        return class_name(value)
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            # an inner name may be data too, so only the allowed ones are shown
            allowed = {str(key): shown(inner, depth + 1) for key, inner in value.items() if key in ALLOWED}
            return allowed if len(allowed) == len(value) else allowed | {REDACTED: len(value) - len(allowed)}
        if isinstance(value, list | tuple | set | frozenset):
            return [shown(inner, depth + 1) for inner in value]
    if isinstance(value, datetime) or type(value).__name__ == "UUID":
        return str(value)
    return REDACTED


def names_somebody(text: str) -> bool:
    """Tell whether a text has an e-mail address in it, or a number that may be a person's (phone, personal ID, BHXH code)."""
    return any(found["address"] is None for found in _PERSONAL.finditer(text))


def _mask(found: re.Match[str]) -> str:
    return found["address"] or REDACTED


def _redacted(name: str, value: object) -> object:
    if name in ALLOWED or (name.endswith(_MEASURES) and isinstance(value, int | float)):
        return shown(value)
    return REDACTED


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep only what may be logged (a processor of structlog)."""
    name = event.get("event")
    if not event.pop("_foreign", False) and not (isinstance(name, str) and _EVENT.fullmatch(name)):
        event["event"] = REDACTED
    return {key: _redacted(key, value) for key, value in event.items()}


def class_name(kind: type) -> str:
    """Return `module.Class`, or `Class` for a built-in."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(traceback: TracebackType | None) -> list[str]:
    places = [(frame.f_code, line) for frame, line in walk_tb(traceback)][-_MOST_FRAMES:]
    return [f"{'/'.join(code.co_filename.rsplit('/', 3)[-3:])}:{line}:{code.co_name}" for code, line in places]


def describe_error(error: BaseException) -> dict[str, Any]:
    """Describe an error by its class, frames and causes; with its message only if the class declares it safe."""
    shown: dict[str, Any] = {"error": class_name(type(error)), "frames": _frames(error.__traceback__)}
    if getattr(type(error), "safe_to_log", False) is True:
        shown["error_message"] = str(error)
    causes = []
    seen = {id(error)}
    behind = error.__cause__ or error.__context__
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        causes.append(class_name(type(behind)) + "".join(f" at {frame}" for frame in _frames(behind.__traceback__)[-1:]))
        behind = behind.__cause__ or behind.__context__
    if isinstance(error, BaseExceptionGroup):
        causes += [class_name(type(inner)) for inner in error.exceptions]
    if causes:
        shown["causes"] = causes
    return shown
