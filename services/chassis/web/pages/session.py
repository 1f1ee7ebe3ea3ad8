"""Who looks at a page: the browser's session, a cookie that holds the same token as `Authorization` does for the API (pages.md §2.4).

    @pages.get("/ban")
    @session.requires("officer", "director")     # next to the view; nobody signed in is sent to sign in, and comes back
    def desk() -> str: … auth.principal().claims["province"] …

`auth.principal()` and `auth.caller()` work as in the API, so domain functions that ask them do, too. An API view never reads the cookie, and a
page view never reads `Authorization`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response, current_app, g, redirect, request
from flask import session as kept
from werkzeug.wrappers import Response as BaseResponse

from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth, second_factor
from services.chassis.web.documented import described
from services.chassis.web.pages import cookies, held, navigation
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

log = get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])

NEWCOMER = "newcomer"
#: a page drawn with a token older than this renews it
_RENEWED_AFTER_SECONDS = 300


def cookie_name(settings: ChassisSettings) -> str:
    """Return the cookie's name: `__Host-` binds it to this host and to TLS."""
    return "__Host-vss" if cookies.is_secure(settings) else "vss"


def put(response: Response, token: str) -> None:
    """Give the browser this token until it is closed."""
    secure = cookies.is_secure(resources.settings)
    response.set_cookie(cookie_name(resources.settings), token, path="/", secure=secure, httponly=True, samesite="Lax")


def clear(response: Response) -> None:
    """Take the token from the browser."""
    secure = cookies.is_secure(resources.settings)
    response.delete_cookie(cookie_name(resources.settings), path="/", secure=secure, httponly=True, samesite="Lax")


def requires(*roles: str) -> Callable[[View], View]:
    """Require somebody signed in, and one of `roles`, or any role when none is named.

    Nobody signed in: to the page of signing in, and back. A newcomer, unless named: to the first change of password (A3). Another role: 403,
    a page that says whom this is for. A form that meets a session that is over is held for its sender (`held.py`).
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            g.page_roles = roles
            who = _identify()
            places = navigation.of(resources.settings).places
            if who is None:
                return _to_sign_in(places["session_over"] if g.get("session_over") else places["sign_in"])
            if who.role == NEWCOMER and NEWCOMER not in roles:
                return redirect(places["first_password"], 303)
            if roles and who.role not in roles:
                raise second_factor.refusal() if who.role == second_factor.ENROLLING else Problem(403)
            return view(*args, **kwargs)

        return described(wrapper, view, authenticated=True, roles=roles)

    return decorator


def recognises(view: View) -> View:
    """Show the page to anybody; `auth.caller()` is who is signed in, or None. A session that is over counts as none."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        _identify()
        return view(*args, **kwargs)

    return described(wrapper, view, recognised=True)


def renewal_due() -> bool:
    """Tell whether the page in hand should fetch the picture that renews the cookie: its token is older than five minutes."""
    who = auth.caller()
    return who is not None and clock.now().timestamp() - float(who.claims.get("iat", 0)) > _RENEWED_AFTER_SECONDS


def _identify() -> auth.Principal | None:
    token = request.cookies.get(cookie_name(resources.settings))
    verifier: auth.Verifier | None = current_app.extensions.get(auth.KEY)
    if not token or verifier is None:
        return None
    try:
        who = verifier(token)
    except auth.InvalidToken as error:
        log.info("cookie_refused", reason=str(error))
        g.session_over = True
        return None
    second_factor.check(who.role, who.claims, resources.settings)
    g.principal, g.principal_id = who, who.id
    if kept.get(held.LAST_USER) != who.id:
        kept[held.LAST_USER], kept.permanent = who.id, True
    return who


def _to_sign_in(place: str) -> BaseResponse:
    if "HX-Request" in request.headers or "X-Manh" in request.headers:
        return Response(status=401)  # a part of a page: the page it stands in stays as it is
    back = request.full_path.rstrip("?")
    if request.method == "POST":
        held.keep()
        back = held.page_of_form()
    return redirect(f"{place}?next={quote(back, safe='/')}", 303)
