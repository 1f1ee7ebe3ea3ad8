"""Two hundred hostile PDFs and pictures, some at once, sent to a service: what is stored is drawn by us, and nobody waits for it."""

from __future__ import annotations

import contextlib
import io
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import psutil
import pypdf

from playground.program import Program, service
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.documents.folder import FolderDocuments
from services.chassis.secretbox import SecretBox, generate_key
from services.chassis.testing import free_port
from tests.attacks.hostile import Hostile, files
from tests.attacks.stranger import Stranger, counted
from tests.attacks.watch import Watcher
from tests.integration.registration.desk import FORM
from tests.operations.figures import AtMost

#: what no picture, and no PDF of pictures, holds
ACTIVE = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/XFA",
    b"/EmbeddedFile",
    b"/EF",
    b"/RichMedia",
    b"/OpenAction",
    b"/AA",
    b"/URI",
    b"<script",
)
BARS = {
    "answers_500_or_more": 0,
    "active_documents_stored": 0,
    "healthz_slow_seconds": 0,
    "memory_max_mib": AtMost(300),
    "not_answered": 0,
}
_AT_ONCE = 8
_MIB = 2**20
_DRAFTS = "/registration/declarations"
#: takes PDFs and pictures
_KIND = "signed_form"


class Registration:
    """The service alone, on SQLite and without a broker, as a context manager."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder, self._settings, self._key = folder, settings, generate_key()
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.program: Program | None = None

    def __enter__(self) -> Self:
        database = f"sqlite:///{self._folder / 'registration.db'}"
        self.program = service(
            "registration",
            folder=self._folder,
            amqp_uri=f"amqp://vss:vss@127.0.0.1:{free_port()}/",
            database_url=database,
            HTTP_ADDRESS=f"127.0.0.1:{self._port}",
            DOCUMENTS_URL=f"file:{self._folder / 'documents'}",
            DOCUMENT_KEYS_URL=f"file:{self._folder / 'document-keys'}",
            DOCUMENTS_KEY=self._key.reveal(),
            DRAFTS_PER_ADDRESS_HOUR="0",
            LOG_JSON="false",
            **self._settings,
        )
        asking = Stranger(self.url)
        self.program.until(lambda: (answer := asking.call("GET", "/healthz")) is not None and answer.ok, "serving", 120)
        return self

    def __exit__(self, *_: object) -> None:
        if self.program is not None:
            self.program.kill()

    @property
    def pid(self) -> int:
        assert self.program is not None
        return self.program.pid

    def documents(self) -> EncryptedDocuments:
        """Return the store as the service writes it."""
        return EncryptedDocuments(
            FolderDocuments(self._folder / "documents"),
            FolderDocuments(self._folder / "document-keys"),
            SecretBox(self._key),
        )

    def stored(self) -> Iterator[bytes]:
        """Yield every document, decrypted."""
        store = self.documents()
        for document_id in store.list_ids():
            yield store.get(document_id)


class Sender:
    """A citizen with a draft, who uploads files to it."""

    def __init__(self, url: str) -> None:
        self.stranger = Stranger(url)
        answer = self.stranger.call("POST", _DRAFTS, json=FORM)
        assert answer is not None
        assert answer.ok, answer.text
        made = answer.json()
        self._path, self._code = f"{_DRAFTS}/{made['draft_id']}/attachments", made["tracking_code"]

    def send(self, content: bytes, kind: str = _KIND) -> tuple[int, str]:
        """Upload a file, again where the service says to come again. Return the status, and the refusal's kind or the type kept."""
        for _ in range(20):
            answer = self.stranger.call(
                "PUT",
                f"{self._path}/{kind}",
                data=content,
                headers={"X-Tracking-Code": self._code, "Content-Type": "image/jpeg"},
            )
            if answer is None:
                return 0, "no answer"
            told = answer.json()
            if answer.status_code != 503 or "Retry-After" not in answer.headers:
                return answer.status_code, told.get("type", "").rpartition(":")[2] or told["content_type"]
            time.sleep(min(5.0, float(answer.headers["Retry-After"])))
        return 503, "files-busy"


class Scales:
    """Weigh a process and its children, shared memory once (PSS), as a container's limit counts it; a context manager."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)
        self.family_mib = self.service_mib = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._done.wait(0.1):
            sum_mib = 0.0
            for each in [self._process, *self._process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    sum_mib += each.memory_full_info().pss / _MIB
            self.family_mib = max(self.family_mib, sum_mib)
            self.service_mib = max(self.service_mib, self._process.memory_info().rss / _MIB)


def is_active(content: bytes) -> bool:
    """Tell whether a stored document does anything: by the objects of a PDF, for three letters stand in many a picture by chance."""
    if not content.startswith(b"%PDF"):
        return b"<script" in content or b"PK\x03\x04" in content
    reader = pypdf.PdfReader(io.BytesIO(content))
    objects = [repr(reader.get_object(number)) for number in range(1, int(str(reader.trailer["/Size"])))]
    return any(f"{name.decode()}'" in each for name in ACTIVE for each in objects)


def run(*, scale: float) -> dict[str, object]:
    """Send the files, eight at a time, and look at everything that was stored."""
    count = max(1, int(200 * scale))
    outcomes: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder, Registration(Path(folder)) as place:

        def send(file: Hostile) -> tuple[Hostile, int, str, float]:
            sender = Sender(place.url)  # a draft for each file, so that none is replaced by the next
            began = time.monotonic()
            return file, *sender.send(file.content), time.monotonic() - began

        with (
            Watcher({"registration": place.url}) as watcher,
            Scales(place.pid) as scales,
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            for _, status, kind, seconds in counted(pool.map(send, files(count)), "files", count):
                statuses[status] += 1
                outcomes[kind] += 1
                slowest = max(slowest, seconds)
        active = sum(map(is_active, place.stored()))
        stored = len(list(place.documents().list_ids()))
    return {
        "files": count,
        "outcomes": dict(outcomes.most_common()),
        "answers_500_or_more": sum(number for status, number in statuses.items() if status >= 500),
        "not_answered": statuses[0],
        "documents_stored": stored,
        "active_documents_stored": active,
        "slowest_answer_seconds": round(slowest, 1),
        "memory_max_mib": round(scales.family_mib, 1),
        "memory_of_the_service_alone_max_mib": round(scales.service_mib, 1),
        **watcher.figures(),
    }
