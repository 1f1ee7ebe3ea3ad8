"""The blueprint of pages, and what every page has: guards against forged forms, headers, language, the parts of the layout.

pages = Pages("desk_pages", __name__, url_prefix="/ban")        # `/feedback/ban`; templates in `templates/feedback/desk/`
blueprints = (pages,)                                            # named in service.py like the API's
"""

from typing import Any

from flask import Blueprint, Response

from services.chassis.web.pages import csrf, language
from services.chassis.web.pages.headers import PAGE_HEADERS

#: `Vary`: the language and the person are in cookies
_VARY = "Cookie"


class Pages(Blueprint):
    """A plain Flask blueprint whose views draw pages. Write `url_prefix` without the service's own prefix, which is prepended."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        options.setdefault("template_folder", "templates")
        super().__init__(name, import_name, **options)
        self.before_request(language.choose)
        self.before_request(csrf.protect)
        self.after_request(finish)


def finish(response: Response) -> Response:
    """Give a page its headers."""
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Language", language.current())
    response.vary.add(_VARY)
    return response
