"""Parts of `/readyz` that a service's requests need besides the database; named in its `service.py`.

::

    http = Http(*BLUEPRINTS, verifier=tokens.verifier, needs=(parts.documents, parts.sealing))

The keys of bearer tokens are watched wherever there is a verifier (`web/extension.py`). What is critical: decision 52.
"""

from collections.abc import Callable
from typing import Any

from services.chassis.resources import Resources

Need = Callable[[Resources[Any]], None]

_DOCUMENTS_REMEDY = "Are DOCUMENTS_URL and DOCUMENT_KEYS_URL right, and is there space?"


def documents(resources: Resources[Any]) -> None:
    """Watch the document store: without it files are neither taken nor shown."""

    def check() -> None:
        resources.documents.check()  # the first check opens the store, and says so if it cannot be opened

    resources.health.add("documents", check, _DOCUMENTS_REMEDY, critical=False)


def sealing(resources: Resources[Any]) -> None:
    """Watch that there is a key to seal codes with: without it nobody gets one, and what asks for one is 503."""

    def check() -> str | None:
        if resources.settings.seal_public_key is not None:
            return None
        return "SEAL_PUBLIC_KEY is not set: no code can be sent. Give this service the public key of notifications."

    resources.health.add("seal", check, critical=False)
