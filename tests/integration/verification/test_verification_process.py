"""The service in a process of its own, with RabbitMQ, both databases, an HGĐ over HTTP and signed tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from playground.program import Program
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until
from tests.integration.verification.desk import CODE, COLOURS, NAME, attachment, dossier_no, picture, submitted
from tests.integration.verification.hgd_server import KEY, HgdServer
from tests.stand import broker
from tests.stand.messages import PREFIX, Message
from tests.stand.place import Place, fresh_place

SERVICE = "services.verification.service:Verification"
SIGNING = OKPKey.generate_key("Ed25519", {"kid": "tests"})


def token(role: str, account: str, office: str, key: OKPKey = SIGNING, ahead: int = 0) -> str:
    now = int(clock.now().timestamp()) + ahead
    claims: dict[str, Any] = {
        "iss": "vss-accounts",
        "aud": "vss",
        "sub": account,
        "sid": f"session-{account}",
        "role": role,
        "acr": "aal2",
        "office": office,
    }
    claims |= {"iat": now, "exp": now + 900}
    return str(jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"]))


@pytest.fixture(scope="module")
def hgd() -> Iterator[HgdServer]:
    server = HgdServer()
    server.set(people={CODE: NAME}, jwks=KeySet([SIGNING]).as_dict(private=False))
    yield server
    server.close()


class Running:
    """One process of verification, and the world around it."""

    def __init__(self, place: Place, hgd: HgdServer) -> None:
        self.place = place
        self.hgd = hgd
        self.port = free_port()
        self.program: Program = place.start(
            SERVICE,
            HTTP_ADDRESS=f"127.0.0.1:{self.port}",
            JWKS_URL=hgd.jwks_url,
            DOCUMENTS_URL=f"file:{place.folder}/documents",
            HGD_URL=hgd.url,
            HGD_API_KEY=KEY,
            HGD_TIMEOUT_SECONDS=1,
            HGD_RECHECK_SECONDS=3,
        ).ready()
        for fact in ("case_received", "identity_verified", "declaration_rejected", "code_not_found"):
            broker.listen(place.amqp_uri, "verification.events", fact)

    def tell(self, name: str, data: dict[str, Any], service: str = "registration") -> None:
        id_, subject = str(uuid7()), data.get("dossier_no") or data["account_id"]
        headers = {
            "specversion": "1.0",
            "id": id_,
            "source": f"/vss/{service}",
            "type": f"vn.vss.{service}.{name}.v1",
            "subject": subject,
            "time": clock.now().isoformat(),
            "revision": 1,
            "correlationid": subject,
        }
        body = json.dumps(data, ensure_ascii=False).encode()
        message = Message(f"{service}.events", name, body, {PREFIX + key: value for key, value in headers.items()}, id_)
        self.place.send(message)

    def ask(self, method: str, path: str, role: str = "approver", account: str = "lan", **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token(role, account, '79')}", **options.pop("headers", {})}
        return requests.request(
            method, f"http://127.0.0.1:{self.port}/verification/cases{path}", headers=headers, timeout=20, **options
        )

    def until_status(self, no: str, status: str, seconds: float = 20) -> dict[str, Any]:
        def shown() -> dict[str, Any]:
            # before it is received, the case is no work of this office (V16)
            case: dict[str, Any] = self.ask("GET", f"/{no}", headers={"X-Purpose": "Cong dan dang o quay"}).json()
            return case

        self.program.until(lambda: shown().get("status") == status, f"{no} {status}", seconds)
        return shown()

    def complete(self, no: str) -> None:
        assert self.ask("POST", f"/{no}/receive", json={"id_shown": True}).status_code == 200
        for kind in ("id_front", "id_back", "portrait", "signed_form"):
            answer = self.ask("PUT", f"/{no}/attachments/{kind}", data=picture(COLOURS[kind]))
            assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, hgd: HgdServer) -> Iterator[Running]:
    with fresh_place(request, request.param, tmp_path_factory.mktemp("verification")) as place:
        made = Running(place, hgd)
        yield made
        assert made.program.stop() == 0


@pytest.mark.rule("V2", "V3", "V5", "V7")
def test_from_the_declaration_to_identity_verified(running: Running) -> None:
    no = dossier_no(1)
    running.tell(
        "attachment_added", {"dossier_no": no, "attachment": attachment("form_pdf"), "added_at": clock.now().isoformat()}
    )
    running.tell("declaration_submitted", submitted(no))
    running.until_status(no, "new")
    (found,) = running.ask("GET", "", "officer", "mai", headers={"X-Bhxh-Code": CODE}).json()["items"]
    assert found["dossier_no"] == no
    assert running.ask("POST", f"/{no}/claim", "officer", "mai").status_code == 200
    held = running.ask("POST", f"/{no}/decision", json={"outcome": "valid"})
    assert (held.status_code, held.json()["holder"]) == (409, "mai")
    assert running.ask("POST", f"/{no}/release", "officer", "mai").status_code == 200
    running.complete(no)
    shown = running.ask("GET", f"/{no}/attachments/portrait")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert running.ask("POST", f"/{no}/decision", json={"outcome": "valid"}).status_code == 202
    case = running.until_status(no, "approved")
    assert {each["kind"] for each in case["attachments"]} == {"form_pdf", "id_front", "id_back", "portrait", "signed_form"}
    copy = running.ask("GET", f"/{no}/attachments/id_front")
    assert (copy.status_code, copy.headers["Content-Type"]) == (200, "image/jpeg"), "kept with the declaration (2659 step 4)"

    received, verified = running.place.take("listener", 2)
    assert (received.routing_key, verified.routing_key) == ("case_received", "identity_verified")
    body = json.loads(verified.body)
    assert (body["subject"]["bhxh_code"], body["decided_office_code"]) == (CODE, "79")
    assert verified.headers["cloudEvents:correlationid"] == no
    assert running.hgd.asked[-1]["path"] == "/hgd/lookups"
    output = running.program.output
    for personal in (CODE, NAME, "983847986", "Thụ Trai"):
        assert personal not in output, "no personal data in the log"


@pytest.mark.rule("V7")
def test_an_unreachable_hgd_keeps_valid_and_decides_soon_after_it_is_back(running: Running) -> None:
    no = dossier_no(2)
    running.tell("declaration_submitted", submitted(no))
    running.until_status(no, "new")
    running.complete(no)
    running.hgd.set(drop=True)
    asked_before = len(running.hgd.asked)
    assert running.ask("POST", f"/{no}/decision", json={"outcome": "valid"}).status_code == 202
    assert wait_until(lambda: len(running.hgd.asked) > asked_before + 1, 20, interval_seconds=0.05), "asked again by itself"
    assert running.until_status(no, "checking")["hgd"]["outcome"] is None
    running.hgd.set(drop=False)
    back = time.monotonic()
    running.until_status(no, "approved")
    # HGD_RECHECK_SECONDS=3, and what a busy machine adds to it
    assert time.monotonic() - back < 3 + 5
    running.place.take("listener", 2)


def test_a_token_that_accounts_did_not_sign_opens_nothing(running: Running) -> None:
    forged = token("director", "lan", "79", OKPKey.generate_key("Ed25519", {"kid": "tests"}))
    answer = requests.get(
        f"http://127.0.0.1:{running.port}/verification/cases", headers={"Authorization": f"Bearer {forged}"}, timeout=10
    )
    assert answer.status_code == 401


def test_a_revoked_session_is_refused(running: Running) -> None:
    assert running.ask("GET", "", account="gone").status_code == 200
    until = clock.now() + timedelta(minutes=15)
    revoked = {"account_id": "gone", "session_id": "session-gone", "tokens_until": until.isoformat()}
    running.tell("session_revoked", revoked, service="accounts")
    assert wait_until(lambda: running.ask("GET", "", account="gone").status_code == 401, 10, interval_seconds=0.2)


def test_it_says_that_it_is_ready_and_what_it_counts(running: Running) -> None:
    ready = requests.get(f"http://127.0.0.1:{running.port}/readyz", timeout=10)
    assert ready.status_code == 200
    assert ready.json()["parts"].keys() >= {"database", "clock", "broker", "documents", "keys"}
    metrics = requests.get(f"http://127.0.0.1:{running.port}/metrics", timeout=10).text
    assert "vss_hgd_reachable" in metrics
    assert 'vss_jobs_total{kind="hgd_look_up",outcome="finished"' in metrics


def test_fifty_officers_whose_tokens_have_a_new_key_are_let_in_while_the_keys_come_slowly(
    running: Running, hgd: HgdServer
) -> None:
    """Inputs 8: 49 of 50 were answered 401. Strangers with keys of their own ask at the same time."""
    new = OKPKey.generate_key("Ed25519", {"kid": f"new-{running.port}"})
    strange = [token("officer", "nobody", "79", OKPKey.generate_key("Ed25519", auto_kid=True)) for _ in range(20)]
    url = f"http://127.0.0.1:{running.port}/verification/cases"

    def ask(given: str) -> int:
        return requests.get(url, headers={"Authorization": f"Bearer {given}"}, timeout=20).status_code

    assert ask(token("officer", "mai", "79")) == 200
    hgd.set(jwks=KeySet([SIGNING, new]).as_dict(private=False), jwks_seconds=1)
    try:
        with ThreadPoolExecutor(70) as callers:
            strangers = [callers.submit(ask, each) for each in strange]
            good = [callers.submit(ask, token("officer", "mai", "79", new)) for _ in range(50)]
            assert {each.result() for each in good} == {200}
            assert {each.result() for each in strangers} == {401}
    finally:
        hgd.set(jwks_seconds=0)


def test_keys_that_fail_once_cost_nobody_a_session(running: Running, hgd: HgdServer) -> None:
    new = OKPKey.generate_key("Ed25519", {"kid": f"newer-{running.port}"})
    hgd.set(jwks=KeySet([SIGNING, new]).as_dict(private=False), jwks_failures=1)
    url, given = f"http://127.0.0.1:{running.port}/verification/cases", token("officer", "mai", "79", new)
    assert requests.get(url, headers={"Authorization": f"Bearer {given}"}, timeout=20).status_code == 200
    unknown = token("officer", "mai", "79", OKPKey.generate_key("Ed25519", auto_kid=True))
    hgd.set(jwks_failures=1000)
    try:
        away = requests.get(url, headers={"Authorization": f"Bearer {unknown}"}, timeout=20)
        assert (away.status_code, away.headers["Retry-After"]) == (503, "2")
        assert requests.get(url, headers={"Authorization": f"Bearer {given}"}, timeout=20).status_code == 200
    finally:
        hgd.set(jwks_failures=0)


def test_a_token_that_a_machine_31_seconds_ahead_has_issued_is_taken_and_counted(running: Running) -> None:
    """Inputs 39."""
    url = f"http://127.0.0.1:{running.port}"
    given = token("officer", "mai", "79", ahead=35)
    assert (
        requests.get(f"{url}/verification/cases", headers={"Authorization": f"Bearer {given}"}, timeout=20).status_code
        == 200
    )
    assert 'vss_tokens_ahead_total{service="verification"} 0.0' not in requests.get(f"{url}/metrics", timeout=10).text
