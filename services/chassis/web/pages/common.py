"""Pages that every service has: the switch of the language."""

from flask import Response, redirect, request

from services.chassis.web.pages import cookies, language, navigation
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.resources import resources

common = Pages("common_pages", __name__)


@common.get("/ngon-ngu/<chosen>")
def switch_language(chosen: str) -> Response:
    """Keep the language, and go back to the page; to the home where `next` is no page of ours."""
    menu = navigation.of(resources.settings)
    back = request.args.get("next", "")
    response = redirect(back if menu.leads_to_us(back) else menu.home_of(""), 303)
    language.remember(response, chosen, secure=cookies.is_secure(resources.settings))  # type: ignore[arg-type]
    return response  # type: ignore[return-value]
