"""Probe of HGĐ: a look-up of a code that nobody has."""

from __future__ import annotations

from services.chassis.errors import Permanent
from services.chassis.probes import Probe
from services.chassis.resources import Resources
from services.verification.directory.hgd import HttpDirectory
from services.verification.settings import Settings

_NOBODY = "0000000000"


def _look_up(resources: Resources[Settings]) -> str:
    settings = resources.settings
    hgd = HttpDirectory(settings.hgd_url.reveal(), settings.hgd_api_key.reveal())
    try:
        hgd.look_up(_NOBODY, timeout_seconds=settings.hgd_timeout_seconds)
    except Permanent:
        # it knows us, and will not look up such a code
        return f"{settings.hgd_url} answers"
    return f"{settings.hgd_url} answers a look-up"


probes = (Probe("hgd", _look_up, "Are HGD_URL and HGD_API_KEY right, and is HGĐ up? docs/runbooks/hgd-down.md"),)
