"""Documents kept outside messages and databases (claim check): a folder or S3. See `store` for how to use one."""

from services.chassis.documents.opening import from_url
from services.chassis.documents.store import (
    MAX_BYTES,
    PIECE_BYTES,
    Content,
    Corrupted,
    Document,
    DocumentFault,
    DocumentNotFound,
    DocumentRefused,
    DocumentStore,
    Intake,
    Source,
    StoreMisconfigured,
    StoreUnavailable,
)

__all__ = [
    "MAX_BYTES",
    "PIECE_BYTES",
    "Content",
    "Corrupted",
    "Document",
    "DocumentFault",
    "DocumentNotFound",
    "DocumentRefused",
    "DocumentStore",
    "Intake",
    "Source",
    "StoreMisconfigured",
    "StoreUnavailable",
    "from_url",
]
