"""Complaint numbers: ``PA-yymmdd-NNNNNN-c`` ("phản ánh"), as `services.chassis.serials` makes them."""

from services.chassis.serials import Form, counters_in
from services.feedback.schema import metadata

FORM = Form("PA-")
counters = counters_in(metadata)
