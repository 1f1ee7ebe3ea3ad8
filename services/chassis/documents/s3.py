"""Documents in S3 or a compatible store. boto3 is imported, and its client made, at first use.

Credentials come the way boto3 finds them (environment, files, the machine's role). An object's key is `<prefix>/<document_id>`,
its SHA-256 and size are kept as metadata. An object is written in one request: it is there wholly or not at all.
"""

import base64
import errno
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from services.chassis import documents
from services.chassis.documents import Document, DocumentStore, Intake
from services.chassis.errors import ChassisError
from services.chassis.verdicts import Fault, Verdicts

ENCRYPTIONS = ("AES256", "aws:kms")
_IN_MEMORY_BYTES = 1024 * 1024
TABLE = Verdicts.load(Path(__file__).with_name("s3.toml"))
#: the object by which `check` proves that we may write and read: folder and name
_CHECK = ("checks", "written")


class S3Documents(DocumentStore):
    """Calls take at most about `attempts` times (`connect_seconds` + `read_seconds`), then StoreUnavailable is raised."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
        sse: str | None = None,
        kms_key_id: str | None = None,
        connect_seconds: float = 3.0,
        read_seconds: float = 10.0,
        attempts: int = 3,
        max_bytes: int = documents.MAX_BYTES,
    ) -> None:
        """`sse`: server-side encryption, `AES256` or `aws:kms` (then `kms_key_id` may name the key)."""
        super().__init__(max_bytes=max_bytes)
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self._endpoint_url = endpoint_url
        self._region = region
        self._encryption = {"ServerSideEncryption": sse, "SSEKMSKeyId": kms_key_id}
        self._timeouts = {"connect_timeout": connect_seconds, "read_timeout": read_seconds}
        self._attempts = attempts
        self._lock = threading.Lock()
        self._client: Any = None
        self._proved = False

    def check(self) -> None:
        """As the port says. Writes and reads an empty object once, and again after a refusal: who may list may not yet write."""
        try:
            with self._calling():
                self._s3().head_bucket(Bucket=self.bucket)
            if not self._proved:
                self.put_name(*_CHECK)
                with self._calling(), closing(self._s3().get_object(**self._at("/".join(_CHECK)))["Body"]):
                    self._proved = True
        except documents.DocumentNotFound:
            raise documents.StoreMisconfigured(
                "the bucket of DOCUMENTS_URL does not exist. Create it or correct the name."
            ) from None

    def write(self, document_id: str, content_type: str, intake: Intake) -> Document:
        # Spooled: the hash goes into the object's head, so the whole must have been seen before the first byte is sent.
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
            for piece in intake:
                try:
                    spool.write(piece)
                except OSError as error:
                    reason = errno.errorcode.get(error.errno or 0, "OSError")
                    raise documents.StoreUnavailable(f"the folder for temporary files takes no upload: {reason}") from None
            document = intake.document(document_id, content_type)
            with self._calling():
                spool.seek(0)
                self._s3().put_object(
                    **self._at(document_id),
                    Body=spool,
                    ContentLength=document.size,
                    ContentType=content_type,
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(document.sha256)).decode(),
                    Metadata={"sha256": document.sha256, "size": str(document.size)},
                    **{name: value for name, value in self._encryption.items() if value},
                )
        return document

    @contextmanager
    def read(self, document_id: str) -> Iterator[tuple[Document, Iterator[bytes]]]:
        with self._calling():
            answer = self._s3().get_object(**self._at(document_id))
        with closing(answer["Body"]) as body:
            yield _document(document_id, answer), documents.read_pieces(body, self._calling)

    def remove(self, document_id: str) -> None:
        with suppress(documents.DocumentNotFound), self._calling():
            self._s3().delete_object(**self._at(document_id))

    def list_ids(self, since: str = "") -> Iterator[str]:
        pages = (
            self._s3()
            .get_paginator("list_objects_v2")
            .paginate(Bucket=self.bucket, Prefix=self.prefix, Delimiter="/", StartAfter=f"{self.prefix}{since}")
        )
        with self._calling():
            for page in pages:
                names = (each["Key"].removeprefix(self.prefix) for each in page.get("Contents", ()))
                yield from (name for name in names if documents.is_id(name))

    def put_name(self, folder: str, name: str) -> None:
        with self._calling():
            encryption = {key: value for key, value in self._encryption.items() if value}
            self._s3().put_object(**self._at(f"{folder}/{name}"), Body=b"", **encryption)

    def list_names(self, folder: str) -> list[str]:
        prefix, names = f"{self.prefix}{folder}/", set()
        with self._calling():
            pages = self._s3().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            for page in pages:
                names |= {each["Key"].removeprefix(prefix) for each in page.get("Contents", ())}
                names |= {each["Prefix"].removeprefix(prefix).rstrip("/") for each in page.get("CommonPrefixes", ())}
        return list(names)

    def delete_names(self, folder: str) -> None:
        for name in self.list_names(folder):
            self.remove(f"{folder}/{name}")

    @contextmanager
    def _calling(self) -> Iterator[None]:
        """Translate vendor errors, and have `check` prove anew what was refused."""
        try:
            with _translated():
                yield
        except documents.StoreMisconfigured:
            self._proved = False
            raise

    def _at(self, document_id: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + document_id}

    def _s3(self) -> Any:
        """Return the one client of all threads; making it is not thread-safe."""
        with self._lock:
            if self._client is None:
                import boto3
                from botocore.config import Config

                config = Config(
                    **self._timeouts,
                    retries={"total_max_attempts": self._attempts, "mode": "standard"},
                    s3={"addressing_style": "path" if self._endpoint_url else "auto"},
                    # Not every S3 knows the newer checksums; ours is sent explicitly and checked on reading.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                )
                session = boto3.session.Session()
                self._client = session.client(
                    "s3",
                    endpoint_url=self._endpoint_url,
                    region_name=self._region or session.region_name or "us-east-1",
                    config=config,
                )
            return self._client


def _document(document_id: str, answer: dict[str, Any]) -> Document:
    """Read our metadata; a size that differs from the response's shows a changed object before it is read."""
    # Some S3 give the names of metadata back capitalised.
    noted = {name.lower(): value for name, value in answer.get("Metadata", {}).items()}
    sha256, size = noted.get("sha256", ""), noted.get("size", "")
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not re.fullmatch(r"[0-9]{1,12}", size):
        raise documents.Corrupted("the object has lost its metadata sha256 and size")
    # both may be missing behind something in between that rewrites answers
    if int(size) != answer.get("ContentLength") or "ContentType" not in answer:
        raise documents.Corrupted("the stored document has changed since it was put")
    return Document(document_id, sha256, int(size), answer["ContentType"])


