"""OpenAPI descriptions of operations, added by the decorators of views."""

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any, TypeVar, cast

View = TypeVar("View", bound=Callable[..., Any])


def described(wrapper: Callable[..., Any], view: View, **info: Any) -> View:
    """Return ``wrapper`` with the description that flask-smorest keeps on ``view``, and ``info`` added to it."""
    wrapper._apidoc = deepcopy(getattr(view, "_apidoc", {})) | info  # type: ignore[attr-defined]  # noqa: SLF001  # flask-smorest's only place for it (0.47)
    return cast(View, wrapper)


def problems(*statuses: int) -> Callable[[View], View]:
    """Document these statuses as problem+json."""

    def decorator(view: View) -> View:
        response = deepcopy(getattr(view, "_apidoc", {}).get("response", {}))
        responses = response.setdefault("responses", {})
        for status in statuses:
            responses.setdefault(status, []).append(HTTPStatus(status).name)
        return described(view, view, response=response)

    return decorator
