"""What every `DocumentStore` keeps to. A test class derives from the suite and says how to make one and how to spoil it."""

from __future__ import annotations

import hashlib
import io
import time
from abc import ABC, abstractmethod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.documents import PIECE_BYTES, Corrupted, DocumentNotFound, DocumentRefused, DocumentStore

MAX_BYTES = 3 * PIECE_BYTES
PORTRAIT = b"\xff\xd8 a portrait"
NO_IDS = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "a" * 65,
    "0" * 32,
    "\0",
    "x/../y",
    "0" * 32 + "-" + "G" * 32,
    "0" * 32 + "-" + "0" * 32 + "\n",
]


class DocumentStoreSuite(ABC):
    """`store` gives a store of `max_bytes=MAX_BYTES`."""

    @abstractmethod
    @pytest.fixture
    def store(self) -> DocumentStore: ...

    @abstractmethod
    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        """Replace the stored bytes behind the store's back, everything else as it was."""

    def test_what_was_put_is_got_back(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        assert store.get(document.document_id) == PORTRAIT

    def test_putting_tells_hash_size_and_type(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        assert (document.sha256, document.size) == (hashlib.sha256(PORTRAIT).hexdigest(), len(PORTRAIT))
        assert document.content_type == "image/jpeg"

    def test_opening_tells_the_same_as_putting(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "text/plain; charset=utf-8")
        with store.open(document.document_id) as content:
            assert content.document == document

    @pytest.mark.parametrize("size", [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, MAX_BYTES])
    def test_a_stream_comes_back_in_pieces(self, store: DocumentStore, size: int) -> None:
        sent = bytes(number % 251 for number in range(size))
        document = store.put(io.BytesIO(sent), "application/pdf")
        with store.open(document.document_id) as content:
            pieces = list(content)
        assert b"".join(pieces) == sent
        assert max(map(len, pieces)) <= PIECE_BYTES

    def test_any_bytes_come_back_unchanged(self, store: DocumentStore) -> None:
        @settings(max_examples=25, deadline=None)
        @given(sent=st.binary(min_size=1, max_size=2000))
        def check(sent: bytes) -> None:
            assert store.get(store.put(sent, "application/octet-stream").document_id) == sent

        check()

    def test_the_same_bytes_twice_are_two_documents(self, store: DocumentStore) -> None:
        first, second = store.put(PORTRAIT, "image/jpeg"), store.put(PORTRAIT, "image/jpeg")
        store.delete(first.document_id)
        assert store.get(second.document_id) == PORTRAIT

    def test_an_id_cannot_be_guessed_from_the_one_before(self, store: DocumentStore) -> None:
        ends = {store.put(PORTRAIT, "image/jpeg").document_id[-32:] for _ in range(20)}
        assert len(ends) == 20

    def test_an_empty_document_is_refused(self, store: DocumentStore) -> None:
        with pytest.raises(DocumentRefused, match="empty"):
            store.put(b"", "image/jpeg")
        with pytest.raises(DocumentRefused, match="empty"):
            store.put(io.BytesIO(), "image/jpeg")

    def test_a_document_above_the_limit_is_refused(self, store: DocumentStore) -> None:
        with pytest.raises(DocumentRefused, match=str(MAX_BYTES)):
            store.put(bytes(MAX_BYTES + 1), "image/jpeg")

    def test_an_endless_stream_is_refused_at_the_limit(self, store: DocumentStore) -> None:
        class Endless:
            given = 0

            def read(self, size: int, /) -> bytes:
                self.given += size
                return bytes(size)

        stream = Endless()
        with pytest.raises(DocumentRefused):
            store.put(stream, "image/jpeg")
        assert stream.given <= MAX_BYTES + PIECE_BYTES

    def test_the_fault_of_a_broken_upload_passes_as_it_is(self, store: DocumentStore) -> None:
        class Broken:
            def read(self, size: int, /) -> bytes:
                raise ConnectionResetError("the citizen's phone has gone")

        with pytest.raises(ConnectionResetError, match="phone"):
            store.put(Broken(), "image/jpeg")

    def test_only_bytes_can_be_put(self, store: DocumentStore) -> None:
        for wrong in ("a text", io.StringIO("a text"), None):
            with pytest.raises(TypeError, match="bytes"):
                store.put(wrong, "text/plain")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "wrong", ["", "jpeg", "image/", "image/jpeg\r\nX-Evil: 1", "image/jpeg\n", "ảnh/jpeg", "a/" + "b" * 500]
    )
    def test_a_wrong_content_type_is_refused(self, store: DocumentStore, wrong: str) -> None:
        with pytest.raises(DocumentRefused, match="content type"):
            store.put(PORTRAIT, wrong)

    @pytest.mark.parametrize("wrong", NO_IDS)
    def test_what_cannot_be_an_id_is_not_found(self, store: DocumentStore, wrong: str) -> None:
        with pytest.raises(DocumentNotFound):
            store.get(wrong)
        store.delete(wrong)

    @pytest.mark.parametrize("end", ["\n", ".json", "/", "/.", "?"])
    def test_an_id_with_something_added_is_no_id(self, store: DocumentStore, end: str) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        with pytest.raises(DocumentNotFound):
            store.get(document.document_id + end)
        store.delete(document.document_id + end)
        assert store.get(document.document_id) == PORTRAIT

    def test_an_unknown_id_is_not_found_and_not_shown(self, store: DocumentStore) -> None:
        unknown = "0" * 32 + "-" + "f" * 32
        with pytest.raises(DocumentNotFound) as caught:
            store.get(unknown)
        assert unknown not in str(caught.value)

    def test_a_deleted_document_is_gone(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        assert store.get(document.document_id) == PORTRAIT
        store.delete(document.document_id)
        with pytest.raises(DocumentNotFound):
            store.get(document.document_id)

    def test_deleting_twice_is_no_fault(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        store.delete(document.document_id)
        store.delete(document.document_id)

    @pytest.mark.parametrize(
        "other", [b"\xff\xd8 a PORTRAIT", PORTRAIT[:-1], PORTRAIT + b"!", b"", PORTRAIT + bytes(PIECE_BYTES)]
    )
    def test_changed_bytes_are_not_given_out(self, store: DocumentStore, other: bytes) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        self.tamper(store, document.document_id, other)
        with pytest.raises(Corrupted):
            store.get(document.document_id)

    def test_of_a_document_that_has_grown_no_more_is_given_than_was_put(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        self.tamper(store, document.document_id, PORTRAIT + bytes(2 * PIECE_BYTES))
        given: list[bytes] = []
        with pytest.raises((Corrupted, DocumentRefused)), store.open(document.document_id) as content:
            given.extend(content)
        assert sum(map(len, given)) <= document.size

    def test_a_reader_that_expects_another_hash_gets_nothing(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        assert store.get(document.document_id, sha256=document.sha256.upper()) == PORTRAIT
        with pytest.raises(Corrupted):
            store.get(document.document_id, sha256=hashlib.sha256(b"another").hexdigest())

    def test_a_reader_can_set_a_lower_limit(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        assert store.get(document.document_id, max_bytes=len(PORTRAIT)) == PORTRAIT
        with pytest.raises(DocumentRefused):
            store.get(document.document_id, max_bytes=len(PORTRAIT) - 1)

    def test_a_reader_may_stop_half_way(self, store: DocumentStore) -> None:
        document = store.put(bytes(2 * PIECE_BYTES), "image/jpeg")
        with store.open(document.document_id) as content:
            next(iter(content))
        assert len(store.get(document.document_id)) == 2 * PIECE_BYTES

    def test_a_store_that_works_passes_its_check(self, store: DocumentStore) -> None:
        store.check()

    def test_documents_are_listed_in_the_order_in_which_they_were_put(self, store: DocumentStore) -> None:
        ids = []
        for _ in range(3):
            ids.append(store.put(PORTRAIT, "image/jpeg").document_id)
            time.sleep(0.002)
        store.put_name("ledger/registration/2026-11-27", "093015.482113 erased 261121-000001-6")
        store.delete(store.put(PORTRAIT, "image/jpeg").document_id)
        assert [each for each in store.list_ids() if each in ids] == ids
        assert set(store.list_ids(ids[1][:12])) <= set(store.list_ids())
        assert ids[0] not in list(store.list_ids(ids[1]))
        assert ids[2] in list(store.list_ids(ids[1]))

    def test_names_are_kept_in_their_folder(self, store: DocumentStore) -> None:
        store.put_name("ledger/registration/2026-11-27", "093015.482113 erased 261121-000001-6")
        store.put_name("ledger/registration/2026-11-27", "093015.482113 erased 261121-000001-6")
        store.put_name("ledger/registration/2026-11-28", "000001.000000 serial 261128-100")
        assert sorted(store.list_names("ledger/registration")) == ["2026-11-27", "2026-11-28"]
        assert store.list_names("ledger/registration/2026-11-27") == ["093015.482113 erased 261121-000001-6"]

    def test_a_folder_without_names_is_empty(self, store: DocumentStore) -> None:
        assert store.list_names("ledger/nobody") == []

    def test_a_folder_of_names_is_deleted_with_them(self, store: DocumentStore) -> None:
        store.put_name("ledger/feedback/2026-11-27", "093015.482113 serial 261127-100")
        store.delete_names("ledger/feedback/2026-11-27")
        store.delete_names("ledger/feedback/2026-11-27")
        assert store.list_names("ledger/feedback") == []
