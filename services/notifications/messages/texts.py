"""Render the texts of messages from templates/: SMS in GSM-7 without diacritics, e-mail in proper Vietnamese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import jinja2
import smsutil
from anyascii import anyascii

from services.chassis.calendar import VIETNAM, today_in_vietnam
from services.chassis.errors import Transient
from services.chassis.text.citations import cite
from services.chassis.text.folding import visible
from services.notifications.settings import Settings

MASK = "********"

_FOLDER = Path(__file__).with_name("templates")
#: characters in ASCII but not in GSM-7
_NOT_GSM = str.maketrans({"`": "'"})
#: from here on hours are told
_MANY_MINUTES = 120
_PICTURES = {"birth_certificate": "ảnh giấy khai sinh", "portrait": "ảnh chân dung"}
_STEPS = {
    "acknowledge": "tiếp nhận",
    "route": "chuyển đến nơi liên quan",
    "answer": "trả lời",
    "coordination": "trả lời phối hợp",
}
_COLUMNS = {
    "full_name": "họ tên",
    "date_of_birth": "ngày sinh",
    "id_type": "giấy tờ tùy thân",
    "id_number": "giấy tờ tùy thân",
    "personal_id": "giấy tờ tùy thân",
    "phone": "số điện thoại",
    "email": "thư điện tử",
    "address": "địa chỉ",
}


class Unwritable(Transient):
    """A template and its values do not match: a release will fix it, so the message waits."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The subject and texts of an e-mail."""

    subject: str
    text: str
    html: str


class Texts:
    """All templates, compiled once. Brand, hotline and links come from the settings."""

    def __init__(self, settings: Settings) -> None:
        self._jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER),
            undefined=jinja2.StrictUndefined,
            autoescape=jinja2.select_autoescape(["html"]),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters.update(
            fold=fold,
            cut=cut,
            date=date_of,
            day=day,
            last_day=last_day,
            hour=hour,
            deadline=deadline,
            duration=duration,
            figure=figure,
            step=step,
            picture=picture,
            changes=changes,
        )
        self._jinja.globals.update(
            brand=settings.sms_brand,
            cite=_cited_today,
            hotline=settings.hotline,
            hotline_short=settings.hotline.replace(" ", ""),
            officers_help_line=settings.officers_help_line,
            login_url=settings.login_url,
            form_link_url=settings.form_link_url,
            complaint_url=settings.complaint_url,
        )

    def sms(self, template: str, values: Mapping[str, Any]) -> str:
        """Return an SMS on one line.

        :raises Unwritable: if a value is missing, or a character is not in GSM-7 (the message would cost three times as much).
        """
        text = _single_line(self._render(f"sms/{template}.txt", values))
        if not smsutil.is_valid_gsm(text):
            raise Unwritable(f"sms/{template}.txt: not GSM-7")
        return text

    def letter(self, template: str, values: Mapping[str, Any]) -> Letter:
        """Return an e-mail; the first line of its text file is the subject.

        :raises Unwritable: as for `sms`.
        """
        subject, _, text = self._render(f"email/{template}.txt", values).partition("\n")
        return Letter(_single_line(subject), text.strip() + "\n", self._render(f"email/{template}.html", values))

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            # facts of earlier releases may hold signs that turn or hide what stands beside them
            return unicodedata.normalize("NFC", visible(self._jinja.get_template(name).render(values)))
        except (jinja2.TemplateError, TypeError, ValueError) as error:
            raise Unwritable(f"{name}: {type(error).__name__}") from None


def _cited_today(id_: str) -> str:
    return cite(id_, today_in_vietnam()).vi


def segments(text: str) -> int:
    """Return how many SMS segments the text takes."""
    return len(smsutil.split(text).parts)


def fold(text: str) -> str:
    """Return the text in ASCII on one line: `Nguyễn Thị Đào` → `Nguyen Thi Dao`. NFC first: anyascii keeps combining marks."""
    return _single_line(anyascii(unicodedata.normalize("NFC", text)).translate(_NOT_GSM))


def cut(text: str, length: int) -> str:
    """Shorten the text to at most `length` characters, ending in `...` after a whole word."""
    if len(text) <= length:
        return text
    return text[: length - 2].rsplit(" ", 1)[0].rstrip(" ,.;:") + "..."


def date_of(text: str) -> str:
    """Return `01/12/2026` for an ISO date."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def day(moment: str) -> str:
    """Return `01/12/2026`, the date in Vietnam."""
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%d/%m/%Y}"


def last_day(moment: str) -> str:
    """Return the last day before a deadline at midnight, which is the end of that day."""
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM) - timedelta(microseconds=1):%d/%m/%Y}"


def step(name: str) -> str:
    """Return the Vietnamese phrase for a complaint's step (F7)."""
    return _STEPS.get(name, "xử lý")


def changes(columns: Iterable[str]) -> str:
    """Return the Vietnamese names of what was changed in an account, each once (V12)."""
    return ", ".join(dict.fromkeys(_COLUMNS.get(name, "thông tin khác") for name in columns))


def picture(kind: str) -> str:
    """Return the Vietnamese name of a picture of a child's dossier."""
    return _PICTURES.get(kind, "giấy tờ")


def hour(moment: str) -> str:
    """Return `09:30 01/12/2026`, the time in Vietnam."""
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def deadline(moment: str) -> str:
    """Return `09:30 01/12/2026`, or `hết ngày 30/11/2026` for a deadline at midnight, which is the end of that day."""
    here = datetime.fromisoformat(moment).astimezone(VIETNAM)
    return f"hết ngày {last_day(moment)}" if here.time() == time() else hour(moment)


def figure(number: float) -> str:
    """Return a number as people in Vietnam write it: 123.456, 4,5."""
    return f"{number:,}".translate(str.maketrans(",.", ".,"))


def duration(seconds: float) -> str:
    """Return `7 phút`, `16 giờ`, in whole units and never more than is left."""
    minutes = max(0, int(seconds // 60))
    return f"{minutes // 60} giờ" if minutes >= _MANY_MINUTES else f"{minutes} phút"


def _single_line(text: str) -> str:
    return " ".join(text.split())
