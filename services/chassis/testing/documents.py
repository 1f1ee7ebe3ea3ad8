"""An in-memory `DocumentStore` for tests of what uses one; it keeps the port's suite like the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.documents import PIECE_BYTES, Document, DocumentNotFound, DocumentStore, Intake


class MemoryDocuments(DocumentStore):
    """`fail_with` is raised by the next calls while set: MemoryDocuments().fail_with = StoreUnavailable("…")."""

    fail_with: Exception | None = None

    def __init__(self, *, max_bytes: int | None = None) -> None:
        super().__init__(**({} if max_bytes is None else {"max_bytes": max_bytes}))
        self._kept: dict[str, tuple[Document, bytes]] = {}
        self._names: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def tamper(self, document_id: str, content: bytes) -> None:
        """Change the bytes behind the store's back."""
        self._kept[document_id] = (self._kept[document_id][0], content)

    def check(self) -> None:
        self._fail()

    def write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        self._fail()
        content = b"".join(intake)
        document = intake.document(document_id, content_type)
        self._kept[document_id] = (document, content)
        return document

    @contextmanager
    def read(self, document_id: str) -> Iterator[tuple[Document, Iterator[bytes]]]:
        self._fail()
        if document_id not in self._kept:
            raise DocumentNotFound
        document, content = self._kept[document_id]
        yield document, (content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES))

    def remove(self, document_id: str) -> None:
        self._fail()
        self._kept.pop(document_id, None)

    def list_ids(self, since: str = "") -> Iterator[str]:
        self._fail()
        yield from sorted(each for each in self._kept if each >= since)

    def _fail(self) -> None:
        if self.fail_with is not None:
            raise self.fail_with

    def put_name(self, folder: str, name: str) -> None:
        self._fail()
        self._names.add((folder, name))

    def list_names(self, folder: str) -> list[str]:
        self._fail()
        below = [
            f"{kept}/{name}".removeprefix(f"{folder}/") for kept, name in self._names if f"{kept}/".startswith(f"{folder}/")
        ]
        return list({each.partition("/")[0] for each in below})

    def delete_names(self, folder: str) -> None:
        self._fail()
        self._names = {(kept, name) for kept, name in self._names if kept != folder}
