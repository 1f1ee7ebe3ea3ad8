"""What was written about a dossier goes within a day of its end (I6). Both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from services.notifications.dossiers.readers import (
    AttachmentAdded,
    DeclarationExpired,
    DeclarationSubmitted,
    DeclarationWithdrawn,
)
from services.notifications.messages.ending import ERASED_AFTER
from services.notifications.sms import port as sms
from services.registration import events as registration
from tests.integration.notifications.desk import Desk

SUBMITTED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
#: at night, as the system closes
ENDED = datetime(2026, 12, 3, 20, 0, tzinfo=UTC)
NO = registration.DeclarationSubmitted.example["dossier_no"]
PERSONAL = ("983847986", "0113099841", "biennt", "Nguy")


def submit(desk: Desk) -> None:
    with time_machine.travel(SUBMITTED, tick=True):
        desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example)
        add_form(desk)


def add_form(desk: Desk) -> None:
    form = desk.documents.put(b"%PDF-1.4", "application/pdf")
    example = registration.AttachmentAdded.example
    attached = {"document_id": form.document_id, "sha256": form.sha256}
    desk.read(AttachmentAdded, example, attachment=example["attachment"] | attached)


def end(desk: Desk, how: str) -> None:
    if how == "expired":
        desk.read(DeclarationExpired, registration.DeclarationExpired.example)
    else:
        desk.read(DeclarationWithdrawn, registration.DeclarationWithdrawn.example)


def traces(desk: Desk) -> list[str]:
    """Tables that show something of the person."""
    with desk.db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [(table, str(row)) for table in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]
    return [table for table, row in rows if any(word in row for word in PERSONAL)]


def send(desk: Desk) -> None:
    with time_machine.travel(SUBMITTED, tick=True):
        desk.run_jobs()


@pytest.mark.rule("I6")
@pytest.mark.parametrize("how", ["expired", "withdrawn"])
def test_within_a_day_of_the_end_nothing_that_was_written_shows_the_person(desk: Desk, how: str) -> None:
    submit(desk)
    send(desk)
    assert "messages" in traces(desk)
    with time_machine.travel(ENDED, tick=True):
        end(desk, how)
    with time_machine.travel(ENDED + timedelta(hours=5), tick=True):
        desk.run_jobs()
    assert {message.status for message in desk.messages()} == {"sent"}, "the last SMS has gone out in the morning"
    with time_machine.travel(ENDED + ERASED_AFTER + timedelta(minutes=1), tick=True):
        assert desk.sweep_one("erase_ended") == len(desk.messages())
    assert traces(desk) == []
    assert {message.ref for message in desk.messages()} == {NO}


@pytest.mark.rule("I6")
def test_what_no_provider_takes_for_most_of_a_day_is_not_sent_any_more(desk: Desk) -> None:
    submit(desk)
    desk.sms.faults.extend(sms.SmsUnavailable("away") for _ in range(9))
    with time_machine.travel(ENDED, tick=True):
        end(desk, "expired")
    with time_machine.travel(ENDED + ERASED_AFTER + timedelta(minutes=1), tick=True):
        desk.sweep_one("erase_ended")
    assert traces(desk) == []
    assert {(message.status, message.code) for message in desk.messages()} == {("failed", "dossier_ended")}
    with time_machine.travel(ENDED + timedelta(days=2), tick=True):
        desk.run_jobs()
    assert desk.sms.taken == []


@pytest.mark.rule("I6")
def test_a_message_written_after_the_end_still_reaches_the_person_and_is_erased_as_soon(desk: Desk) -> None:
    with time_machine.travel(ENDED, tick=True):
        end(desk, "withdrawn")
    late = ENDED + timedelta(days=3)
    with time_machine.travel(late, tick=True):
        add_form(desk)
        desk.run_jobs()
        assert desk.sweep_one("erase_ended") == 0
    assert desk.message().status == "sent"
    with time_machine.travel(late + ERASED_AFTER + timedelta(minutes=1), tick=True):
        assert desk.sweep_one("erase_ended") == 1
    assert traces(desk) == []


def test_messages_about_other_dossiers_stay(desk: Desk) -> None:
    submit(desk)
    with time_machine.travel(ENDED, tick=True):
        desk.read(DeclarationWithdrawn, {**registration.DeclarationWithdrawn.example, "dossier_no": "261121-000002-4"})
    with time_machine.travel(ENDED + timedelta(days=2), tick=True):
        assert desk.sweep_one("erase_ended") == 0


def test_the_end_of_a_dossier_is_itself_forgotten_some_months_later(desk: Desk) -> None:
    with time_machine.travel(ENDED, tick=True):
        end(desk, "withdrawn")
    with time_machine.travel(ENDED + timedelta(days=91), tick=True):
        assert desk.sweep_one("forget_ended") == 1
        assert desk.sweep_one("forget_ended") == 0
