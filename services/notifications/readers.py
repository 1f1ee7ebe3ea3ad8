"""What this service reads for itself; the facts that become messages: `dossiers`, `holders`, `complaints`, `staff`."""

from typing import Any

from marshmallow import fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.parts import DatedCorrection


class CalendarChanged(Reader, service="feedback", name="calendar_changed", version=1):
    corrections: list[dict[str, Any]] = reads(fields.List(fields.Nested(DatedCorrection), required=True))
