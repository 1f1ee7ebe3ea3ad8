"""From verification's facts about legal clocks to e-mails (N11): to the staff that a fact names, one each, and nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.chassis.ids import uuid7
from services.notifications.dossiers.readers import DeclarationSubmitted
from services.notifications.staff.readers import CaseDueSoon, CaseOverdue
from services.verification import events as verification
from tests.integration.notifications.desk import Desk

LAN = {"role": "approver", "code": "lan", "name": "Trần Thị Lan", "email": "lan.tt@hanoi.vss.example"}
MAI = {"role": "officer", "code": "mai", "name": "Đỗ Thị Mai", "email": "mai.dt@hanoi.vss.example"}
BINH = {"role": "director", "code": "binh", "name": "Lê Văn Bình", "email": "binh.lv@hanoi.vss.example"}
SOON, LATE = verification.CaseDueSoon.example, verification.CaseOverdue.example


def about(reader: Any, example: dict[str, Any], desk: Desk, **changes: Any) -> None:
    desk.read(reader, example, told_at=datetime.fromisoformat("2026-11-30T08:00:00+07:00"), **changes)


@pytest.mark.rule("N11")
def test_the_office_is_warned_then_told_and_the_director_after_it(desk: Desk) -> None:
    about(CaseDueSoon, SOON, desk, staff=[LAN, MAI])
    about(CaseOverdue, LATE, desk, staff=[LAN, MAI], level=1)
    about(CaseOverdue, LATE, desk, staff=[BINH], level=2)
    made = [(message.template, message.channel, message.address, message.ref) for message in desk.messages()]
    no = SOON["dossier_no"]
    assert sorted(made) == sorted(
        [
            ("staff_case_due_soon", "email", LAN["email"], no),
            ("staff_case_due_soon", "email", MAI["email"], no),
            ("staff_case_overdue", "email", LAN["email"], no),
            ("staff_case_overdue", "email", MAI["email"], no),
            ("staff_case_overdue", "email", BINH["email"], no),
        ]
    )
    desk.run_jobs()
    to = {mail.to: mail for mail in desk.mail.taken if mail.subject.startswith("QUÁ HẠN")}
    assert "Xin Giám đốc chỉ đạo" in to[BINH["email"]].text
    assert "Kính gửi Đỗ Thị Mai," in to[MAI["email"]].text
    warning = next(mail for mail in desk.mail.taken if mail.to == LAN["email"] and "sắp đến hạn" in mail.subject)
    assert "16 giờ" in warning.text
    assert "hết ngày 30/11/2026" in warning.html
    assert {message.status for message in desk.messages()} == {"sent"}


@pytest.mark.rule("N11")
def test_a_fact_that_comes_twice_is_told_once(desk: Desk) -> None:
    id_ = uuid7()
    for _ in range(3):
        about(CaseOverdue, LATE, desk, id_=id_, staff=[LAN, MAI])
    assert sorted(str(message.address) for message in desk.messages()) == [LAN["email"], MAI["email"]]


@pytest.mark.rule("N11")
def test_an_office_that_the_form_does_not_name_is_told_by_its_code(desk: Desk) -> None:
    about(CaseOverdue, LATE, desk, staff=[BINH], office_code="0105", office_name="")
    desk.run_jobs()
    (mail,) = desk.mail.taken
    assert "cơ quan BHXH mã 0105" in mail.text


@pytest.mark.rule("N11", "I11")
def test_staff_are_told_though_the_phone_of_the_dossier_is_not_proved(desk: Desk) -> None:
    from services.registration import events as registration

    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, phone_proved=False)
    about(CaseDueSoon, SOON, desk, staff=[LAN])
    assert LAN["email"] in [message.address for message in desk.messages()]
