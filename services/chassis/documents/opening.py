"""Open the store that a URL names, and the encrypted one that a service's settings name."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote

from services.chassis.documents import MAX_BYTES, DocumentStore
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.errors import SettingsError
from services.chassis.secretbox import SecretBox
from services.chassis.settings import ChassisSettings, Url


def documents_of(settings: ChassisSettings) -> EncryptedDocuments:
    """Return the documents of a service as its settings say. Opens no connection. Raises SettingsError."""
    endpoint = settings.s3_endpoint_url
    return EncryptedDocuments(
        from_url(settings.documents_url, endpoint_url=endpoint),
        from_url(settings.document_keys_url, endpoint_url=endpoint, setting="DOCUMENT_KEYS_URL"),
        SecretBox(settings.documents_key) if settings.documents_key else None,
        puts_encrypted=not settings.previous_release_beside,
    )


def from_url(
    url: str | Url, *, endpoint_url: str | Url | None = None, max_bytes: int = MAX_BYTES, setting: str = "DOCUMENTS_URL"
) -> DocumentStore:
    """`file:<folder>` (`file:.run/documents`, `file:///var/lib/vss`) or `s3://<bucket>/<prefix>?sse=…&kms_key_id=…&region=…`.

    `endpoint_url`: an S3 other than Amazon's. `setting`: where the URL comes from, for messages. Opens no connection. Raises SettingsError.
    """
    try:
        parts = (url if isinstance(url, Url) else Url(url)).parts
    except ValueError as error:
        raise SettingsError([f"{setting}: expected {error}. Correct it."]) from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path and not options:
        from services.chassis.documents.folder import FolderDocuments

        return FolderDocuments(Path(unquote(parts.path)), max_bytes=max_bytes)
    if parts.scheme == "s3" and parts.netloc and options.keys() <= {"sse", "kms_key_id", "region"}:
        from services.chassis.documents.s3 import ENCRYPTIONS, S3Documents

        if options.get("sse", "AES256") not in ENCRYPTIONS:
            raise SettingsError([f"{setting}: expected sse to be one of {', '.join(ENCRYPTIONS)}. Correct it."])
        return S3Documents(
            parts.netloc,
            unquote(parts.path).strip("/"),
            endpoint_url=endpoint_url.reveal() if isinstance(endpoint_url, Url) else endpoint_url,
            region=options.get("region"),
            sse=options.get("sse"),
            kms_key_id=options.get("kms_key_id"),
            max_bytes=max_bytes,
        )
    raise SettingsError(
        [f"{setting}: expected file:<folder> or s3://<bucket>/<prefix>?sse=…&kms_key_id=…&region=…. Correct it."]
    )
