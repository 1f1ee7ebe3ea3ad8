"""`/het-phien`: why and when a session ended; `/phien.gif`: the picture that renews one. Page 38."""

import base64
from typing import Any

from flask import Response, make_response, redirect, render_template, request

from services.accounts.browsers import cookies
from services.accounts.browsers.entering import place_of, wanted
from services.accounts.sessions import endings, tokens
from services.chassis.web import auth, budgets
from services.chassis.web.pages import session
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

ending = cookies.pages("session_ending_pages", __name__)
blueprints = (ending,)

#: the smallest picture there is, transparent
_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_NO_CONTENT = 204


@ending.get("/het-phien")
@session.recognises
def session_over() -> Any:
    """Say what has become of the session, and lead back to where the person was."""
    page = wanted()
    if (who := auth.caller()) is not None:
        return redirect(place_of(who.role, page), 303)
    token = request.cookies.get(session.cookie_name(resources.settings), "")
    over = (endings.of_token(resources, token) if token else None) or endings.Ending(endings.IDLE)
    minutes = resources.settings.session_idle_seconds // 60
    return render_template("accounts/sessions/session_over.html", over=over, minutes=minutes, page_wanted=page)


@ending.get("/phien.gif")
@session.recognises
def renew() -> Response:
    """Give the browser its session's next token, as a page that it shows asks for: another site's page sends no cookie for a picture."""
    if (who := auth.caller()) is None:
        return Response(status=_NO_CONTENT)
    try:
        budgets.count(budgets.SIGN_INS.budget(resources.settings))
        signed = tokens.refresh(resources, who.claims)
    except Problem:
        return Response(status=_NO_CONTENT)
    response = make_response(_PICTURE)
    response.mimetype = "image/gif"
    session.put(response, signed.token)
    return response
