"""Documents encrypted by us, each with a key of its own; a key that was destroyed is a document destroyed (decision 63).

    EncryptedDocuments(content=FolderDocuments(…), keys=FolderDocuments(…), box=SecretBox(settings.documents_key))

The store ``content`` has the ciphertext, whose copies and backups live for years. The store ``keys`` has, under the same id, a small box
with the key and what the document was (SHA-256, size, type), sealed under DOCUMENTS_KEY. Deleting removes the box first.

    ciphertext = magic | header of libsodium's secretstream | pieces of 256 KiB, each with 17 bytes more, the last one marked as such

What was put before, without a key, is read as it is.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from nacl import bindings
from nacl.exceptions import CryptoError

from services.chassis import documents
from services.chassis.documents import PIECE_BYTES, Document, DocumentStore, Intake
from services.chassis.secretbox import CannotOpen, SecretBox, UnknownKey

_MAGIC = b"\x93VSS\x01"
_KEY_BYTES = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_HEADER_BYTES = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE_BYTES = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MIDDLE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_TYPE = "application/octet-stream"
_BOX_BYTES = 4096


class EncryptedDocuments(DocumentStore):
    """A store on two others. ``box``: None where no key is set: documents are put as they are, and encrypted ones cannot be read.

    :param puts_encrypted: False while a service of a release that cannot read them still runs.
    """

    def __init__(
        self, content: DocumentStore, keys: DocumentStore, box: SecretBox | None, *, puts_encrypted: bool = True
    ) -> None:
        super().__init__(max_bytes=content.max_bytes)
        self.content, self.keys = content, keys
        self._box = box
        self._puts_encrypted = puts_encrypted and box is not None

    def check(self) -> None:
        self.content.check()
        if self._box is not None:
            self.keys.check()

    def write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        if not self._puts_encrypted:
            return self.content.write(document_id, content_type, intake)
        key = secrets.token_bytes(_KEY_BYTES)
        self._write_content(document_id, key, intake)
        document = intake.document(document_id, content_type)
        self._write_key(document, key)  # last: until then there is no document
        return document

    @contextmanager
    def read(self, document_id: str) -> Iterator[tuple[Document, Iterator[bytes]]]:
        keyed = self._read_key(document_id)
        with self.content.read(document_id) as (stored, pieces):
            encrypted, stream = _looked_at(pieces)
            if keyed is None:
                if encrypted:  # its key was destroyed: this is a copy that somebody brought back
                    raise documents.DocumentNotFound
                yield stored, stream
            else:
                document, key = keyed
                yield document, _decrypted(stream, key, document_id) if encrypted else stream

    def remove(self, document_id: str) -> None:
        self.keys.remove(document_id)
        self.content.remove(document_id)

    def bring_up_to_date(self, document_id: str) -> bool:
        """Encrypt a document that was put without a key, and seal a key anew that is sealed under an older DOCUMENTS_KEY.

        Tell whether there was something to do. For one process at a time.

        :raises DocumentNotFound: if it was deleted meanwhile. Other errors as those of `open`.
        """
        if self._box is None:
            raise documents.StoreMisconfigured("DOCUMENTS_KEY is not set.")
        keyed = self._read_key(document_id)
        with self.content.read(document_id) as (stored, pieces):
            encrypted, stream = _looked_at(pieces)
            if encrypted:
                if keyed is None or self._box.is_current(self._sealed(document_id) or ""):
                    return False
                self._write_key(*keyed)
                return True
            document, key = keyed or (stored, secrets.token_bytes(_KEY_BYTES))
            plain = b"".join(documents.verified(document, stream))
        self._write_key(document, key)  # first: what is plain is read with a key, too
        self._write_content(document_id, key, Intake(plain, self.max_bytes))
        return True

    def _write_content(self, document_id: str, key: bytes, intake: Intake) -> None:
        # the store's own limit has seen to the size; ciphertext is a little longer
        self.content.write(document_id, _TYPE, Intake(_Encrypting(intake, key, document_id), 2 * self.max_bytes))

    def _write_key(self, document: Document, key: bytes) -> None:
        if self._box is None:
            raise documents.StoreMisconfigured("DOCUMENTS_KEY is not set.")
        noted = asdict(document) | {"key": key.hex()}
        del noted["document_id"]
        box = self._box.seal(json.dumps(noted).encode(), context=_context(document.document_id))
        self.keys.write(document.document_id, _TYPE, Intake(box.encode(), _BOX_BYTES))

    def _sealed(self, document_id: str) -> str | None:
        try:
            with self.keys.read(document_id) as (_, pieces):
                return b"".join(pieces)[:_BOX_BYTES].decode("ascii", "replace")
        except documents.DocumentNotFound:
            return None

    def _read_key(self, document_id: str) -> tuple[Document, bytes] | None:
        """Return what a document was and its key; None if there is no key."""
        if (box := self._sealed(document_id)) is None:
            return None
        if self._box is None:
            raise documents.StoreMisconfigured("a document is encrypted, and DOCUMENTS_KEY is not set. Set it.")
        try:
            noted = json.loads(self._box.open(box, context=_context(document_id)))
        except UnknownKey:
            raise documents.StoreMisconfigured(
                "a document's key is sealed under a key that DOCUMENTS_KEY lacks. Add it behind the newest: new,old."
            ) from None
        except CannotOpen:
            raise documents.Corrupted("the document's key is damaged") from None
        key = bytes.fromhex(noted.pop("key"))
        return Document(document_id, **noted), key

    # Names are numbers and words without anybody's data, and must be there after a restore.

    def put_name(self, folder: str, name: str) -> None:
        self.content.put_name(folder, name)

    def list_names(self, folder: str) -> list[str]:
        return self.content.list_names(folder)

    def delete_names(self, folder: str) -> None:
        self.content.delete_names(folder)

    def list_ids(self, since: str = "") -> Iterator[str]:
        return self.content.list_ids(since)


def _context(document_id: str) -> str:
    return f"document:{document_id}"


class _Encrypting:
    """The ciphertext of an intake, to be read in pieces."""

    def __init__(self, plain: Iterable[bytes], key: bytes, document_id: str) -> None:
        self._pieces = _encrypted(plain, key, document_id)

    def read(self, size: int, /) -> bytes:
        """Return the next piece, whatever the size; none at the end."""
        return next(self._pieces, b"")


def _encrypted(plain: Iterable[bytes], key: bytes, document_id: str) -> Iterator[bytes]:
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    yield _MAGIC + bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    bound = document_id.encode()
    for piece, is_last in _in_equal_pieces(plain, PIECE_BYTES):
        yield bindings.crypto_secretstream_xchacha20poly1305_push(state, piece, bound, _LAST if is_last else _MIDDLE)


def _looked_at(pieces: Iterator[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Tell whether the pieces are ciphertext, and return them without its magic."""
    begin = b""
    while len(begin) < len(_MAGIC) and (piece := next(pieces, b"")):
        begin += piece
    encrypted = begin.startswith(_MAGIC)

    def rest() -> Iterator[bytes]:
        yield begin[len(_MAGIC) :] if encrypted else begin
        yield from pieces

    return encrypted, rest()


def _decrypted(pieces: Iterator[bytes], key: bytes, document_id: str) -> Iterator[bytes]:
    """Decrypt; what was changed, moved from another document or cut off is Corrupted."""
    header, stream = b"", iter(pieces)
    while len(header) < _HEADER_BYTES and (piece := next(stream, b"")):
        header += piece

    def rest() -> Iterator[bytes]:
        yield header[_HEADER_BYTES:]
        yield from stream

    state, bound, tag = bindings.crypto_secretstream_xchacha20poly1305_state(), document_id.encode(), None
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header[:_HEADER_BYTES], key)
        for piece, _ in _in_equal_pieces(rest(), PIECE_BYTES + _MORE_BYTES):
            if tag == _LAST:
                break
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, piece, bound)
            yield plain
        else:
            if tag == _LAST:
                return
    except (CryptoError, ValueError):  # ValueError: too short for a header or a piece
        pass
    raise documents.Corrupted("the stored document has changed since it was put")


def _in_equal_pieces(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes in pieces of ``size``, the last one of what is left; with each, whether it is the last."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) > size:
            yield bytes(kept[:size]), False
            del kept[:size]
    if kept:
        yield bytes(kept), True
