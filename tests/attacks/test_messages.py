"""Nobody writes to others in the agency's name, and nobody makes it write without end (items 1 and 7 of the penetration test).

Tried over HTTP, at the services' own applications; what would be sent is read at the providers. The bus between them is played.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.accounts import events as accounts
from services.chassis import clock, jobs
from services.chassis.bus import outbox
from services.feedback import events as feedback
from services.notifications.complaints.readers import ComplaintReceived, UrgentComplaint
from services.notifications.dossiers.readers import AccountActivated, DeclarationRejected
from services.notifications.holders.readers import PasswordChanged
from services.notifications.messages.codes import UNDELIVERABLE
from services.verification import events as verification
from tests.integration.feedback.desk import Desk as Feedback
from tests.integration.notifications.desk import Desk as Notifications
from tests.integration.notifications.desk import password_box
from tests.integration.registration.desk import FORM
from tests.integration.registration.desk import Desk as Registration

VICTIM = {"phone": "0983847986", "email": "nan-nhan@a.vn"}
#: 200 free letters: an advertisement with a link
LURE = "quý khách được hoàn 5.000.000đ tiền BHXH, nhận ngay tại http://vss-hoan-tien.com/nhan?ma=1 trước 24h hôm nay, nếu không sẽ mất quyền lợi"
#: a name that the form takes: letters and full stops
LURE_IN_LETTERS = "Hoan tien BHXH tai vss-hoan-tien.com"
COMPLAINT = {
    "channel": "web",
    "office_code": "79",
    "category_code": "khac",
    "subject_line": "Sai quá trình tham gia BHXH",
    "body": "Sổ BHXH không ghi nhận các tháng tôi đã làm việc năm 2019.",
}


class Town:
    """Feedback and registration over HTTP, and what notifications sends of it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.feedback = Feedback(f"sqlite:///{folder}/feedback.sqlite3")
        self.registration = Registration(f"sqlite:///{folder}/registration.sqlite3")
        self.sends = Notifications(
            f"sqlite:///{folder}/notifications.sqlite3", quiet_from_hour=7, quiet_until_hour=7, **settings
        )
        self._carried: set[Any] = set()

    def complain(self, *, category: str = "khac", **contact: Any) -> Any:
        outbox.publish_as("feedback")
        return self.feedback.call("POST", "/complaints", json=COMPLAINT | {"category_code": category, "contact": contact})

    def carry(self) -> None:
        """Carry the facts to notifications, and have it send what it may."""
        outbox.publish_as("notifications")
        for desk in (self.feedback, self.registration):
            for number, fact in enumerate(desk.facts()):
                reads = [
                    each
                    for each in self.sends.service.reads
                    if (each.service, each.fact_name) == (desk.service.name, fact.fact)
                ]
                if reads and (desk, number) not in self._carried:
                    self._carried.add((desk, number))
                    self.sends.handle(reads[0], fact.body, revision=fact.revision)
        self.sends.run_jobs(self._idle, 30)

    def _idle(self) -> bool:
        with self.sends.db.read() as session:
            found = jobs.list_jobs(session, limit=10_000)
        return not any(
            job.state is jobs.State.RUNNING or (job.state is jobs.State.WAITING and job.run_after <= clock.now())
            for job in found
        )

    @property
    def mails(self) -> list[str]:
        """Everything that a reader of an e-mail to the victim sees."""
        return [
            f"{mail.subject}\n{mail.text}\n{mail.html}\n{[each.name for each in mail.attachments]}"
            for mail in self.sends.mail.taken
            if mail.to == VICTIM["email"]
        ]

    def close(self) -> None:
        for desk in (self.feedback, self.registration, self.sends):
            desk.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


@pytest.fixture
def small_town(tmp_path: Path) -> Iterator[Town]:
    """With budgets that a test reaches."""
    made = Town(tmp_path, messages_per_addressee_day=20, duty_sms_per_hour=2, sms_budget_hour=40)
    yield made
    made.close()


@pytest.mark.rule("N18")
def test_a_complainants_name_with_a_link_does_not_go_out_as_official_mail(town: Town) -> None:
    assert town.complain(full_name=LURE[:200], **VICTIM).status_code == 201
    town.carry()
    (mail,) = town.mails
    sms = " ".join(town.sends.sms.texts)
    for word in ("hoàn", "vss-hoan-tien", "5.000.000"):
        assert word not in mail
        assert word not in sms


