"""Probes of the document store: for services that put documents, that only read them, and that only keep their ledger there."""

import secrets
from typing import Any

from services.chassis.documents import DocumentNotFound
from services.chassis.ids import uuid7
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources

_REMEDY = (
    "Are DOCUMENTS_URL, DOCUMENT_KEYS_URL, S3_ENDPOINT_URL and the credentials right, and may this process write there?"
)


def _put_get_delete(resources: Resources[Any]) -> str:
    store, content = resources.documents, secrets.token_bytes(64)
    document = store.put(content, "application/octet-stream")
    try:
        if store.get(document.document_id, sha256=document.sha256) != content:
            raise Unwell("what was written is read differently", "Is DOCUMENTS_URL the same store for every process?")
    finally:
        store.delete(document.document_id)
    try:
        store.get(document.document_id)
    except DocumentNotFound:
        return f"{resources.settings.documents_url} takes, gives and deletes a document"
    raise Unwell("a document is still there after it was deleted", "May this process delete there? Are old versions kept?")


def _look(resources: Resources[Any]) -> str:
    try:
        resources.documents.get(f"{uuid7().hex}-{secrets.token_hex(16)}")
    except DocumentNotFound:
        return f"{resources.settings.documents_url} answers"
    raise Unwell("a document is there that nobody put", "Is DOCUMENTS_URL right?")


def _note(resources: Resources[Any]) -> str:
    resources.documents.check()
    return f"{resources.settings.documents_url} takes notes"


probes = (Probe("documents", _put_get_delete, _REMEDY),)
reading = (Probe("documents", _look, _REMEDY),)
ledger = (Probe("ledger", _note, _REMEDY),)
