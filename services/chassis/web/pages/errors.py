"""Pages of errors: what happened, what to do, whom to ask, in the language of the page; and what was typed, so that nothing is lost."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request

from services.chassis.observe import trace
from services.chassis.observe.logs import get_logger
from services.chassis.web import auth, second_factor
from services.chassis.web.pages import csrf, held, language, navigation
from services.chassis.web.pages.blueprint import Pages, finish
from services.chassis.web.pages.layout import HOTLINE
from services.chassis.web.problem import PAGE, Problem, standard_detail
from services.chassis.web.resources import resources

log = get_logger(__name__)
_WORDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("errors.toml").read_text("utf-8"))
_KIND, _MINUTE, _TWO_MINUTES = "urn:vss:problem:", 60, 120
_DEFAULT_WAIT = 10


@dataclass(frozen=True)
class Told:
    """What the template draws. `typed`: the fields of the form that was sent, if they may be sent again; `shown`: those that a person typed."""

    title: str
    detail: str
    status: int
    trace_id: str
    errors: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]
    shown: tuple[str, ...]


def is_page() -> bool:
    """Tell whether a page view answers the request in hand."""
    return any(isinstance(current_app.blueprints.get(name), Pages) for name in request.blueprints)


def draw(problem: Problem) -> Response | None:
    """Return the page of a problem; None for a caller who wants none."""
    accepted = request.accept_mimetypes
    wants_page = accepted["text/html"] > max(accepted["application/json"], accepted["application/problem+json"])
    if not (wants_page or is_page()):
        return None
    if "language" not in g:
        language.choose()
    part = "HX-Request" in request.headers
    response = Response(_drawn(problem, part=part), problem.code or 500, mimetype="text/html")
    if part:  # shown above the page that asked, which stays as it is
        response.headers |= {"HX-Retarget": "#loi", "HX-Reswap": "innerHTML"}
    response.headers.update(problem.headers)
    return finish(response)


def _drawn(problem: Problem, *, part: bool) -> str:
    told = _told(problem)
    try:
        return render_template("chassis/problem-part.html" if part else "chassis/problem.html", problem=told)
    except Exception as error:  # the database may be what is away, and the key of the tokens is there
        log.warning("error_page_bare", error=error)
        return render_template("chassis/problem-bare.html", problem=told)


def _told(problem: Problem) -> Told:
    status, members = problem.code or 500, problem.members
    kind = str(members["type"]).removeprefix(_KIND)
    if status == 404 and _is_elsewhere():
        kind = "elsewhere"
    words = _WORDS.get(kind) or _WORDS.get(str(status)) or {}
    standard = members["detail"] == standard_detail(status)
    fill = _fill(problem)
    if words and (standard or kind in _WORDS):
        title = language.either(words["title"], words["title_en"])
        detail = language.either(words["detail"], words["detail_en"]).format_map(fill)
        if status == 403 and kind not in _WORDS and not fill["who"]:
            detail = language.either(members["detail"], members["detail_en"])
    else:
        title = language.either(words.get("title", members["title"]), words.get("title_en", members["title_en"]))
        detail = language.either(members["detail"], members["detail_en"])
    sent = request.method == "POST" and csrf.is_ours()
    typed = held.typed() if sent else []
    return Told(
        title=title,
        detail=detail,
        status=status,
        trace_id=trace.trace_id() or "",
        errors=tuple(language.either(each["message_vi"], each["message_en"]) for each in members.get("errors", ())),
        typed=tuple(typed) if words.get("again") else (),
        shown=tuple(value for name, value in typed if not name.startswith("_") and value.strip()),
    )


def _fill(problem: Problem) -> Mapping[str, str]:
    menu = navigation.of(resources.settings)
    named = g.page_roles if "page_roles" in g else ()
    roles = [menu.roles[each] for each in named if each in menu.roles]
    who = auth.caller()
    ask = menu.ask if who is not None and second_factor.is_of_staff(who.role) else None
    return {
        "hotline": HOTLINE,
        "wait": wait_text(problem.headers.get("Retry-After", "")),
        "trace": trace.trace_id() or "",
        "who": ", ".join(language.either(each["vi"], each["en"]) for each in roles),
        "ask": language.either(ask["vi"], ask["en"]) if ask else HOTLINE,
    }


def wait_text(seconds: str) -> str:
    """Return a wait in words: "10 giây", "15 phút"."""
    number = int(seconds) if seconds.isascii() and seconds.isdigit() else _DEFAULT_WAIT
    if number < _TWO_MINUTES:
        return language.translate("%(n)s giây", n=number)
    return language.translate("%(n)s phút", n=-(-number // _MINUTE))


def _is_elsewhere() -> bool:
    first = request.path.split("/")[1]
    return request.url_rule is None and first != resources.service and first in navigation.of(resources.settings).prefixes


def install(app: Flask) -> None:
    """Let problems be drawn as pages."""
    app.extensions[PAGE] = draw
