"""Documents with a key each: both stores below it, what a stolen copy tells, and what a destroyed key ends."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.chassis.documents import (
    PIECE_BYTES,
    Corrupted,
    DocumentNotFound,
    DocumentStore,
    StoreMisconfigured,
    StoreUnavailable,
)
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.documents.folder import FolderDocuments
from services.chassis.documents.opening import documents_of
from services.chassis.secretbox import SecretBox, generate_key
from services.chassis.settings import Secret, Url, chassis_settings
from services.chassis.testing.document_store_suite import MAX_BYTES, PORTRAIT, DocumentStoreSuite
from services.chassis.testing.documents import MemoryDocuments

KEY, OTHER = generate_key(), generate_key()


def encrypted(folder: Path, key: Secret | None = KEY) -> EncryptedDocuments:
    content = FolderDocuments(folder / "documents", max_bytes=MAX_BYTES)
    return EncryptedDocuments(content, FolderDocuments(folder / "keys"), SecretBox(key) if key else None)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestInMemory(DocumentStoreSuite):
    @pytest.fixture
    def store(self) -> EncryptedDocuments:
        return EncryptedDocuments(MemoryDocuments(max_bytes=MAX_BYTES), MemoryDocuments(), SecretBox(KEY))

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        assert isinstance(store, EncryptedDocuments)
        assert isinstance(store.content, MemoryDocuments)
        store.content.tamper(document_id, content)


class TestInFolders(DocumentStoreSuite):
    @pytest.fixture
    def store(self, tmp_path: Path) -> EncryptedDocuments:
        return encrypted(tmp_path)

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        assert isinstance(store, EncryptedDocuments)
        assert isinstance(store.content, FolderDocuments)
        (path,) = store.content.folder.rglob(document_id)
        path.write_bytes(content)


class TestWithoutAKey(DocumentStoreSuite):
    @pytest.fixture
    def store(self, tmp_path: Path) -> EncryptedDocuments:
        return encrypted(tmp_path, key=None)

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        TestInFolders.tamper(self, store, document_id, content)  # type: ignore[arg-type]


def test_nothing_of_a_document_can_be_read_in_the_store_or_beside_its_key(tmp_path: Path) -> None:
    store = encrypted(tmp_path)
    document = store.put(b"NGUYEN VAN AN" * 1000, "image/jpeg")
    for path in files(tmp_path):
        content = path.read_bytes()
        assert b"NGUYEN" not in content
        assert document.sha256.encode() not in content
        assert b"image/jpeg" not in content


@pytest.mark.rule("I6")
def test_a_copy_of_a_deleted_document_stays_unreadable(tmp_path: Path) -> None:
    store = encrypted(tmp_path)
    document = store.put(PORTRAIT, "image/jpeg")
    backup = shutil.copytree(tmp_path / "documents", tmp_path / "backup")
    store.delete(document.document_id)
    assert not files(tmp_path / "keys")
    shutil.copytree(backup, tmp_path / "documents", dirs_exist_ok=True)
    with pytest.raises(DocumentNotFound):
        store.get(document.document_id)
    assert list(store.list_ids()) == [document.document_id]


def test_the_key_goes_first_when_a_document_is_deleted() -> None:
    content = MemoryDocuments()
    store = EncryptedDocuments(content, MemoryDocuments(), SecretBox(KEY))
    document = store.put(PORTRAIT, "image/jpeg")
    content.fail_with = StoreUnavailable("gone")
    with pytest.raises(StoreUnavailable):
        store.delete(document.document_id)
    content.fail_with = None
    with pytest.raises(DocumentNotFound):
        store.get(document.document_id)
    store.delete(document.document_id)
    assert len(content) == 0


def test_two_documents_do_not_share_a_key_and_cannot_change_places(tmp_path: Path) -> None:
    store = encrypted(tmp_path)
    first, second = store.put(PORTRAIT, "image/jpeg"), store.put(PORTRAIT, "image/jpeg")
    (one,), (other,) = ((tmp_path / "documents").rglob(each.document_id) for each in (first, second))
    assert one.read_bytes() != other.read_bytes()
    other.write_bytes(one.read_bytes())
    with pytest.raises(Corrupted):
        store.get(second.document_id)
    (one,), (other,) = ((tmp_path / "keys").rglob(each.document_id) for each in (first, second))
    other.write_bytes(one.read_bytes())
    with pytest.raises(Corrupted):
        store.get(second.document_id)


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_a_document_that_was_cut_off_between_two_pieces_is_corrupted(tmp_path: Path, pieces: int) -> None:
    store = encrypted(tmp_path)
    document = store.put(bytes(3 * PIECE_BYTES), "image/jpeg")
    (path,) = (tmp_path / "documents").rglob(document.document_id)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - pieces * (PIECE_BYTES + 17)])
    with pytest.raises(Corrupted):
        store.get(document.document_id)


class _Short:
    """A stream that gives less than it is asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int, /) -> bytes:
        return self._content.read(min(size, 1000))


