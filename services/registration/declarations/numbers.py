"""Dossier numbers: ``yymmdd-NNNNNN-c`` (more digits from the millionth of a day on), as `chassis.serials` makes them; and ids of drafts."""

import re

from services.chassis.serials import Form, counters_in
from services.registration.schema import metadata

FORM = Form()
counters = counters_in(metadata)

is_dossier_no = FORM.fits

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def is_draft_id(text: str) -> bool:
    """Tell whether a text is written as the `draft_id` that a filer is given."""
    return _UUID.fullmatch(text) is not None
