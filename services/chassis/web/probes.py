"""Probe of the keys by which bearer tokens are verified."""

import json
from typing import Any

from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources
from services.chassis.web.tokens import read_jwks

_REMEDY = "Is JWKS_URL right, and does accounts run? Until then nobody who signs in is let in here."


def _keys(resources: Resources[Any]) -> str:
    url = resources.settings.jwks_url
    try:
        keys = read_jwks(url.reveal()).get("keys")
    except (OSError, json.JSONDecodeError, AttributeError) as error:
        raise Unwell(f"{url} gives no keys: {type(error).__name__}", _REMEDY) from None
    if not isinstance(keys, list) or not keys:
        raise Unwell(f"{url} gives no keys", _REMEDY)
    return f"{url} gives {len(keys)} key{'s' if len(keys) > 1 else ''}"


probes = (Probe("jwks", _keys, _REMEDY),)
