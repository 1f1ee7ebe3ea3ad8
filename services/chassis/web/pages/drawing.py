"""What templates ask beside their macros: choices as govuk-frontend wants them, days and hours in words, text whose hidden signs are shown."""

import hashlib
import re
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import Flask

from services.chassis.calendar import VIETNAM
from services.chassis.web.pages import language
from services.chassis.web.pages.forms import Form

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
#: control signs, and those that turn the direction of writing: a reader must see that they are there
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def choice_items(form: Form, path: str) -> list[dict[str, Any]]:
    """Return radios or checkboxes."""
    chosen = set(form.values(path))
    return [
        {"value": str(each[0]), "text": str(each[1]), "checked": str(each[0]) in chosen}
        | ({"hint": {"text": str(each[2])}} if len(each) > 2 and each[2] else {})
        for each in form.choices(path)
    ]


def select_items(form: Form, path: str) -> list[dict[str, Any]]:
    """Return the lines of a `<select>`, the first of which is empty."""
    chosen = form.value(path)
    lines = [
        {"value": str(each[0]), "text": str(each[1]), "selected": str(each[0]) == chosen} for each in form.choices(path)
    ]
    return [{"value": "", "text": language.translate("Chọn"), "selected": not chosen}, *lines]


def moment_text(at: datetime) -> str:
    """Return "15:42, 21/11/2026", in Vietnam's time; in English "15:42, 21 November 2026"."""
    here = at.astimezone(VIETNAM)
    return f"{here:%H:%M}, {day_text(here.date())}"


def hour_text(at: datetime) -> str:
    """Return "15:42", in Vietnam's time."""
    return f"{at.astimezone(VIETNAM):%H:%M}"


def day_text(of: date) -> str:
    """Return "21/11/2026"; in English "21 November 2026"."""
    return format_date(of, "d MMMM yyyy", locale="en") if language.current() == language.ENGLISH else f"{of:%d/%m/%Y}"


def weekday_text(of: date) -> str:
    """Return "thứ Ba, 01/12/2026", where a person must come; in English "Tuesday, 1 December 2026"."""
    if language.current() == language.ENGLISH:
        return format_date(of, "EEEE, d MMMM yyyy", locale="en")
    return f"{_WEEKDAYS[of.weekday()]}, {of:%d/%m/%Y}"


def number_text(number: float) -> str:
    """Return "1.234"; in English "1,234"."""
    text = f"{number:,}"
    return text if language.current() == language.ENGLISH else text.translate(str.maketrans(",.", ".,"))


def seen(text: str) -> str:
    """Return `text` with its hidden signs made visible, as `[U+202E]`."""
    return _HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def hash_id(text: str) -> str:
    """Return an id of an element made of its words."""
    return "n" + hashlib.sha256(str(text).encode()).hexdigest()[:8]


def install(app: Flask) -> None:
    """Give templates all of these."""
    app.jinja_env.globals |= {"choice_items": choice_items, "select_items": select_items}
    for each in (moment_text, hour_text, day_text, weekday_text, number_text, seen, hash_id):
        app.jinja_env.filters[each.__name__] = each
