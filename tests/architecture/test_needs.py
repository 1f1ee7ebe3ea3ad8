"""What a service's requests need besides its database is watched by its `/readyz`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.chassis.discovery import load
from services.chassis.probes import parts
from services.chassis.web.extension import Http

_SERVICES = Path(__file__).resolve().parents[2] / "services"
#: the API, the pages, and what both have in common
_TAKES_REQUESTS = ("*api.py", "*pages.py", "*_desk.py")
#: how views get at documents
_USES_DOCUMENTS = re.compile(r"resources\.documents\b|import .*\b(received|stored_file)\b")


@pytest.mark.parametrize("service", ["registration", "verification", "accounts", "notifications", "feedback"])
def test_a_service_whose_views_put_or_show_documents_watches_their_store(service: str) -> None:
    views = [
        path
        for pattern in _TAKES_REQUESTS
        for path in (_SERVICES / service).rglob(pattern)
        if _USES_DOCUMENTS.search(path.read_text(encoding="utf-8"))
    ]
    http: Http = vars(load(service))["http"]
    assert (parts.documents in http.needs) == bool(views), views


@pytest.mark.parametrize("service", ["registration", "verification", "accounts", "notifications", "feedback"])
def test_a_service_that_can_run_without_a_key_to_seal_with_says_when_it_does(service: str) -> None:
    views = [
        path
        for pattern in _TAKES_REQUESTS
        for path in (_SERVICES / service).rglob(pattern)
        if "seal_public_key" in path.read_text(encoding="utf-8")
    ]
    http: Http = vars(load(service))["http"]
    assert (parts.sealing in http.needs) == bool(views), views
