"""Which problems an operation may answer, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

View = TypeVar("View", bound=Callable[..., Any])


def problems(*statuses: int) -> Callable[[View], View]:
    """Document these statuses as problem+json."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        described = deepcopy(getattr(view, "_apidoc", {}))
        responses = described.setdefault("response", {}).setdefault("responses", {})
        for status in statuses:
            responses.setdefault(status, []).append(HTTPStatus(status).name)
        wrapper._apidoc = described  # type: ignore[attr-defined]  # what flask-smorest reads
        return cast(View, wrapper)

    return decorator
