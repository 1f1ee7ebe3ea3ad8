"""A service that is away holds up nobody, and misses nothing."""

import pytest

from playground.stage import Stage


@pytest.mark.rule("I5")
def test_people_file_while_verification_is_away_and_their_cases_appear_when_it_is_back(stage: Stage) -> None:
    stage.system.stop("verification")
    try:
        citizens = [stage.citizen() for _ in range(3)]
        dossiers = [citizen.files() for citizen in citizens]
        for citizen, dossier in zip(citizens, dossiers, strict=True):
            citizen.inbox.until(dossier.no)
    finally:
        stage.system.start("verification")
    officer = stage.staff("approver", "79")
    for dossier in dossiers:
        officer.approves_at_the_counter(dossier.no)
    for dossier in dossiers:
        dossier.until("activated")


@pytest.mark.rule("V7")
def test_officers_decide_while_accounts_is_away_and_the_accounts_open_when_it_is_back(stage: Stage) -> None:
    officer = stage.staff("approver", "79")
    citizens = [stage.citizen() for _ in range(3)]
    dossiers = [citizen.files() for citizen in citizens]
    stage.system.kill("accounts")
    try:
        for dossier in dossiers:
            officer.approves_at_the_counter(dossier.no)
        for dossier in dossiers:
            dossier.until("verified")
    finally:
        stage.system.start("accounts")
    for citizen, dossier in zip(citizens, dossiers, strict=True):
        dossier.until("activated")
        account = stage.account(citizen.human)
        assert account.sign_in(citizen.inbox.first_password())["must_change_password"] is True


@pytest.mark.rule("A2")
def test_what_is_to_be_said_while_notifications_is_away_is_said_once_when_it_is_back(stage: Stage) -> None:
    citizen = stage.citizen()
    stage.system.kill("notifications")
    try:
        dossier = citizen.files(proving=False)  # no code arrives now; the officer asks for the phone instead (I11)
        stage.staff("approver", "79").approves_at_the_counter(dossier.no)
        dossier.until("activated")
        assert citizen.inbox.count() == 0
    finally:
        stage.system.start("notifications")
    assert stage.account(citizen.human).sign_in(citizen.inbox.first_password())
    texts = [message.text for message in citizen.inbox.all()]
    assert len(texts) == len(set(texts)), texts


@pytest.mark.rule("V7")
def test_officers_and_citizens_go_on_while_registration_is_away(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    stage.system.kill("registration")
    try:
        officer.approves_at_the_counter(dossier.no)
        first = citizen.inbox.first_password()
        account = stage.account(citizen.human)
        account.sign_in(first)
        account.changes_password(first, "Không-chờ-ai-cả-1")
        assert account.me()
    finally:
        stage.system.start("registration")
    dossier.until("activated")
