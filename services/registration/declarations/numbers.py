"""Dossier numbers: ``yymmdd-NNNNNN-c``, as `chassis.serials` makes them."""

from services.chassis.serials import Form, counters_in
from services.registration.schema import metadata

FORM = Form()
counters = counters_in(metadata)

is_dossier_no = FORM.fits