@contextmanager
def _translated() -> Iterator[None]:
    """Translate vendor errors; by S3's code, never the key, which holds the document's id."""
    try:
        from botocore import exceptions as boto
    except ImportError:
        raise documents.StoreMisconfigured("documents in S3 need the package boto3. Install it.") from None

    try:
        yield
    except boto.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise _fault(code, f"HTTP {status}", f"HTTP {status // 100}xx") from None
    except (ChassisError, MemoryError):
        raise
    except Exception as error:
        # its own class first. Not all of botocore's have one ancestor; a ValueError is about a parameter, which comes from the settings;
        # it follows a store that redirects to itself until Python stops it; and a KeyError means an answer without what each has
        raise _fault(*(each.__name__ for each in type(error).__mro__)) from None


def _fault(*answers: str) -> documents.DocumentFault | documents.StoreUnavailable | documents.StoreMisconfigured:
    """Return our error for an answer, by S3's code or the library's class, and never its text."""
    verdict = TABLE.find(*answers)
    match verdict.fault:
        case Fault.MESSAGE:
            return documents.DocumentNotFound()
        case Fault.PASSING:
            return documents.StoreUnavailable(f"the documents' S3 does not answer: {answers[0]}")
        case _:
            return documents.StoreMisconfigured(
                f"the documents' S3 refuses: {answers[0]}. Look at DOCUMENTS_URL, S3_ENDPOINT_URL, the credentials and their rights.",
                code=f"documents_{verdict.code}",
            )
