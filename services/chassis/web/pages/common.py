"""What every service has beside its pages: the switch of the language, and a place for a form that its session did not outlive."""

from flask import redirect, request
from werkzeug.wrappers import Response

from services.chassis.web import budgets
from services.chassis.web.pages import cookies, held, language, navigation
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.resources import resources

common = Pages("common_pages", __name__)


@common.get("/ngon-ngu/<chosen>")
def switch_language(chosen: str) -> Response:
    """Keep the language, and go back to the page; to the home where `next` is no page of ours."""
    menu = navigation.of(resources.settings)
    back = request.args.get("next", "")
    response = redirect(back if menu.leads_to_us(back) else menu.home_of(""), 303)
    language.remember(response, chosen, secure=cookies.is_secure(resources.settings))
    return response


@common.post("/giu")
@budgets.counted_inside(held.LIMIT)
def keep_form() -> Response:
    """Keep a form that was being written when the session ended, as one that was sent too late is kept (`vss.js` sends it)."""
    held.keep()
    return Response(status=204)
