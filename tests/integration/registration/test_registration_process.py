"""The service as it runs: its own process, RabbitMQ, PostgreSQL, HTTP; facts out, facts in, time passing."""

import http.client
import json
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from services.accounts import events as accounts
from services.chassis import clock
from services.chassis.calendar import VIETNAM, Calendar
from services.chassis.ids import uuid7
from services.chassis.testing import free_port
from services.verification import events as verification
from tests.stand import broker
from tests.stand.messages import PREFIX, Message
from tests.stand.place import fresh_place

SERVICE = "services.registration.service:Registration"
DECLARATIONS = "/registration/declarations"
#: facts that come by the calendar, whatever is declared
OF_EACH_PERIOD = ("progress_report_made", "history_head_published")


class Registration:
    """The process, and the world around it."""

    def __init__(self, place, folder):
        self.place = place
        self.port = free_port()
        self.offset = folder / "offset"
        self.folder = folder
        self.program = place.start(
            SERVICE,
            HTTP_ADDRESS=f"127.0.0.1:{self.port}",
            DOCUMENTS_URL=f"file:{folder / 'documents'}",
            CLOCK_OFFSET_FILE=self.offset,
            CLOCK_MAY_MOVE="true",
            SWEEP_SECONDS=0.5,
        ).ready()
        self.queue = broker.listen(place.amqp_uri, "registration.events", "#", "ears")

    def ask(self, method, path, body=None, **headers):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            if isinstance(body, dict):
                body, headers["Content-Type"] = json.dumps(body), "application/json"
            connection.request(method, DECLARATIONS + path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if "json" in (answer.headers["Content-Type"] or "") else content

    def told(self, count):
        """The next facts about declarations: {name: body}; `count` of them must come."""
        told: dict[str, Any] = {}
        while len(told) < count:
            (one,) = broker.take(self.place.amqp_uri, self.queue, 1)
            if one.routing_key not in OF_EACH_PERIOD:
                told[one.routing_key] = json.loads(one.body)
        return told

    def tell(self, service, fact, revision=1, **changes):
        """Say a fact as another service would."""
        id_ = str(uuid7())
        headers = {
            "specversion": "1.0",
            "id": id_,
            "source": f"/vss/{service}",
            "type": f"vn.vss.{service}.{fact.fact_name}.v1",
            "subject": changes.get("dossier_no", "x"),
            "time": "2026-11-21T08:00:00.000000Z",
            "revision": revision,
        }
        body = json.dumps(fact.example | changes).encode()
        message = Message(f"{service}.events", fact.fact_name, body, {PREFIX + k: v for k, v in headers.items()}, id_)
        broker.send(self.place.amqp_uri, [message])

    def until_status(self, no, code, status):
        def reached():
            return self.ask("GET", f"/{no}", **{"X-Tracking-Code": code})[1].get("status") == status

        self.program.until(reached, status)


@pytest.fixture
def registration(request, tmp_path):
    with fresh_place(request, "postgresql", tmp_path) as place:
        yield Registration(place, tmp_path)


@pytest.mark.rule("I4", "I5", "I6")
def test_a_declaration_through_the_running_service(registration, form):
    status, created = registration.ask("POST", "", form.person)
    assert status == 201
    draft, code = created["draft_id"], {"X-Tracking-Code": created["tracking_code"]}
    picture = {"Content-Type": "image/png"} | code
    assert registration.ask("PUT", f"/{draft}/attachments/portrait", form.picture("PNG", (300, 400)), **picture)[0] == 200
    status, submitted = registration.ask("POST", f"/{draft}/submit", {"commitment": True}, **code)
    assert status == 202
    no = submitted["dossier_no"]

    told = registration.told(2)
    assert told["declaration_submitted"]["dossier_no"] == no
    assert [one["kind"] for one in told["declaration_submitted"]["attachments"]] == ["portrait"]
    made = told["attachment_added"]["attachment"]
    assert made["kind"] == "form_pdf"
    status, pdf = registration.ask("GET", f"/{no}/form.pdf", **code)
    assert (status, len(pdf)) == (200, made["size"])
    assert pdf.startswith(b"%PDF")

    registration.tell("verification", verification.CaseReceived, dossier_no=no)
    registration.until_status(no, created["tracking_code"], "received")
    registration.tell("verification", verification.IdentityVerified, 2, dossier_no=no)
    registration.until_status(no, created["tracking_code"], "verified")
    registration.tell("accounts", accounts.AccountActivated, dossier_no=no)
    registration.until_status(no, created["tracking_code"], "activated")
    assert registration.ask("POST", "", form.person)[0] == 201, "a stranger is not told of the account (I8)"
    assert registration.program.stop() == 0


@pytest.mark.rule("I6")
def test_ten_days_later_the_running_service_has_warned_cancelled_and_deleted(registration, form):
    created = registration.ask("POST", "", form.person)[1]
    draft, code = created["draft_id"], {"X-Tracking-Code": created["tracking_code"]}
    registration.ask("PUT", f"/{draft}/attachments/portrait", form.picture(), **{"Content-Type": "image/jpeg"} | code)
    sent = registration.ask("POST", f"/{draft}/submit", {"commitment": True}, **code)[1]
    no = sent["dossier_no"]
    registration.told(2)

    def move(to):
        clock.move_to(registration.offset, (to - datetime.now(UTC)).total_seconds())

    documents = registration.folder / "documents"

    def kept():
        return {file for file in documents.rglob("*") if file.is_file() and file.stat().st_size > 0}

    mine = kept()
    assert mine
    day = Calendar().before(date.fromisoformat(sent["last_day"]), 2)
    move(datetime.combine(day, time(17), VIETNAM))
    assert set(registration.told(1)) == {"declaration_expiring"}
    move(datetime.fromisoformat(sent["expires_at"]) + timedelta(hours=7))
    assert set(registration.told(1)) == {"declaration_expired"}
    registration.until_status(no, created["tracking_code"], "expired")
    registration.program.until(lambda: not kept() & mine, "all documents deleted")
    [(subject, bhxh_code)] = registration.place.rows("SELECT subject, bhxh_code FROM declarations")
    assert (subject, bhxh_code) == (None, None)
    for text in ("Nguyễn", "0113099841", "983847986", "biennt", created["tracking_code"]):
        assert text not in registration.program.output
