"""Identify the member of staff who is calling; 401 or 403 for everybody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from services.chassis.web import auth
from services.chassis.web.documented import described
from services.chassis.web.problem import Problem
from services.feedback.directory.actors import OFFICE_ROLES, Actor

P = ParamSpec("P")
R = TypeVar("R")

_LONGEST_CLAIM = 40
_LONGEST_NAME = 200


def staff_only(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a view so that only staff with these roles may call it; the 403 names them."""

    def decorator(view: Callable[P, R]) -> Callable[P, R]:
        @auth.requires()
        @wraps(view)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            if auth.principal().role not in roles:
                raise wrong_role(roles)
            return view(*args, **kwargs)

        return described(wrapper, wrapper, roles=roles)

    return decorator


def calling_staff() -> Actor:
    """Return the member of staff that the token describes.

    :raises Problem: 403 if the account lacks the office or board that its role needs.
    """
    who = auth.principal()
    claims = {name: _claim(who.claims.get(name)) for name in ("office", "province", "board")}
    if who.role in OFFICE_ROLES and not (claims["office"] and claims["province"]):
        raise Problem(
            403,
            "no-office",
            vi="Tài khoản chưa được gắn với cơ quan BHXH nào.",
            en="This account is not assigned to an office.",
        )
    if who.role == "board" and not claims["board"]:
        raise Problem(
            403, "no-board", vi="Tài khoản chưa được gắn với ban nào.", en="This account is not assigned to a board."
        )
    name = who.claims.get("name")
    named = name if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME else None
    return Actor(who.role, who.id, claims["office"], claims["province"], claims["board"], named)


def wrong_role(roles: tuple[str, ...]) -> Problem:
    """Return the 403 that names the permitted roles."""
    return Problem(
        403,
        "wrong-role",
        vi=f"Việc này chỉ dành cho vai trò: {', '.join(roles)}.",
        en=f"Only these roles may do this: {', '.join(roles)}.",
        roles=list(roles),
    )


def _claim(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM else None
