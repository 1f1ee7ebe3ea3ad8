"""The fact that the calendar's list of dated corrections has changed (W1)."""

from datetime import datetime
from typing import Any, Final

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.calendar import OFF, WORK
from services.chassis.facts import Fact, public

#: the envelope's `subject` of every fact about the calendar
CALENDAR: Final = "calendar"


class DatedCorrection(Schema):
    """One day that differs from the rule (Monday to Friday without public holidays); `why`: the decision behind it."""

    day = fields.Date(required=True, metadata={"public": True})
    kind = fields.String(
        required=True,
        validate=OneOf((OFF, WORK)),
        metadata={"public": True, "description": "`off`: a day off; `work`: a day worked instead"},
    )
    why = fields.String(required=True, metadata={"public": True})


class CalendarChanged(
    Fact,
    name="calendar_changed",
    version=1,
    subject="calendar",
    example={
        "calendar": CALENDAR,
        "corrections": [
            {"day": "2026-01-02", "kind": "off", "why": "Nghỉ bù Tết Dương lịch (hoán đổi với 10/01/2026)"},
            {"day": "2026-01-10", "kind": "work", "why": "Làm bù cho 02/01/2026"},
        ],
        "changed_at": "2026-11-23T09:00:00+07:00",
    },
):
    """The dated corrections of the calendar have changed (W1); `corrections` is the whole list and replaces the old one.

    Deadlines already announced do not move.
    """

    calendar: str = public(fields.String(required=True, validate=OneOf((CALENDAR,))))
    corrections: list[dict[str, Any]] = public(fields.List(fields.Nested(DatedCorrection), required=True))
    changed_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
