"""Documents in a folder: for one machine, for trials, or on a network file system that keeps its promises about rename.

    <folder>/ab/cd/<document_id>         the bytes as they were put
    <folder>/ab/cd/<document_id>.json    sha256, size, content_type
    <folder>/.part/                      what is being written; leftovers of a crash are removed after a day

A document is there when its bytes are: they are renamed into place last when put, and removed first when deleted.
File calls block the process (a few milliseconds with fsync): S3 suits a busy service better.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from services.chassis.documents import (
    MAX_BYTES,
    PIECE_BYTES,
    Corrupted,
    Document,
    DocumentNotFound,
    DocumentStore,
    Intake,
    StoreMisconfigured,
    StoreUnavailable,
)

_LEFTOVER_SECONDS = 86_400
_NOTE_BYTES = 4096
_MISCONFIGURED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.ENAMETOOLONG}
_STRANGE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}  # a link, a folder or a pipe where the bytes should be


class FolderDocuments(DocumentStore):
    """Files have mode 0600, folders 0700."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        super().__init__(max_bytes=max_bytes)
        self._folder = folder
        self._parts = folder / ".part"
        self._tidied = False

    def check(self) -> None:
        with _translated():
            self._prepare()
            if not os.access(self._parts, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "no right to write")

    def _write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        with _translated():
            self._prepare()
        path, note = self._path(document_id), self._note(document_id)
        part, note_part = self._parts / path.name, self._parts / note.name
        try:
            _write_file(part, intake)
            document = intake.document(document_id, content_type)
            noted = {"sha256": document.sha256, "size": document.size, "content_type": content_type}
            _write_file(note_part, [json.dumps(noted).encode()])
            with _translated():
                _make_folders(path.parent)
                note_part.rename(note)
                part.rename(path)
                _sync(path.parent)
        except BaseException:
            for leftover in (part, note_part):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise
        return document

    @contextmanager
    def _read(self, document_id: str) -> Iterator[tuple[Document, Iterator[bytes]]]:
        with _translated():
            try:
                file = _open_plain(self._path(document_id))
            except FileNotFoundError:
                raise DocumentNotFound from None
        with file:
            yield self._document(document_id), _read_pieces(file)

    def _document(self, document_id: str) -> Document:
        with _translated():
            try:
                with _open_plain(self._note(document_id)) as file:
                    noted = json.loads(file.read(_NOTE_BYTES))
                return Document(document_id, str(noted["sha256"]), int(noted["size"]), str(noted["content_type"]))
            except FileNotFoundError:
                if not self._exists(document_id):  # deleted while we were looking
                    raise DocumentNotFound from None
                raise Corrupted("the document's .json is missing") from None
            except (ValueError, TypeError, KeyError, RecursionError):
                raise Corrupted("the document's .json is not readable") from None

    def _exists(self, document_id: str) -> bool:
        with _translated():
            return self._path(document_id).is_file()

    def _delete(self, document_id: str) -> None:
        path = self._path(document_id)
        with _translated():
            path.unlink(missing_ok=True)
            self._note(document_id).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                _sync(path.parent)

    def _path(self, document_id: str) -> Path:
        """Spread by the random end of the id: its beginning is time, and would fill one folder at a time."""
        return self._folder / document_id[-2:] / document_id[-4:-2] / document_id

    def _note(self, document_id: str) -> Path:
        return self._path(document_id).with_name(f"{document_id}.json")

    def _prepare(self) -> None:
        _make_folders(self._parts)
        if self._tidied:
            return
        self._tidied = True
        for leftover in self._parts.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                    leftover.unlink()


def _make_folders(folder: Path) -> None:
    """With mode 0700 and each new one on disk before anything is put into it."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "a file is in the way")
    _sync(folder.parent)


def _write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Only our own calls are translated: what the caller's stream raises passes as it is."""
    with _translated():
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb", buffering=0)
    with file:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                with _translated():
                    left = left[file.write(left) :]
        with _translated():
            os.fsync(file.fileno())


def _open_plain(path: Path) -> BinaryIO:
    """O_NONBLOCK: somebody's pipe in the place of a file must not hang us."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb", buffering=0)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    while True:
        with _translated():
            piece = file.read(PIECE_BYTES)
        if not piece:
            return
        yield piece


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    """The number's own text only: an OSError's text would show the path, which holds the id."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if error.errno in _STRANGE:
            raise Corrupted(f"the document is not a plain file: {reason}") from None
        if error.errno in _MISCONFIGURED:
            raise StoreMisconfigured(
                f"the documents folder cannot be used: {reason}. Look at DOCUMENTS_URL and its rights."
            ) from None
        raise StoreUnavailable(f"the documents folder does not answer: {reason}") from None
