"""Document stores that need nothing but this machine: the fake and the folder. S3: tests/integration/chassis."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.chassis.documents import (
    Corrupted,
    DocumentNotFound,
    DocumentRefused,
    DocumentStore,
    StoreMisconfigured,
    StoreUnavailable,
)
from services.chassis.documents.folder import FolderDocuments
from services.chassis.documents.opening import from_url
from services.chassis.documents.s3 import S3Documents
from services.chassis.errors import SettingsError
from services.chassis.settings import Url
from services.chassis.testing.document_store_suite import MAX_BYTES, PORTRAIT, DocumentStoreSuite
from services.chassis.testing.documents import MemoryDocuments


class TestFake(DocumentStoreSuite):
    @pytest.fixture
    def store(self) -> MemoryDocuments:
        return MemoryDocuments(max_bytes=MAX_BYTES)

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        assert isinstance(store, MemoryDocuments)
        store.tamper(document_id, content)

    def test_it_can_be_told_to_fail(self, store: MemoryDocuments) -> None:
        store.fail_with = StoreUnavailable("gone")
        with pytest.raises(StoreUnavailable):
            store.put(PORTRAIT, "image/jpeg")


class TestFolder(DocumentStoreSuite):
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "deep" / "documents"

    @pytest.fixture
    def store(self, folder: Path) -> FolderDocuments:
        return FolderDocuments(folder, max_bytes=MAX_BYTES)

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        assert isinstance(store, FolderDocuments)
        _file(store.folder, document_id).write_bytes(content)

    def test_only_the_owner_can_look_into_files_and_folders(self, store: FolderDocuments, folder: Path) -> None:
        store.put(PORTRAIT, "image/jpeg")
        for path in [folder, *folder.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)

    def test_a_refused_document_leaves_nothing(self, store: FolderDocuments, folder: Path) -> None:
        with pytest.raises(DocumentRefused):
            store.put(bytes(MAX_BYTES + 1), "image/jpeg")
        assert [path for path in folder.rglob("*") if path.is_file()] == []

    def test_a_deleted_document_leaves_nothing(self, store: FolderDocuments, folder: Path) -> None:
        store.delete(store.put(PORTRAIT, "image/jpeg").document_id)
        assert [path for path in folder.rglob("*") if path.is_file()] == []

    def test_a_put_that_did_not_reach_its_last_step_put_nothing(
        self, store: FolderDocuments, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(part: Path, path: Path) -> None:
            if path.suffix != ".json":
                raise KeyboardInterrupt
            part.replace(path)

        monkeypatch.setattr(Path, "rename", crash)
        with pytest.raises(KeyboardInterrupt):
            store.put(PORTRAIT, "image/jpeg")
        (note,) = (path for path in folder.rglob("*") if path.is_file())
        with pytest.raises(DocumentNotFound):
            store.get(note.stem)

    def test_what_a_crash_left_behind_is_removed_after_a_day(self, folder: Path) -> None:
        old, fresh = folder / ".part" / "old", folder / ".part" / "fresh"
        old.parent.mkdir(parents=True)
        for leftover in (old, fresh):
            leftover.write_bytes(PORTRAIT)
        os.utime(old, (0, 0))
        FolderDocuments(folder).put(PORTRAIT, "image/jpeg")
        assert (old.exists(), fresh.exists()) == (False, True)

    def test_a_link_in_the_place_of_a_document_is_not_followed(
        self, store: FolderDocuments, folder: Path, tmp_path: Path
    ) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        (tmp_path / "elsewhere").write_bytes(PORTRAIT)
        path = _file(folder, document.document_id)
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Corrupted):
            store.get(document.document_id)

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
    def test_a_folder_or_pipe_in_the_place_of_a_document_is_refused(
        self, store: FolderDocuments, folder: Path, make: Callable[[Path], None]
    ) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        path = _file(folder, document.document_id)
        path.unlink()
        make(path)
        with pytest.raises(Corrupted):
            store.get(document.document_id)

    @pytest.mark.parametrize(
        "note", [b"", b"{", b"[]", b"{}", b"\xff", b'{"sha256": "x", "size": "many", "content_type": "a/b"}', None]
    )
    def test_a_spoiled_note_makes_the_document_corrupted(
        self, store: FolderDocuments, folder: Path, note: bytes | None
    ) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        path = _file(folder, document.document_id).with_suffix(".json")
        path.unlink() if note is None else path.write_bytes(note)
        with pytest.raises(Corrupted):
            store.get(document.document_id)

    def test_a_file_in_the_place_of_the_folder_says_where_to_look(self, tmp_path: Path) -> None:
        (tmp_path / "documents").write_text("I was here first")
        store = FolderDocuments(tmp_path / "documents")
        with pytest.raises(StoreMisconfigured, match="DOCUMENTS_URL"):
            store.put(PORTRAIT, "image/jpeg")
        with pytest.raises(StoreMisconfigured, match="DOCUMENTS_URL"):
            store.check()

    def test_a_full_disk_is_worth_another_try_and_leaves_nothing(
        self, store: FolderDocuments, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device", str(folder))

        monkeypatch.setattr(os, "fsync", full)
        folder.joinpath(".part").mkdir(parents=True)
        with pytest.raises(StoreUnavailable) as caught:
            store.put(PORTRAIT, "image/jpeg")
        assert str(folder) not in str(caught.value)
        assert [path for path in folder.rglob("*") if path.is_file()] == []

    def test_a_document_comes_into_its_place_when_it_and_its_folders_are_on_disk(
        self, store: FolderDocuments, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        happened = _watched(monkeypatch)
        document = store.put(PORTRAIT, "image/jpeg")
        path = _file(folder, document.document_id)
        parts = [folder / ".part" / f"{path.name}.json", folder / ".part" / path.name]
        assert happened[-7:] == [*parts, folder, path.parent.parent, "renamed", "renamed", path.parent]
        happened.clear()
        monkeypatch.setattr(secrets, "token_hex", lambda _: path.name.partition("-")[2])  # the same folder once more
        again = folder / ".part" / store.put(PORTRAIT, "image/jpeg").document_id
        assert happened == [again.with_suffix(".json"), again, "renamed", "renamed", path.parent]

    def test_a_folder_whose_making_did_not_reach_the_disk_is_brought_there_by_the_next_put(
        self, store: FolderDocuments, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.check()
        monkeypatch.setattr(secrets, "token_hex", lambda _: "0" * 32)
        with monkeypatch.context() as full_disk:
            full_disk.setattr(os, "fsync", _full)
            with pytest.raises(StoreUnavailable):
                store.put(PORTRAIT, "image/jpeg")
        happened = _watched(monkeypatch)
        store.put(PORTRAIT, "image/jpeg")
        assert happened[2:4] == [folder, folder / "00"]

    def test_green_threads_go_on_while_the_disk_is_waited_for(self, folder: Path) -> None:
        command = [sys.executable, "-W", "ignore", "-c", _GREEN, str(folder)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr


_GREEN = """
import eventlet; eventlet.monkey_patch()
import os, sys, time
from eventlet import patcher
from pathlib import Path
from services.chassis.documents.folder import FolderDocuments

