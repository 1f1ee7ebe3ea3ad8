"""Map exceptions to problem responses. Nothing of an unexpected error reaches the caller."""

from typing import Any

from werkzeug.exceptions import HTTPException, InternalServerError

from services.chassis import database
from services.chassis.errors import Refused, Transient
from services.chassis.web.problem import Problem, as_response
from services.chassis.web.wording import field_errors

_FIRST_ERROR = 400


def unavailable(error: BaseException | None) -> Problem | None:
    """Return the 503 of an error that may pass, with what is missing and when to try again; None for any other error."""
    if error is None:
        return None
    if not isinstance(error, Transient):
        if not database.is_gone(error) and not database.is_contention(error):
            return None
        error = Transient()
    return Problem(503, error.kind, headers={"Retry-After": str(error.retry_after_seconds)})


def problem_of(error: HTTPException | Refused) -> Problem:
    """Return the problem for a refusal by a business rule, or for any HTTP error, whoever raised it."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return Problem(error.status, error.kind, vi=error.vi, en=error.en, **error.members)
    if isinstance(error, InternalServerError) and (problem := unavailable(error.original_exception)) is not None:
        return problem
    data: dict[str, Any] = getattr(error, "data", None) or {}
    messages = data.get("messages") or data.get("errors")
    headers = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    return Problem(
        error.code or 500,
        errors=field_errors(messages) if messages else (),
        headers=headers | dict(data.get("headers") or {}),
    )


def answer(error: HTTPException | Refused) -> Any:
    """Answer with a problem, except a redirect or a response built by hand. Unexpected errors are `InternalServerError`."""
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 0) < _FIRST_ERROR):
        return error
    return as_response(problem_of(error))
