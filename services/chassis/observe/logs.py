"""Logs as JSON lines, redacted by default.

``log = get_logger(); log.warning("message_parked", queue="registration.in.v1", reason="invalid")``

An event has a constant snake_case name and fields to search by. A field shows its value only if its *name* has been
allowed (`ALLOWED`, extended by `allow`, and numbers named `…_seconds`, `…_bytes`, `…_count`); anything else is there as
``[redacted]``, so a forgotten field costs a developer a minute and never a citizen's privacy. Three more leaks are closed:

- an error shows its class and where it happened, never its message (drivers quote rows in it), unless its class says
  ``safe_to_log = True``;
- libraries that log through `logging` show their message's template without its arguments, and even that only when
  the template is a constant in the code that logged it: a formatted string is data;
- a phone number, an e-mail address or a personal number inside an allowed value is masked all the same.

Importing this module is enough to be safe; `configure` adds the service's name, the level and the libraries' loggers.
"""

import json as jsonlib
import logging
import sys
import threading
from datetime import UTC, datetime
from types import FrameType, TracebackType
from typing import Any, TextIO

import structlog

from services.chassis.observe import trace
from services.chassis.observe.redaction import ALLOWED, REDACTED, EventDict, allow, class_name, describe_error, redact, shown

__all__ = ["ALLOWED", "REDACTED", "allow", "configure", "context", "describe_error", "get_logger", "shown"]

get_logger = structlog.get_logger


#: ``with context(fact_id=…):`` adds fields to every event logged inside the block, in this green thread only
context = structlog.contextvars.bound_contextvars


def _add_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    event.pop("stack_info", None)
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(describe_error(error))
    return event


def _add_place(_logger: object, method: str, event: EventDict) -> EventDict:
    event.setdefault("level", "error" if method == "exception" else method)
    event["time"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    if _Output.service:
        event.setdefault("service", _Output.service)
    trace_id = trace.trace_id()
    if trace_id:
        event.setdefault("trace_id", trace_id)
    return event


# ---------------------------------------------------------------- output


class _Output:
    """Where lines go and in which format; set by `configure`."""

    service = ""
    json = True
    stream: TextIO | None = None  # None: sys.stdout as it is when the line is written


_FIRST = ("time", "level", "event", "service")


def _render(_logger: object, _method: str, event: EventDict) -> str:
    ordered = {key: event[key] for key in _FIRST if key in event} | dict(event)
    if _Output.json:
        return jsonlib.dumps(ordered, ensure_ascii=False, default=lambda _value: REDACTED)
    frames = ordered.pop("frames", [])
    line = str(_console(None, "", {**ordered, "timestamp": ordered.pop("time", "")}))
    return line + "".join(f"\n      {frame}" for frame in frames)


_console = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=32)


class _Line:
    """Writes finished lines; structlog calls the method named after the level."""

    def _write(self, line: str) -> None:
        stream = _Output.stream or sys.stdout
        stream.write(line + "\n")  # one call for a whole line: green threads cannot mix theirs in
        stream.flush()

    debug = info = warning = warn = error = critical = fatal = exception = log = msg = _write


_PROCESSORS: list[Any] = [structlog.contextvars.merge_contextvars, _add_place, _add_error, redact, _render]


def _is_constant(text: str) -> bool:
    """Whether `text` is a literal in the running code, and so no formatted data."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # documented, and the only cheap way to the caller
    while frame is not None:
        if text in frame.f_code.co_consts:
            return True
        frame = frame.f_back
    return False


class _Libraries(logging.Handler):
    """Feeds what libraries log through `logging` into the same pipeline."""

    def emit(self, record: logging.LogRecord) -> None:
        template: object = record.msg
        if not isinstance(template, str):
            template = class_name(type(template))
        elif not _is_constant(template):
            template = REDACTED
        event: EventDict = {
            "event": template,
            "_foreign": True,
            "level": record.levelname.lower(),
            "logger": record.name,
            "exc_info": record.exc_info,
        }
        for process in _PROCESSORS:
            event = process(None, record.levelname.lower(), event)
        _Line().log(str(event))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Report only that a line is missing: the default prints the record's arguments."""
        sys.stderr.write(f"a log line of {record.name} could not be written\n")


def _configure_structlog(level: int) -> None:
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: _Line(),
        cache_logger_on_first_use=False,
    )


def _uncaught(kind: type[BaseException], error: BaseException | None, _traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    get_logger().critical("uncaught_error", exc_info=error or kind())


def configure(service: str, level: str = "INFO", *, json: bool = True, stream: TextIO | None = None) -> None:
    """Set up the process's logs; once, before anything else starts.

    `level` is a name such as "INFO"; libraries (nameko, kombu, amqp, werkzeug, SQLAlchemy) are kept at WARNING unless
    it is "DEBUG". Errors nobody catches are logged the same way, because Python would print their message.
    Raises ValueError for a level that does not exist.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"no such log level: {level!r}")
    _Output.service, _Output.json, _Output.stream = service, json, stream
    _configure_structlog(number)
    root = logging.getLogger()
    root.handlers[:] = [_Libraries()]
    root.setLevel(number if number <= logging.DEBUG else max(number, logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


_configure_structlog(logging.INFO)
