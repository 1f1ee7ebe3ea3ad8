"""What is about us, and not about the person, is kept for an operator; and no more copies go out than somebody may answer for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from services.accounts import events as accounts
from services.chassis import jobs
from services.chassis.ids import uuid7
from services.chassis.jobs.table import jobs as job_rows
from services.notifications.dossiers.readers import DeclarationRejected, FirstPasswordRenewed
from services.notifications.mail import port as mail
from services.notifications.messages import codes
from services.notifications.sms import port as sms
from services.verification import events as verification
from tests.integration.notifications.desk import Desk, password_box
from tests.integration.notifications.test_notifications_delivery import BOTH, activate, issue, soon

pytestmark = pytest.mark.rule("N14")


def hold(desk: Desk, code: str = "route", times: int = 1) -> None:
    desk.sms.faults += [sms.SmsAccountRefused(code, "twilio: HTTP 400, code 21408") for _ in range(times)]


def held(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.db.read() as session:
        return [(job.kind, job.held_for) for job in jobs.list_jobs(session, held=True)]


def run_until_held(desk: Desk) -> None:
    desk.run_jobs(lambda: bool(held(desk)))


def take_up(desk: Desk, *, another_copy: bool = False) -> None:
    with desk.db.write() as session:
        for job in jobs.list_jobs(session, held=True):
            jobs.take_up(session, job.id, another_copy=another_copy)


@pytest.mark.rule("A2")
def test_a_refusal_of_us_keeps_the_password_and_goes_out_once_an_operator_has_helped(desk: Desk) -> None:
    """Row 18 of inputs.md."""
    hold(desk)
    activate(desk)
    run_until_held(desk)
    (kept,) = desk.payloads()
    assert "box" in json.loads(kept or "{}")
    assert held(desk) == [("sms", "route")]
    assert (desk.message().status, desk.message().code) == ("waiting", "route")
    assert [(name, body["outcome"], body["held"]) for name, body, _ in desk.told()] == [
        ("password_delivery_reported", "failed", True)
    ]
    take_up(desk)
    desk.run_jobs()
    assert (desk.message().status, desk.message().code, desk.message().held_at) == ("sent", None, None)
    assert held(desk) == []
    assert [(name, body.get("outcome")) for name, body, _ in desk.told()[1:]] == [
        ("message_sent", None),
        ("password_delivery_reported", "sent"),
    ]


def test_what_is_held_looks_again_by_itself_ever_more_seldom_and_is_never_given_up(desk: Desk) -> None:
    hold(desk, times=20)
    activate(desk)
    run_until_held(desk)
    moment, pauses = datetime.now(UTC), []
    for _ in range(8):
        (job,) = desk.job_views()
        pauses.append((job.run_after - moment).total_seconds())
        moment = job.run_after + timedelta(seconds=1)
        before = len(desk.sms.faults)
        with time_machine.travel(moment, tick=True):
            desk.run_jobs(lambda: len(desk.sms.faults) < before and desk.job_views()[0].state is jobs.State.WAITING)  # noqa: B023
    assert 110 < pauses[0] < 135
    assert [round(pause / 1000) for pause in pauses[-2:]] == [4, 4]  # an hour, and a little more or less
    assert pauses[:6] == sorted(pauses[:6])
    (job,) = desk.job_views()
    assert (job.state, job.attempts, job.reason) == (jobs.State.WAITING, 0, None)


def test_two_copies_may_go_out_and_then_an_operator_decides(desk: Desk) -> None:
    """Row 25 of inputs.md: a look-up that finds nothing is no proof that nothing was sent."""
    desk.sms.hides = True
    desk.sms.lost_answers += [quick(), quick(), quick()]
    activate(desk)
    run_until_held(desk)
    assert len(desk.sms.taken) == 2
    assert held(desk) == [("sms", codes.UNKNOWN_OUTCOME)]
    take_up(desk)  # looks again, and sends nothing
    desk.run_jobs(lambda: desk.sms.looked >= 3 and bool(held(desk)))
    assert len(desk.sms.taken) == 2
    take_up(desk, another_copy=True)
    desk.run_jobs(lambda: len(desk.sms.taken) == 3 and bool(held(desk)))
    assert (desk.message().status, desk.message().code) == ("waiting", codes.UNKNOWN_OUTCOME)


def test_a_one_time_code_goes_out_twice_at_most_too(desk: Desk) -> None:
    desk.sms.hides = True
    desk.sms.lost_answers += [quick(), quick(), quick()]
    issue(desk, "493817", soon())
    run_until_held(desk)
    assert (len(desk.sms.taken), held(desk)) == (2, [("otp", codes.UNKNOWN_OUTCOME)])


def test_a_worker_that_dies_in_the_call_counts_as_a_copy(desk: Desk) -> None:
    desk.sms.hides = True
    desk.sms.lost_answers.append(quick())
    activate(desk)
    with desk.db.write() as session:
        # as a worker leaves it that was killed while it sent
        leased = {"state": jobs.State.RUNNING.value, "lease_until": datetime.now(UTC) - timedelta(minutes=1)}
        session.execute(sa.update(job_rows).values(**leased))
    run_until_held(desk)
    assert (len(desk.sms.taken), held(desk)) == (1, [("sms", codes.UNKNOWN_OUTCOME)])


def test_a_list_that_is_late_shows_the_copy_in_the_end(desk: Desk) -> None:
    desk.sms.hides = True
    desk.sms.lost_answers += [quick(), quick()]
    activate(desk)
    run_until_held(desk)
    desk.sms.hides = False
    take_up(desk)
    desk.run_jobs()
    assert (len(desk.sms.taken), desk.message().status, desk.message().code) == (2, "sent", None)


@pytest.mark.rule("A2")
def test_an_email_of_which_nobody_hears_goes_out_twice_at_most(desk: Desk) -> None:
    desk.mail.lost_answers += [quick_mail(), quick_mail(), quick_mail()]
    activate(desk, BOTH)
    run_until_held(desk)
    assert len(desk.mail.taken) == 2
    assert held(desk) == [("email", codes.UNKNOWN_OUTCOME)]


def test_a_code_that_is_held_is_not_sent_once_it_has_expired(desk: Desk) -> None:
    hold(desk, "credentials")
    issue(desk, "493817", soon())
    run_until_held(desk)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        desk.run_jobs()
    assert desk.sms.taken == []
    assert (desk.message().status, desk.message().code) == ("failed", codes.EXPIRED)
    assert desk.payloads() == [None]


def test_an_operator_may_give_up_what_is_held(desk: Desk) -> None:
    hold(desk)
    activate(desk)
    run_until_held(desk)
    with desk.db.write() as session:
        jobs.give_up_held(session, desk.job_views()[0].id)
    desk.run_jobs()
    assert (desk.message().status, desk.message().code) == ("failed", jobs.BY_OPERATOR)
    assert desk.payloads() != [None]


def test_what_is_still_held_when_addresses_are_erased_is_not_sent_any_more(desk: Desk) -> None:
    hold(desk)
    activate(desk)
    run_until_held(desk)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=91), tick=True):
        assert desk.sweep_one("erase_addresses") == 1
    assert (desk.message().status, desk.message().code, desk.message().address) == ("failed", "route", None)
    assert desk.payloads() == [None]


def test_an_answer_of_the_mail_server_about_us_keeps_the_email(desk: Desk) -> None:
    desk.mail.faults.append(mail.MailAccountRefused("blocked", "smtp: RCPT 550 5.7.1"))
    desk.read(DeclarationRejected, verification.DeclarationRejected.example, contact=BOTH)
    run_until_held(desk)
    assert held(desk) == [("email", "blocked")]
    take_up(desk)
    desk.run_jobs()
    assert {message.status for message in desk.messages()} == {"sent"}


@pytest.mark.rule("A2")
@pytest.mark.parametrize("refused", [True, False])
def test_a_renewed_first_password_replaces_the_one_that_did_not_arrive(desk: Desk, refused: bool) -> None:
    if refused:
        desk.sms.faults.append(sms.SmsRefused(codes.INVALID_NUMBER, "HTTP 400"))
    else:
        hold(desk)
    account_id = str(uuid7())
    activate(desk, account_id=account_id, sealed_credential=password_box("first-one", account_id))
    desk.run_jobs() if refused else run_until_held(desk)
    renewed: dict[str, Any] = {
        "account_id": account_id,
        "sealed_credential": password_box("second-one", account_id),
        "contact": {"phone": "+84900000077", "email": None},
    }
    desk.read(FirstPasswordRenewed, accounts.FirstPasswordRenewed.example, **renewed)
    desk.run_jobs()
    assert [(one.to, "second-one" in one.text) for _, _, one in desk.sms.taken] == [("+84900000077", True)]
    assert desk.payloads() == [None, None]
    assert sorted((one.status, one.code) for one in desk.messages()) == [
        ("failed", codes.INVALID_NUMBER if refused else codes.REPLACED),
        ("sent", None),
    ]
    # what is told last of the dossier is no failure of the one that was replaced
    assert [body["code"] for name, body, _ in desk.told() if name == "password_delivery_reported"] == [
        codes.INVALID_NUMBER if refused else "route"
    ]


@pytest.mark.rule("A2")
def test_support_has_a_list_of_the_secrets_that_did_not_arrive(desk: Desk, http: FlaskClient) -> None:
    """Row 43 of inputs.md: passwords and codes alike."""
    desk.sms.faults += [sms.SmsRefused(codes.UNSUBSCRIBED, "HTTP 400")]
    issue(desk, "493817", soon())
    desk.run_jobs()
    hold(desk)
    activate(desk)
    run_until_held(desk)
    activate(desk, dossier_no="261121-000002-4")
    desk.run_jobs(lambda: len(desk.sms.taken) == 1)
    desk.sms.faults += [sms.SmsRefused(codes.INVALID_NUMBER, "HTTP 400")]
    activate(desk, dossier_no="261121-000003-2", guardian_account_id=str(uuid7()))
    desk.run_jobs(lambda: desk.told()[-1][1].get("code") == codes.INVALID_NUMBER)
    shown = http.get("/notifications/messages?secrets_undelivered=true", headers={"Authorization": "Bearer support"})
    items = [(item["template"], item["status"], item["code"], item["held_at"] is None) for item in shown.get_json()["items"]]
    assert sorted(items) == [
        ("account_activated", "waiting", "route", False),
        ("child_activated", "failed", codes.INVALID_NUMBER, True),
        ("otp", "failed", codes.UNSUBSCRIBED, True),
    ]
    # of a password, of whomever, the office hears too: it has the person in front of it
    told = [body["dossier_no"] for name, body, _ in desk.told() if name == "password_delivery_reported"]
    assert told[-1] == "261121-000003-2"
    assert http.get("/notifications/messages", headers={"Authorization": "Bearer support"}).status_code == 422


def quick() -> sms.NoAnswer:
    error = sms.NoAnswer("lost")
    error.after_seconds = 0.01
    return error


def quick_mail() -> mail.NoAnswer:
    error = mail.NoAnswer("lost")
    error.after_seconds = 0.01
    return error