@pytest.mark.rule("N18")
def test_neither_the_form_nor_its_mail_carries_a_strangers_words_to_somebody_elses_address(town: Town) -> None:
    outbox.publish_as("registration")
    given: dict[str, Any] = FORM
    lured = {"subject": given["subject"] | {"full_name": LURE_IN_LETTERS}, "contact": given["contact"] | VICTIM}
    form = given | lured
    town.registration.submitted(form)
    town.registration.run_jobs()
    # its phone was proved, by a code to the stranger's own
    bodies = [fact.body for fact in town.registration.facts("attachment_added")]
    outbox.publish_as("notifications")
    reader = next(each for each in town.sends.service.reads if each.fact_name == "attachment_added")
    for body in bodies:
        town.sends.handle(reader, body)
    town.sends.run_jobs()
    (mail,) = town.mails
    assert "vss-hoan-tien" not in mail
    assert mail.endswith("[]"), "no form is attached"


@pytest.mark.rule("N18")
def test_a_rejection_is_told_to_an_unproved_address_without_the_strangers_name(town: Town) -> None:
    subject = verification.DeclarationRejected.example["subject"] | {"full_name": LURE_IN_LETTERS}
    town.sends.read(
        DeclarationRejected,
        verification.DeclarationRejected.example,
        subject=subject,
        contact=VICTIM | {"phone": "+84983847986"},
    )
    town.sends.run_jobs()
    (mail,) = town.mails
    assert "vss-hoan-tien" not in mail
    assert verification.DeclarationRejected.example["reason"] in mail


@pytest.mark.rule("N19")
def test_forty_complaints_that_name_one_phone_send_it_a_handful_of_sms(small_town: Town) -> None:
    for _ in range(40):
        small_town.complain(phone=VICTIM["phone"])
    small_town.carry()
    assert 0 < len(small_town.sends.sms.taken) <= 6
    held = [message for message in small_town.sends.messages() if message.code == "budget_addressee"]
    assert len(held) >= 30, "what is held is listed, and not lost"


@pytest.mark.rule("N19")
def test_complaints_that_name_many_phones_use_up_only_what_strangers_have(small_town: Town) -> None:
    for number in range(40):
        small_town.complain(phone=f"09{number:08d}"[:10].replace("0900", "0901"))
    small_town.carry()
    assert 0 < len(small_town.sends.sms.taken) <= 20
    assert "budget_strangers" in {message.code for message in small_town.sends.messages()}


@pytest.mark.rule("N19", "F10")
def test_urgent_complaints_without_end_do_not_wake_the_duty_list_without_end(small_town: Town) -> None:
    for number in range(30):
        small_town.sends.read(
            UrgentComplaint,
            feedback.UrgentComplaint.example,
            complaint_no=f"PA-261123-{number:06d}-2",
            answer_due=clock.now().replace(year=2030).isoformat(),
        )
    small_town.carry()
    assert len(small_town.sends.sms.taken) == 2


@pytest.mark.parametrize(
    "address",
    [
        "ä@b.vn",
        "a@[10.0.0.1]",
        "a@[IPv6:::1]",
        "a@10.0.0.1",
        "root@localhost",
        "a@may-chu",
        "a@mail.local",
        "a@mail.internal",
        "a@mail.lan",
        "a@mail.test",
        "a@mail.invalid",
        '"a b"@b.vn',
    ],
)
def test_an_address_that_nobody_has_is_refused_at_every_door_and_one_of_before_is_tried_by_nobody(
    town: Town, address: str
) -> None:
    refused = town.complain(email=address)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["contact.email"]
    assert address not in refused.text
    town.sends.read(PasswordChanged, accounts.PasswordChanged.example, contact={"phone": "+84983847986", "email": address})
    contact = {"full_name": None, "phone": None, "email": address}
    town.sends.read(ComplaintReceived, feedback.ComplaintReceived.example, contact=contact, sealed_tracking=None, staff=[])
    town.sends.run_jobs()
    assert town.sends.mail.taken == []
    assert len(town.sends.sms.taken) == 1, "what may go either way goes by SMS"
    (lost,) = [message for message in town.sends.messages() if message.channel == "email"]
    assert (lost.status, lost.code) == ("failed", UNDELIVERABLE)
    assert [job.attempts for job in town.sends.job_views() if job.kind == "email"] == [1]


@pytest.mark.rule("W2")
def test_signs_that_turn_the_text_are_shown_in_no_subject_and_no_mail(town: Town) -> None:
    turning = "\u202e\u2066\u2067\u2069\u200f\u200b"
    # told by a release of before; today's doors drop them
    town.sends.read(
        AccountActivated,
        accounts.AccountActivated.example,
        full_name=f"Lan{turning}gnp.exe",
        guardian_account_id=accounts.AccountActivated.example["account_id"],
        sealed_credential=password_box("Wm42-Wm42", accounts.AccountActivated.example["account_id"]),
        contact=VICTIM | {"phone": "+84983847986"},
    )
    town.sends.run_jobs()
    (mail,) = town.mails
    assert "Lan" in mail
    assert not set(turning) & set(mail)
