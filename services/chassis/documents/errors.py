"""What a document store answers when it cannot; the tree is drawn in the package's docstring."""

from services.chassis.errors import Held, Permanent, Transient

_UNAVAILABLE = "documents-unavailable"


class StoreUnavailable(Transient):
    """The store does not answer now."""

    safe_to_log = True
    kind = _UNAVAILABLE


class StoreMisconfigured(Held):
    """The store refuses us; the text says what to check. Jobs are held until an operator has done so."""

    safe_to_log = True
    kind = _UNAVAILABLE

    def __init__(self, text: str, *, code: str = "documents") -> None:
        super().__init__(code, text)


class DocumentFault(Permanent):
    """Something is wrong with one document."""


class DocumentNotFound(DocumentFault):
    """There is no document of this id."""

    def __init__(self) -> None:
        # The id stays out of the text: it opens the document, and texts get logged.
        super().__init__("no such document")


class DocumentRefused(DocumentFault):
    """Empty, too large, or without a content type."""


class Corrupted(DocumentFault):
    """The stored bytes are not those that were put."""
