"""Probes of the keys that seal secrets: the writer's key must be the public half of one that the reader holds.

No process holds both, so each says the id of its own: accounts, feedback, registration and notifications must name the same.
"""

from typing import Any

from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources
from services.chassis.seal import Opener, Sealer

_REMEDY = "Make a pair with `python -m services.chassis.seal`; the private key is for notifications only."


def _seals(resources: Resources[Any]) -> str:
    settings = resources.settings
    if settings.seal_public_key is None:
        raise Unwell("SEAL_PUBLIC_KEY is not set", _REMEDY)
    key_id = Sealer(settings.seal_public_key).key_id
    if settings.seal_private_key is not None:
        raise Unwell(
            "SEAL_PRIVATE_KEY is here too", "Only notifications may open what is sealed: remove it from this service."
        )
    return f"seals to key {key_id}: `vss doctor notifications` must name it"


def _opens(resources: Resources[Any]) -> str:
    settings = resources.settings
    if settings.seal_private_key is None:
        raise Unwell("SEAL_PRIVATE_KEY is not set", _REMEDY)
    held = Opener(settings.seal_private_key).key_ids
    if settings.seal_public_key is not None and (key_id := Sealer(settings.seal_public_key).key_id) not in held:
        raise Unwell(
            f"SEAL_PUBLIC_KEY is key {key_id}, which SEAL_PRIVATE_KEY does not open", "Give the pair that belongs together."
        )
    return f"opens key {', '.join(held)}: `vss doctor accounts`, feedback and registration must name one of them"


sealing = (Probe("seal", _seals, _REMEDY),)
opening = (Probe("seal", _opens, _REMEDY),)
