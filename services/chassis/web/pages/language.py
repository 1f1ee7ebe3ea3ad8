"""Two languages: Vietnamese is what stands in code and templates, English comes from `translations/en.po` of the chassis and the service.

Chosen by the person with a link, kept in the cookie `vss_lang`; never guessed from the browser's settings, which on many phones here are English.
"""

import gettext
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from babel.messages.pofile import read_po
from babel.support import LazyProxy
from flask import Flask, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response

import services
from services.chassis.web.resources import resources

COOKIE: Final = "vss_lang"
VIETNAMESE, ENGLISH = "vi", "en"
_ROOT = Path(services.__path__[0])
_CHASSIS = Path(__file__).parent
#: marks the English of a number that is one (`msgctxt "one"`)
_ONE = "one\x04"
_YEAR = 365 * 86_400


def current() -> str:
    """Return the language of the page in hand."""
    chosen: str = g.get("language", VIETNAMESE)
    return chosen


def choose() -> None:
    """Take the language from the cookie."""
    g.language = ENGLISH if request.cookies.get(COOKIE) == ENGLISH else VIETNAMESE


def remember(response: Response, chosen: str, *, secure: bool) -> None:
    """Keep the choice for a year."""
    value = ENGLISH if chosen == ENGLISH else VIETNAMESE
    response.set_cookie(COOKIE, value, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="Lax")


def either(vi: str, en: str) -> str:
    """Return the one that is in the language of the page."""
    return en if current() == ENGLISH else vi


def translate(message: str, **values: Any) -> str:
    """Return `message` in the language of the page, with `%(name)s` replaced. English of a number `n` that is one may have its own form."""
    found = _find(message, values)
    return found % values if values else found


def _find(message: str, values: Mapping[str, Any]) -> str:
    if current() != ENGLISH:
        return message
    catalogue = _catalogue(resources.service)
    return (catalogue.get(_ONE + message) if values.get("n") == 1 else None) or catalogue.get(message, message)


def _in_template(message: str, **values: Any) -> Markup:
    if not values:
        return _fixed(message, current(), resources.service)
    # always a format, as Jinja has it: `%%` is a percent sign; values are escaped
    return Markup(_find(message, values)) % values  # noqa: S704  # of our templates and catalogues


@lru_cache(maxsize=4096)
def _fixed(message: str, chosen: str, service: str) -> Markup:
    found = _catalogue(service).get(message, message) if chosen == ENGLISH else message
    return Markup(found) % {}  # noqa: S704  # as above


def lazy(message: str) -> Any:
    """Return what becomes `message` in the language of the page when it is drawn: for labels, which are made on import."""
    return LazyProxy(translate, message, enable_cache=False)


class _Translations(gettext.NullTranslations):
    """What Jinja asks."""

    def gettext(self, message: str) -> str:
        return translate(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        # Vietnamese has one form; English has a catalogue entry of the singular and of the plural
        return translate(msgid1 if n == 1 else msgid2)


@cache
def _catalogue(service: str) -> Mapping[str, str]:
    messages: dict[str, str] = {}
    for folder in (_CHASSIS, *([_ROOT / service] if service else [])):
        file = folder / "translations" / "en.po"
        if file.exists():
            with file.open("rb") as opened:
                catalogue = read_po(opened, locale=ENGLISH)
            messages |= {
                (_ONE if each.context == "one" else "") + str(each.id): str(each.string)
                for each in catalogue
                if each.id and each.string and not each.fuzzy
            }
    return messages


def install(app: Flask) -> None:
    """Let templates say `{{ _("…") }}` and `{% trans %}…{% endtrans %}`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(_Translations(), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    app.jinja_env.globals |= {"_": _in_template, "either": either, "language": current}
