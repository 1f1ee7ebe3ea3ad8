"""Complaint numbers: ``PA-yymmdd-NNNNNN-c`` ("phản ánh"), as `chassis.serials` makes them."""

from services.chassis.serials import Form, counters_in
from services.feedback.complaint_row import metadata

FORM = Form("PA-")
counters = counters_in(metadata)

complaint_no = FORM.number
is_complaint_no = FORM.fits
