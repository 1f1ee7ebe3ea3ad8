"""Two languages: Vietnamese is what stands in code and templates, English comes from `translations/en.po` of the chassis and the service.

Chosen by the person with a link, kept in the cookie `vss_lang`; never guessed from the browser's settings, which on many phones here are English.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel.messages.pofile import read_po
from babel.support import LazyProxy
from flask import Flask, Response, g, request

import services
from services.chassis.text.bilingual import Bilingual
from services.chassis.web.resources import resources

COOKIE: Final = "vss_lang"
VIETNAMESE, ENGLISH = "vi", "en"
_ROOT = Path(services.__path__[0])
_CHASSIS = Path(__file__).parent
_YEAR = 365 * 86_400


def current() -> str:
    """Return the language of the page in hand."""
    return str(g.get("language", VIETNAMESE))


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


def of_text(text: str) -> str:
    """Return a validator's message in the language of the page: one of two languages, or English that `wording.toml` translates."""
    from services.chassis.web.wording import vietnamese

    return str.__str__(text) if current() == ENGLISH else text.vi if isinstance(text, Bilingual) else vietnamese(text)


def translate(message: str, **values: Any) -> str:
    """Return `message` in the language of the page, with `%(name)s` replaced."""
    found = _catalogue(resources.service).get(message, message) if current() == ENGLISH else message
    return found % values if values else found


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
            messages |= {str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy}
    return messages


def install(app: Flask) -> None:
    """Let templates say `{{ _("…") }}` and `{% trans %}…{% endtrans %}`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(_Translations(), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    app.jinja_env.globals |= {"either": either, "language": current}
