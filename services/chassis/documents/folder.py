"""Documents in a folder: for one machine, for trials, or on a network file system with atomic rename.

    <folder>/ab/cd/<document_id>         the bytes as they were put
    <folder>/ab/cd/<document_id>.json    sha256, size, content_type
    <folder>/.part/                      what is being written; leftovers of a crash are removed after a day

A document exists when its bytes do: they are renamed into place last when put, and removed first when deleted. fsync (some
milliseconds) runs on a thread, so that green threads go on; other file calls block the process, for microseconds on a local disk.
Use S3 for several machines.
"""

import errno
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from services.chassis import documents
from services.chassis.documents import Document, DocumentStore, Intake
from services.chassis.green.threads import run_in_thread

_LEFTOVER_SECONDS = 86_400
_NOTE_BYTES = 4096
_MISCONFIGURED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.ENAMETOOLONG}
_STRANGE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}  # a link, a folder or a pipe where the bytes should be


class FolderDocuments(DocumentStore):
    """Files have mode 0600, folders 0700."""

    def __init__(self, folder: Path, *, max_bytes: int = documents.MAX_BYTES) -> None:
        super().__init__(max_bytes=max_bytes)
        self.folder = folder
        self._parts = folder / ".part"
        self._tidied = False
        #: folders made but perhaps not synced yet; whoever puts into one syncs it too
        self._young: set[Path] = set()

    def check(self) -> None:
        with _translated():
            self._prepare()
            if not os.access(self._parts, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "no right to write")

    def write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        with _translated():
            self._prepare()
        path, note = self._path(document_id), self._note(document_id)
        part, note_part = self._parts / path.name, self._parts / note.name
        with _translated():  # a document that is written anew: an earlier try may have broken off
            part.unlink(missing_ok=True)
            note_part.unlink(missing_ok=True)
        try:
            _write_file(part, intake)
            document = intake.document(document_id, content_type)
            noted = {"sha256": document.sha256, "size": document.size, "content_type": content_type}
            _write_file(note_part, [json.dumps(noted).encode()])
            with _translated():
                young = self._make_room(path.parent)
            run_in_thread(_settle, {note_part: note, part: path}, [folder.parent for folder in young])
            self._young.difference_update(young)
        except BaseException:
            for leftover in (part, note_part):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise
        return document

    @contextmanager
    def read(self, document_id: str) -> Iterator[tuple[Document, Iterator[bytes]]]:
        with _translated():
            try:
                file = _open_plain(self._path(document_id))
            except FileNotFoundError:
                raise documents.DocumentNotFound from None
        with file:
            yield self._document(document_id), documents.read_pieces(file, _translated)

    def _document(self, document_id: str) -> Document:
        with _translated():
            try:
                with _open_plain(self._note(document_id)) as file:
                    noted = json.loads(file.read(_NOTE_BYTES))
                return Document(document_id, str(noted["sha256"]), int(noted["size"]), str(noted["content_type"]))
            except FileNotFoundError:
                if not self._path(document_id).is_file():  # deleted while we were looking
                    raise documents.DocumentNotFound from None
                raise documents.Corrupted("the document's .json is missing") from None
            except (ValueError, TypeError, KeyError, RecursionError):
                raise documents.Corrupted("the document's .json is not readable") from None

    def remove(self, document_id: str) -> None:
        path = self._path(document_id)
        with _translated():
            path.unlink(missing_ok=True)
            self._note(document_id).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                _sync(path.parent)

    def list_ids(self, since: str = "") -> Iterator[str]:
        with _translated():
            names = [path.name for path in self.folder.glob("??/??/*") if documents.is_id(path.name)]
        yield from sorted(name for name in names if name >= since)

    def put_name(self, folder: str, name: str) -> None:
        with _translated():
            _make_folders(self.folder / folder)
            (self.folder / folder / name).touch(mode=0o600)
            run_in_thread(_sync, self.folder / folder)

    def list_names(self, folder: str) -> list[str]:
        with _translated(), suppress(FileNotFoundError):
            return [path.name for path in (self.folder / folder).iterdir()]
        return []

    def delete_names(self, folder: str) -> None:
        with _translated(), suppress(FileNotFoundError):
            for path in (self.folder / folder).iterdir():
                path.unlink(missing_ok=True)
            (self.folder / folder).rmdir()

    def _path(self, document_id: str) -> Path:
        """Spread documents by the random end of the id: its beginning is time and would fill one folder at a time."""
        return self.folder / document_id[-2:] / document_id[-4:-2] / document_id

    def _note(self, document_id: str) -> Path:
        return self._path(document_id).with_name(f"{document_id}.json")

    def _make_room(self, folder: Path) -> list[Path]:
        """Make the folder and its parent; return those that may not be on disk yet."""
        both = [folder.parent, folder]
        for each in both:
            if not each.is_dir():
                self._young.add(each)
                _make_folder(each)
        return [each for each in both if each in self._young]

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
    """Make folders with mode 0700, each synced before anything is put into it."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    _make_folder(folder)
    _sync(folder.parent)


def _make_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "a file is in the way")


def _settle(parts: Mapping[Path, Path], changed: Iterable[Path]) -> None:
    """Sync files and changed folders, then rename the files into place in this order.

    Folders come after the first file: where the file system keeps one journal, as ext4 does, they are on disk by then.
    """
    with _translated():
        for path in (*parts, *changed):
            _sync(path)
        for path, place in parts.items():
            path.rename(place)
        for folder in {place.parent for place in parts.values()}:
            _sync(folder)


def _write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write without syncing. Errors of the caller's own stream pass untranslated."""
    with _translated():
        file = _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, "wb")
    with file:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                with _translated():
                    left = left[file.write(left) :]


def _open_plain(path: Path) -> BinaryIO:
    """Open for reading; O_NONBLOCK, so that a pipe in place of a file cannot hang us."""
    return _opened(path, os.O_RDONLY | os.O_NONBLOCK, "rb")


def _opened(path: Path, flags: int, mode: Literal["rb", "wb"]) -> BinaryIO:
    """Open by descriptor, without os.fdopen, which green threads replace by what they use for pipes."""
    return open(os.open(path, flags | os.O_NOFOLLOW, 0o600), mode, buffering=0)  # noqa: PTH123  # a number has no method


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    """Translate OSErrors; only by the number's text, since theirs shows the path, which holds the id."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if error.errno in _STRANGE:
            raise documents.Corrupted(f"the document is not a plain file: {reason}") from None
        if error.errno in _MISCONFIGURED:
            raise documents.StoreMisconfigured(
                f"the documents folder cannot be used: {reason}. Look at DOCUMENTS_URL and its rights."
            ) from None
        raise documents.StoreUnavailable(f"the documents folder does not answer: {reason}") from None
