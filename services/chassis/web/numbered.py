"""Allocate a number for what a request creates, before its transaction begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from services.chassis.errors import Refused
from services.chassis.serials import Serials
from services.chassis.web.documented import View
from services.chassis.web.problem import Problem


def numbered(serials: Serials) -> Callable[[View], View]:
    """Pass a number to the view as ``no``; return it if nothing was created. Goes above ``@blueprint.idempotent``."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            no = serials.take()
            try:
                response = view(*args, no=no, **kwargs)
            except (Problem, Refused):
                serials.give_back(no)
                raise
            if "Idempotency-Replayed" in response.headers:
                serials.give_back(no)
            return response

        return cast(View, wrapper)

    return decorator
