"""Complaints when a part of the system is away, and what is never found: a secret at rest, a person in a log or in public."""

import json

import pytest

from playground.complaint import Complaint, code_in, complaint_of
from playground.inbox import Inbox
from playground.stage import Stage
from tests.journey.test_journey_complaints import ANSWER, answered
from tests.journey.test_journey_secrets import kept
from tests.stand import broker

PUBLIC = "journey.complaints.public"


@pytest.mark.rule("F1", "N8")
def test_people_complain_while_notifications_is_away_and_are_told_once_when_it_is_back(stage: Stage) -> None:
    human = stage.human()
    phone = Inbox(stage.web, human.phone)
    clerk = stage.desk("support").token
    stage.system.kill("notifications")
    try:
        complaint = Complaint.file(stage.web, complaint_of(human, "hotline"), clerk)
        assert phone.count() == 0
    finally:
        stage.system.start("notifications")
    assert code_in(phone.until(complaint.no)) == complaint.tracking
    stage.mailbox_of("province", "79").until(complaint.no, channel="email")
    assert len([one for one in phone.all() if complaint.no in one.text]) == 1


@pytest.mark.rule("F3", "F8")
def test_a_crash_of_feedback_loses_no_complaint_and_no_step_and_tells_nothing_twice(stage: Stage) -> None:
    human = stage.human()
    phone = Inbox(stage.web, human.phone)
    complaint = stage.complains(human)
    stage.system.kill("feedback")
    stage.system.start("feedback")
    answered(stage, complaint)
    stage.system.kill("feedback")
    stage.system.start("feedback")
    phone.until(complaint.no, "tra loi phan anh")
    complaint.rates(4)
    assert complaint.kinds.count("answered") == 1
    texts = [message.text for message in phone.all() if complaint.no in message.text]
    assert len(texts) == len(set(texts)) == 2, texts


@pytest.mark.rule("F8")
def test_no_code_rests_nobody_stands_in_a_log_and_the_public_feed_knows_no_person(stage: Stage) -> None:
    broker.listen(stage.system.amqp_uri, "public.events", "feedback.#", PUBLIC)
    human = stage.human()
    complaint = stage.complains(human, "hotline")
    Inbox(stage.web, human.phone).until(complaint.no, "ma theo doi")
    answered(stage, complaint)
    Inbox(stage.web, human.phone).until(complaint.no, "tra loi phan anh")
    complaint.rates(2, "Lời lẽ riêng tư của tôi.")
    secret = complaint.tracking or ""
    for service in stage.system.services:
        for form in (secret, secret.replace("-", "")):
            assert not [table for table, text in kept(stage, service) if form in text], service
    private = [secret, human.full_name, human.bhxh_code, human.phone, "Thiếu quá trình đóng", ANSWER, "riêng tư"]
    for service in ("feedback", "notifications"):
        log = stage.system.programs[service].log.read_text(errors="replace")
        for word in [*private, human.phone.removeprefix("+84"), "giam-doc.79@"]:
            assert word not in log, f"the log of {service} shows {word}"

    told: set[str] = set()
    expected = {"complaint_received", "complaint_acknowledged", "complaint_routed", "complaint_answered", "complaint_rated"}

    def heard() -> set[str]:
        for message in broker.take(stage.system.amqp_uri, PUBLIC):
            whole = message.body.decode() + json.dumps(message.headers, default=str, ensure_ascii=False)
            for word in [*private, "giam-doc.79@", "@bhxh.example"]:
                assert word not in whole, f"{message.routing_key} shows {word} to everybody"
            if complaint.no in whole:
                told.add(message.routing_key.rpartition(".")[2])
        return told

    stage.web.until(heard, expected.issubset, "told all of it in public")
