"""Validate dossier numbers, and declare the request field for them."""

from typing import Any

import marshmallow as ma

from services.chassis.serials import Form
from services.chassis.text.bilingual import bilingual
from services.chassis.web.typed import QuotedNumber

#: tells whether a text is `yymmdd-NNNNNN-c` (or with more digits in the middle) with the right check digit
is_dossier_no = Form().fits


class DossierNo(QuotedNumber, pattern="^[0-9]{6}-[0-9]{6,9}-[0-9]$", description="with its check digit, by Luhn"):
    """A dossier number in a request, with or without its hyphens."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=_check_dossier_no, **options)


def _check_dossier_no(value: str) -> None:
    if not is_dossier_no(value):
        raise ma.ValidationError(
            bilingual(vi="Sai số hồ sơ hoặc sai chữ số kiểm tra.", en="Not a dossier number, or its check digit is wrong.")
        )