slow, quick = patcher.original("time").sleep, os.fsync
def fsync(handle):
    slow(0.1)
    quick(handle)
os.fsync = fsync
store = FolderDocuments(Path(sys.argv[1]))
store.check()
ticks = []
def tick():
    while True:
        ticks.append(1); time.sleep(0.005)
eventlet.spawn(tick)
time.sleep(0.01)
document = store.put(b"a picture", "image/jpeg")
assert len(ticks) > 20, f"the other green thread ran {len(ticks)} times only"
assert store.get(document.document_id, sha256=document.sha256) == b"a picture"
print("went on", flush=True)
os._exit(0)
"""


def _full(_handle: int) -> None:
    raise OSError(28, "No space left on device")


def _watched(monkeypatch: pytest.MonkeyPatch) -> list[Path | str]:
    """What is brought to disk and renamed from now on, in its order."""
    happened: list[Path | str] = []
    sync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        happened.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    def renamed(part: Path, path: Path) -> None:
        happened.append("renamed")
        rename(part, path)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    return happened


class TestFromUrl:
    @pytest.fixture(autouse=True)
    def in_an_empty_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.chdir(tmp_path)
        yield
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("url", "folder"),
        [("file:.run/documents", ".run/documents"), ("file:///var/lib/vss", "/var/lib/vss"), ("file:/a%20b", "/a b")],
    )
    def test_a_file_url_is_a_folder(self, url: str, folder: str) -> None:
        store = from_url(Url(url), max_bytes=7)
        assert isinstance(store, FolderDocuments)
        assert (store.folder, store.max_bytes) == (Path(folder), 7)

    def test_an_s3_url_is_a_bucket_and_no_connection_is_made(self) -> None:
        store = from_url(
            "s3://dossiers/portraits?sse=aws:kms&kms_key_id=k1&region=ap-southeast-1", endpoint_url=Url("http://127.0.0.1:1")
        )
        assert isinstance(store, S3Documents)
        assert (store.bucket, store.prefix) == ("dossiers", "portraits/")

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "documents",
            "file:",
            "file://.run/documents",
            "file:x?mode=1",
            "s3://",
            "s3:bucket",
            "s3://b?acl=public",
            "s3://b?sse=no",
            "ftp://h/x",
        ],
    )
    def test_any_other_url_is_a_fault_of_the_settings(self, url: str) -> None:
        with pytest.raises(SettingsError, match="DOCUMENTS_URL"):
            from_url(url)


def _file(folder: Path, document_id: str) -> Path:
    (path,) = folder.glob(f"??/??/{document_id}")
    return path
