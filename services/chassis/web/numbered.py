"""Reserve a number for what a request creates, before its transaction begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from services.chassis.errors import Refused
from services.chassis.serials import Serials
from services.chassis.web.documented import View
from services.chassis.web.problem import Problem


class Number:
    """A number reserved for one request; one that is not used goes back to the next caller."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.used = False

    def use(self) -> str:
        """Return the number, which is then given out. Call it in the transaction that stores it; a repeated one gets the same."""
        self.used = True
        return self._text


def numbered(serials: Serials) -> Callable[[View], View]:
    """Pass a `Number` to the view as ``number``. Goes above ``@blueprint.idempotent``."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            text = serials.take()
            number = Number(text)
            try:
                response = view(*args, number=number, **kwargs)
            except (Problem, Refused):
                serials.give_back(text)
                raise
            if not number.used or "Idempotency-Replayed" in response.headers:
                serials.give_back(text)
            return response

        return cast(View, wrapper)

    return decorator
