"""A person asks all services what they hold of them, for a copy, and for its erasure (P2); only the bus between them is played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.accounts import events as told_by_accounts
from services.accounts.requests import rules
from services.accounts.requests.rules import SubjectRequest
from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.ids import uuid7
from services.chassis.secretbox import SecretBox, generate_key
from services.chassis.subjects import Person, Requested
from services.feedback.complaints.rules import Complaint
from services.notifications.holders.readers import PasswordChanged
from tests.integration.accounts.desk import CODE
from tests.integration.accounts.desk import Desk as Accounts
from tests.integration.feedback.desk import Desk as Feedback
from tests.integration.notifications.desk import Desk as Notifications
from tests.integration.registration.desk import Desk as Registration
from tests.integration.verification.desk import Desk as Verification

PHONE = "+84983847986"
ACCOUNT = uuid7()
BOX = SecretBox(generate_key())
PERSON = Person(bhxh_code=CODE, phone=PHONE)
CONTACT = {"full_name": "Nguyễn Thành Biên", "phone": "0983847986", "email": None}

pytestmark = pytest.mark.rule("P2")


class Town:
    """One person in all five services, and a stranger in two."""

    def __init__(self, folder: Path) -> None:
        self.accounts = Accounts(f"sqlite:///{folder}/accounts.sqlite3")
        self.account_id = self.accounts.settled()
        self.others: dict[str, Any] = {
            "registration": Registration(f"sqlite:///{folder}/registration.sqlite3"),
            "verification": Verification(f"sqlite:///{folder}/verification.sqlite3"),
            "feedback": Feedback(f"sqlite:///{folder}/feedback.sqlite3"),
            "notifications": Notifications(f"sqlite:///{folder}/notifications.sqlite3"),
        }
        outbox.publish_as("registration")
        self.dossier = self.others["registration"].submitted()
        outbox.publish_as("verification")
        self.no = self.others["verification"].submit()
        told: tuple[Any, ...] = (told_by_accounts.AccountActivated, told_by_accounts.AccountStopped)
        for name in ("registration", "verification"):  # an account that is closed
            outbox.publish_as(name)
            desk = self.others[name]
            for number, fact in enumerate(told, start=1):
                about = {"account_id": str(ACCOUNT), "bhxh_code": CODE, "dossier_no": "261121-999999-4"}
                desk.handle(desk.reader(fact.fact_name), fact.example | about, revision=number)
        outbox.publish_as("feedback")
        feedback = self.others["feedback"]
        self.open = feedback.filed(contact=CONTACT)
        self.closed = feedback.filed(
            contact=CONTACT, subject_line="Thẻ BHYT sai ngày sinh", body="Xin sửa lại ngày sinh trên thẻ."
        )
        self.strangers = feedback.filed(contact=CONTACT | {"phone": "0912345678"}, bhxh_code=None)
        with feedback.db.write() as session:
            done = sa.update(Complaint).where(Complaint.complaint_no == self.closed.no)
            session.execute(done.values(closed_at=clock.now(), status="closed"))
        outbox.publish_as("notifications")
        self.others["notifications"].read(
            PasswordChanged, told_by_accounts.PasswordChanged.example, contact={"phone": PHONE, "email": None}
        )
        self.others["notifications"].run_jobs()

    def ask(self, action: str, *, deaf: tuple[str, ...] = ()) -> str:
        outbox.publish_as("accounts")
        with self.accounts.db.write() as session:
            number = rules.ask(session, action, PERSON, by="lan", box=BOX)
        (asked,) = [fact.body for fact in self.accounts.facts("data_subject_requested") if fact.body["request_no"] == number]
        for name, desk in self.others.items():
            if name not in deaf:
                self.carry(name, desk, asked)
        return number

    def carry(self, name: str, desk: Any, asked: dict[str, Any]) -> None:
        outbox.publish_as(name)
        desk.handle(Requested, asked)
        answer = desk.facts("data_subject_answered")[-1].body
        reader = next(
            each for each in self.accounts.service.reads if (each.service, each.fact_name) == (name, "data_subject_answered")
        )
        for _ in range(2):  # a copy may come
            self.accounts.handle(reader, answer)

    def answers(self, number: str) -> dict[str, Any]:
        with self.accounts.db.read() as session:
            return {row.service: row for row in rules.answers(session, number)}

    def request(self, number: str) -> SubjectRequest:
        with self.accounts.db.read() as session:
            return session.get_one(SubjectRequest, number)

    def close(self) -> None:
        for desk in (self.accounts, *self.others.values()):
            desk.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def test_what_is_held_is_found_in_every_service_and_nothing_of_a_stranger(town: Town) -> None:
    number = town.ask("find")
    found = {name: row.found for name, row in town.answers(number).items()}
    assert found == {
        "accounts": {"accounts": 1, "sessions": 0, "sign_ins": 0, "known_devices": 0, "known_networks": 0},
        "registration": {"declarations": 1, "known_accounts": 1},
        "verification": {"cases": 1, "known_accounts": 1},
        "feedback": {"complaints": 2, "emails": 0},
        "notifications": {"messages": 1},
    }
    assert town.request(number).answered_at is not None
    assert not any(row.sealed_records for row in town.answers(number).values())


def test_a_copy_holds_everything_and_travels_sealed(town: Town) -> None:
    number = town.ask("export")
    with town.accounts.db.read() as session:
        copy = rules.records(session.get_one(SubjectRequest, number), rules.answers(session, number), BOX)
    text = json.dumps(copy, ensure_ascii=False)
    assert copy["registration"]["declarations"][0]["subject"]["full_name"] == "Nguyễn Thành Biên"
    assert {each["complaint_no"] for each in copy["feedback"]["complaints"]} == {town.open.no, town.closed.no}
    assert copy["notifications"]["messages"][0]["address"] == PHONE
    assert copy["accounts"]["accounts"][0]["bhxh_code"] == CODE
    assert "password_hash" not in text
    assert "tracking" not in text
    for desk in (town.accounts, *town.others.values()):
        # whom it is about leaves the log of facts once every reader has it
        assert desk.value(sa.text(f"SELECT count(*) FROM fact_erasures WHERE about = '{number}'")) == 1
    for desk in town.others.values():
        (told,) = [fact for fact in desk.facts("data_subject_answered") if fact.body["request_no"] == number]
        assert CODE not in json.dumps(told.body)
        assert told.public == ""


def test_what_the_law_lets_go_is_erased_and_of_the_rest_it_is_said_why_it_stays(town: Town) -> None:
    town.others["registration"].hear("declaration_rejected", town.dossier)
    number = town.ask("erase")
    rows = town.answers(number)
    assert rows["registration"].erased == {"declarations": 1, "known_accounts": 1}
    assert rows["verification"].erased == {"known_accounts": 1}
    assert rows["feedback"].erased == {"complaints": 1}
    assert rows["notifications"].erased == {"messages": 1}
    (under_way,) = rows["verification"].staying
    assert "under way" in under_way["why"]
    assert [(each["data"], each["count"]) for each in rows["accounts"].staying] == [("accounts", 1)]
    assert "not settled" in rows["feedback"].staying[0]["why"]
    feedback, registration = town.others["feedback"], town.others["registration"]
    assert feedback.row(town.closed).contact is None
    assert feedback.row(town.closed).body == ""
    assert feedback.row(town.open).contact is not None
    assert feedback.row(town.strangers).contact is not None
    assert registration.row(town.dossier).subject is None
    assert registration.row(town.dossier).refusal["reason_code"]
    assert town.others["notifications"].message().address is None
    again = town.answers(town.ask("find"))
    assert (again["registration"].found, again["notifications"].found) == (
        {"declarations": 0, "known_accounts": 1},
        {"messages": 0},
    )
    assert again["feedback"].found == {"complaints": 1, "emails": 0}


def test_a_service_that_does_not_answer_in_two_working_days_is_told_of(town: Town) -> None:
    number = town.ask("find", deaf=("feedback",))
    assert town.request(number).answered_at is None
    with town.accounts.db.read() as session:
        assert rules.missing(session, number) == ["feedback"]
    due_at = town.request(number).due_at
    assert timedelta(days=1) < due_at - clock.now() < timedelta(days=12)
    with time_machine.travel(due_at + timedelta(minutes=1), tick=True):
        town.accounts.sweep()
        assert town.request(number).late_at is not None


def test_copies_are_forgotten_after_a_week_and_that_somebody_asked_is_not(town: Town) -> None:
    number = town.ask("export")
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=True):
        town.accounts.sweep()
    assert town.request(number).private_key is None
    assert not any(row.sealed_records for row in town.answers(number).values())
    with pytest.raises(ValueError, match="forgotten"):
        rules.records(town.request(number), town.answers(number).values(), BOX)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nobody is named"),
        ("bhxh_code: 0113", "line 1: not a valid bhxh_code"),
        ("name: Biên", "line 1: expected one of"),
        ("phone: 0983847986\nphone: 0983847986", "line 2: expected one of"),
    ],
)
def test_a_person_who_is_named_wrongly_is_told_so_without_a_word_of_what_was_typed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        Person.from_text(text)
    assert "0113" not in str(refused.value)
    assert "0983847986" not in str(refused.value)


def test_a_person_is_read_as_people_type_it() -> None:
    assert Person.from_text("bhxh_code: 0113 099 841\nphone: 0983 847 986\n\n") == Person(bhxh_code=CODE, phone=PHONE)
