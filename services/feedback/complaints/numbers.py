"""Complaint numbers: ``PA-yymmdd-NNNNNN-c`` ("phản ánh"; more digits from the millionth of a day on), as `services.chassis.serials` makes them."""

from services.chassis.recovery.counters import leap
from services.chassis.serials import Form, counters_in
from services.feedback.schema import metadata

FORM = Form("PA-")
counters = counters_in(metadata)

#: what is repaired after a restored backup
recovery_steps = (leap(counters),)
