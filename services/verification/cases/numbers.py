"""Validate the numbers that people quote, and declare the request fields for them."""

import re
from typing import Any

import marshmallow as ma

from services.chassis.serials import Form
from services.chassis.text.bilingual import bilingual
from services.chassis.web.fields import Number

_BHXH_CODE = re.compile(r"\d{10}", re.ASCII)

#: tells whether a text is `yymmdd-NNNNNN-c` (or with more digits in the middle) with the right check digit
is_dossier_no = Form().fits


def is_bhxh_code(text: str) -> bool:
    """Tell whether ``text`` is ten digits; a BHXH code has no check digit."""
    return _BHXH_CODE.fullmatch(text) is not None


class DossierNo(Number):
    """A dossier number in a request, with or without its hyphens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        digits = super()._deserialize(value, attr, data, **kwargs)
        # from the millionth of a day on the middle has more digits
        return f"{digits[:6]}-{digits[6:-1]}-{digits[-1:]}"

    def __init__(self, **options: Any) -> None:
        pattern = {"pattern": "^[0-9]{6}-[0-9]{6,9}-[0-9]$", "example": "261121-000001-6"}
        super().__init__(validate=_check_dossier_no, metadata=pattern, **options)


class BhxhCode(Number):
    """A BHXH code in a request."""

    def __init__(self, *, metadata: dict[str, str] | None = None, **options: Any) -> None:
        pattern = {"pattern": "^[0-9]{10}$", "example": "0113099841"}
        super().__init__(validate=_check_bhxh_code, metadata=pattern | (metadata or {}), **options)


def _check_dossier_no(value: str) -> None:
    if not is_dossier_no(value):
        raise ma.ValidationError(
            bilingual(vi="Sai số hồ sơ hoặc sai chữ số kiểm tra.", en="Not a dossier number, or its check digit is wrong.")
        )


def _check_bhxh_code(value: str) -> None:
    if not is_bhxh_code(value):
        raise ma.ValidationError(bilingual(vi="Mã số BHXH phải có 10 chữ số.", en="A BHXH code must have 10 digits."))
