"""No other site makes a browser send our forms: a token of Flask-WTF, and where the browser says the form came from (pages.md §2.5).

@pages.post("/dang-xuat")
@csrf.by_origin                # a form that other services' pages show, too: they have no token of this one
def sign_out() -> …
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

from services.chassis.web.pages import cookies
from services.chassis.web.problem import Problem

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "csrf_token"
#: what pages answer to a token that is old, missing or another's; the page offers to send the form again
OLD_PAGE = "page-too-old"
#: … and to a form of another site
FOREIGN = "foreign-form"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


class _Tokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    def _error_response(self, reason: str) -> None:
        raise Problem(403, OLD_PAGE)


_tokens = _Tokens()


def by_origin(view: View) -> View:
    """Let this view's form be judged by where it came from alone."""
    view.by_origin = True  # type: ignore[attr-defined]  # a mark, read by `protect`
    return view


def protect() -> None:
    """Check a form before its view sees it.

    :raises Problem: 403, `foreign-form` or `page-too-old`.
    """
    if request.method in _SAFE:
        return
    if not is_ours():
        raise Problem(403, FOREIGN)
    if not getattr(current_app.view_functions.get(request.endpoint or ""), "by_origin", False):
        _tokens.protect()


def is_ours() -> bool:
    """Tell whether one of our own pages sent this: by `Sec-Fetch-Site`, or `Origin` or `Referer` where a browser is too old for that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _OURS
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is not None and urlsplit(source).netloc == request.host


def install(app: Flask) -> None:
    """Let templates say `csrf_token()`."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the blueprint checks: the API has bearer tokens and no need
        WTF_CSRF_SSL_STRICT=False,  # `is_ours` looks at the origin
        WTF_CSRF_TIME_LIMIT=int(cookies.LASTS.total_seconds()),
        WTF_CSRF_FIELD_NAME=FIELD,
    )
    _tokens.init_app(app)
