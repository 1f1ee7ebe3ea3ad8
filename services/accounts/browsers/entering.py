"""Let somebody in: the cookie, and where to."""

from flask import Response, make_response, redirect, request

from services.accounts.accounts.roles import ENROLLING, NEWCOMER
from services.accounts.browsers import cookies
from services.accounts.sessions.tokens import SignedToken
from services.chassis.web.pages import navigation, session
from services.chassis.web.resources import resources

ENROL = "/accounts/yeu-to-thu-hai"
#: home of whoever has no pages of their own; the front door leads from it to signing in
START = "/"


def wanted() -> str:
    """Return the page of ours that `next` names, or nothing: it leads to nobody else's."""
    path = request.args.get("next", "")
    return path if navigation.of(resources.settings).leads_to_us(path) else ""


def place_of(role: str, wanted_page: str = "") -> str:
    """Return where somebody of this role goes after signing in: to what must be done first, to the page that was asked for, or home."""
    menu = navigation.of(resources.settings)
    first = {NEWCOMER: menu.places["first_password"], ENROLLING: ENROL}
    return first.get(role) or wanted_page or menu.home_of(role)


def let_in(signed: SignedToken, wanted_page: str = "") -> Response:
    """Give the browser its session, and lead on."""
    cookies.forget()
    response = make_response(redirect(place_of(signed.role, wanted_page), 303))
    session.put(response, signed.token)
    return response