def test_a_stream_of_short_reads_is_packed_in_whole_pieces(tmp_path: Path) -> None:
    store = encrypted(tmp_path)
    sent = bytes(number % 251 for number in range(PIECE_BYTES + 5))
    document = store.put(_Short(sent), "image/jpeg")
    with store.open(document.document_id) as content:
        assert [len(piece) for piece in content] == [PIECE_BYTES, 5]
    assert store.get(document.document_id, sha256=document.sha256) == sent


def test_another_key_is_for_an_operator_and_a_rotated_one_opens(tmp_path: Path) -> None:
    document = encrypted(tmp_path).put(PORTRAIT, "image/jpeg")
    for key in (OTHER, None):
        with pytest.raises(StoreMisconfigured, match="DOCUMENTS_KEY"):
            encrypted(tmp_path, key).get(document.document_id)
    rotated = encrypted(tmp_path, Secret(f"{OTHER.reveal()},{KEY.reveal()}"))
    assert rotated.get(document.document_id) == PORTRAIT
    assert rotated.bring_up_to_date(document.document_id)
    assert not rotated.bring_up_to_date(document.document_id)
    assert encrypted(tmp_path, OTHER).get(document.document_id) == PORTRAIT


def test_a_document_of_before_is_read_as_it_is_and_encrypted_in_place(tmp_path: Path) -> None:
    before = FolderDocuments(tmp_path / "documents").put(PORTRAIT, "image/jpeg")
    store = encrypted(tmp_path)
    with store.open(before.document_id, sha256=before.sha256) as content:
        assert content.document == before
        assert b"".join(content) == PORTRAIT
    assert store.bring_up_to_date(before.document_id)
    assert not [path for path in files(tmp_path) if PORTRAIT in path.read_bytes()]
    with store.open(before.document_id, sha256=before.sha256) as content:
        assert content.document == before
        assert b"".join(content) == PORTRAIT
    assert not store.bring_up_to_date(before.document_id)


def test_a_crash_half_way_through_encrypting_in_place_loses_nothing(tmp_path: Path) -> None:
    content = MemoryDocuments()
    before = content.put(PORTRAIT, "image/jpeg")
    store = EncryptedDocuments(content, MemoryDocuments(), SecretBox(KEY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "write", lambda *_: (_ for _ in ()).throw(StoreUnavailable("gone")))
        with pytest.raises(StoreUnavailable):
            store.bring_up_to_date(before.document_id)
    assert store.get(before.document_id, sha256=before.sha256) == PORTRAIT
    assert store.bring_up_to_date(before.document_id)
    assert store.get(before.document_id, sha256=before.sha256) == PORTRAIT


def test_settings_say_where_the_keys_are_and_whether_to_encrypt(tmp_path: Path) -> None:
    made = chassis_settings("documents")
    places: dict[str, Any] = {
        "documents_url": Url(f"file:{tmp_path}/documents"),
        "document_keys_url": Url(f"file:{tmp_path}/keys"),
    }
    document = documents_of(made(**places, documents_key=KEY)).put(PORTRAIT, "image/jpeg")
    assert len(files(tmp_path / "keys")) == 2
    later = documents_of(made(**places, documents_key=KEY, previous_release_beside=True))
    assert later.get(document.document_id) == PORTRAIT
    plain = later.put(PORTRAIT, "image/jpeg")
    assert FolderDocuments(tmp_path / "documents").get(plain.document_id) == PORTRAIT
