"""Documents kept outside messages and databases (claim check): a fact carries the id and the SHA-256, the store the bytes.

    store = from_url(settings.documents_url, endpoint_url=settings.s3_endpoint_url)
    document = store.put(upload, "image/jpeg")            # Document(document_id, sha256, size, content_type)
    store.get(document.document_id, sha256=document.sha256)
    with store.open(document.document_id) as content:     # in pieces, for what is large
        for piece in content: ...

Whoever knows an id may ask for the document, so ids cannot be guessed; they are never taken from a file name.
Every read is checked against the SHA-256 taken when the document was put, and against the reader's own, if given.

    Transient
    ├── StoreUnavailable        no answer, out of space, throttled
    └── Held
        └── StoreMisconfigured  rights, credentials or bucket are wrong, or the answer is unknown: nothing but an operator helps
    Permanent
    └── DocumentFault
        ├── DocumentNotFound  no such document (also for what cannot be an id)
        ├── DocumentRefused   empty, too large, or no content type
        └── Corrupted         the bytes are not those that were put

Vendors' exceptions (OSError, botocore) never get out; those of the caller's own stream do, as they are.
"""

import hashlib
import hmac
import re
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from services.chassis.documents.errors import (
    Corrupted,
    DocumentFault,
    DocumentNotFound,
    DocumentRefused,
    StoreMisconfigured,
    StoreUnavailable,
)
from services.chassis.ids import uuid7

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
    "is_id",
    "read_pieces",
    "verified",
]

MAX_BYTES = 25 * 1024 * 1024
PIECE_BYTES = 256 * 1024  # hashing one takes about a millisecond, then other green threads get their turn

_ID = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}(;[ !-~]{1,255})?", re.ASCII)


@dataclass(frozen=True)
class Document:
    """Reference to a document, as facts carry it. `size` in bytes, `sha256` in lower-case hex."""

    document_id: str
    sha256: str
    size: int
    content_type: str


class Source(Protocol):
    """A readable binary stream: an open file, an upload."""

    def read(self, size: int, /) -> bytes: ...


class Content:
    """An open document. Iterate over its bytes once; they are verified only when that ends without Corrupted."""

    def __init__(self, document: Document, pieces: Iterator[bytes]) -> None:
        self.document = document
        self._pieces = verified(document, pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


class Intake:
    """A document being put: iterate over it once, then call `document`. Iterating raises DocumentRefused."""

    def __init__(self, content: bytes | Source, max_bytes: int) -> None:
        self._content = content
        self._max_bytes = max_bytes
        self._sha256 = hashlib.sha256()
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in _pieces(self._content):
            self._size += len(piece)
            if self._size > self._max_bytes:
                raise DocumentRefused(f"a document holds at most {self._max_bytes} bytes")
            self._sha256.update(piece)
            yield piece
            time.sleep(0)
        if not self._size:
            raise DocumentRefused("an empty document cannot be put")

    def document(self, document_id: str, content_type: str) -> Document:
        return Document(document_id, self._sha256.hexdigest(), self._size, content_type)


class DocumentStore(ABC):
    """Port for document stores. An adapter implements the abstract methods."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes

    def put(self, content: bytes | Source, content_type: str) -> Document:
        """Store a document durably. Raises DocumentRefused, StoreUnavailable, StoreMisconfigured."""
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise DocumentRefused("a document needs a content type like image/jpeg")
        return self.write(f"{uuid7().hex}-{secrets.token_hex(16)}", content_type, Intake(content, self.max_bytes))

    def get(self, document_id: str, *, sha256: str | None = None, max_bytes: int | None = None) -> bytes:
        """Return the whole document. Raises as `open` does, and Corrupted before returning any byte."""
        with self.open(document_id, sha256=sha256, max_bytes=max_bytes) as content:
            return b"".join(content)

    @contextmanager
    def open(self, document_id: str, *, sha256: str | None = None, max_bytes: int | None = None) -> Iterator[Content]:
        """Open a document, to be read in pieces of at most PIECE_BYTES.

        `sha256`: the hash that the reader was given. Raises DocumentNotFound, DocumentRefused (larger than `max_bytes`),
        Corrupted, StoreUnavailable, StoreMisconfigured; the iteration raises the last three.
        """
        with self.read(_checked(document_id)) as (document, pieces):
            limit = self.max_bytes if max_bytes is None else max_bytes
            if document.size > limit:
                raise DocumentRefused(f"the document holds {document.size} bytes, more than the {limit} wanted")
            if sha256 is not None and not hmac.compare_digest(sha256.lower().encode(), document.sha256.encode()):
                raise Corrupted("the stored document is not the one that was announced")
            yield Content(document, pieces)

    def delete(self, document_id: str) -> None:
        """Delete the document, if there is one."""
        if is_id(document_id):
            self.remove(document_id)

    @abstractmethod
    def check(self) -> None:
        """For `/readyz`: raises StoreUnavailable or StoreMisconfigured when documents could not be put now."""

    # Names without content, for the ledger (`recovery/ledger.py`): folders of them, such as `ledger/registration/2026-11-27`.

    @abstractmethod
    def put_name(self, folder: str, name: str) -> None:
        """Keep ``name`` in ``folder`` durably; one that is there stays. Raises StoreUnavailable, StoreMisconfigured."""

    @abstractmethod
    def list_names(self, folder: str) -> list[str]:
        """Return the names in ``folder``, those of folders in it too; none if there is no such folder."""

    @abstractmethod
    def delete_names(self, folder: str) -> None:
        """Delete ``folder`` with the names in it, if there is one."""

    # What an adapter does: for this class, and for a store that lies on another one (`encrypted.py`).

    @abstractmethod
    def write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        """Write all of it or nothing, in place of what is there."""

    @abstractmethod
    def read(self, document_id: str) -> AbstractContextManager[tuple[Document, Iterator[bytes]]]:
        """Open a document; what comes is not verified."""

    @abstractmethod
    def remove(self, document_id: str) -> None:
        """Remove the document, if there is one."""

    @abstractmethod
    def list_ids(self, since: str = "") -> Iterator[str]:
        """Yield the ids of all documents in the order in which they were put, from those that begin like ``since`` on."""


def is_id(text: str) -> bool:
    """Tell whether a text can be a document's id."""
    return _ID.fullmatch(text) is not None


def read_pieces(file: Source, translated: Callable[[], AbstractContextManager[None]]) -> Iterator[bytes]:
    """Read ``file`` to its end for an adapter, which translates its vendor's errors."""
    while True:
        with translated():
            piece = file.read(PIECE_BYTES)
        if not piece:
            return
        yield piece


def _checked(document_id: str) -> str:
    if not is_id(document_id):
        raise DocumentNotFound
    return document_id


def _pieces(content: bytes | Source) -> Iterator[bytes]:
    if isinstance(content, (bytes, bytearray, memoryview)):
        for start in range(0, len(content), PIECE_BYTES):
            yield bytes(content[start : start + PIECE_BYTES])
        return
    if not hasattr(content, "read"):
        raise TypeError(f"a document is put from bytes or a stream of them, not from {type(content).__name__}")
    while piece := content.read(PIECE_BYTES):
        if not isinstance(piece, bytes):
            raise TypeError(f"a document is put from a stream of bytes, not of {type(piece).__name__}")
        yield piece


def verified(document: Document, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces, and raise Corrupted at their end unless they are the document's."""
    sha256, size = hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        if size > document.size:
            break
        sha256.update(piece)
        yield piece
        time.sleep(0)
    if size != document.size or sha256.hexdigest() != document.sha256:
        raise Corrupted("the stored document has changed since it was put")
