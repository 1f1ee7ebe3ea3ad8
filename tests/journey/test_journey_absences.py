"""A service that is away holds up nobody, and misses nothing."""

import pytest

from tests.journey.place import Place


@pytest.mark.rule("I5")
def test_people_file_while_verification_is_away_and_their_cases_appear_when_it_is_back(place: Place) -> None:
    place.system.stop("verification")
    try:
        citizens = [place.citizen() for _ in range(3)]
        dossiers = [citizen.files() for citizen in citizens]
        for citizen, dossier in zip(citizens, dossiers, strict=True):
            citizen.inbox.until(dossier.no)
    finally:
        place.system.start("verification")
    officer = place.staff("approver", "79")
    for dossier in dossiers:
        officer.approves_at_the_counter(dossier.no)
    for dossier in dossiers:
        dossier.until("activated")


@pytest.mark.rule("V7")
def test_officers_decide_while_accounts_is_away_and_the_accounts_open_when_it_is_back(place: Place) -> None:
    officer = place.staff("approver", "79")
    citizens = [place.citizen() for _ in range(3)]
    dossiers = [citizen.files() for citizen in citizens]
    place.system.kill("accounts")
    try:
        for dossier in dossiers:
            officer.approves_at_the_counter(dossier.no)
        for dossier in dossiers:
            dossier.until("verified")
    finally:
        place.system.start("accounts")
    for citizen, dossier in zip(citizens, dossiers, strict=True):
        dossier.until("activated")
        account = place.account(citizen.human)
        assert account.sign_in(citizen.inbox.first_password())["must_change_password"] is True


@pytest.mark.rule("A2")
def test_what_is_to_be_said_while_notifications_is_away_is_said_once_when_it_is_back(place: Place) -> None:
    citizen = place.citizen()
    place.system.kill("notifications")
    try:
        dossier = citizen.files()
        place.staff("approver", "79").approves_at_the_counter(dossier.no)
        dossier.until("activated")
        assert citizen.inbox.count() == 0
    finally:
        place.system.start("notifications")
    assert place.account(citizen.human).sign_in(citizen.inbox.first_password())
    texts = [message.text for message in citizen.inbox.all()]
    assert len(texts) == len(set(texts)), texts


@pytest.mark.rule("V7")
def test_officers_and_citizens_go_on_while_registration_is_away(place: Place) -> None:
    citizen = place.citizen()
    dossier = citizen.files()
    officer = place.staff("approver", "79")
    officer.until_here(dossier.no)
    place.system.kill("registration")
    try:
        officer.approves_at_the_counter(dossier.no)
        first = citizen.inbox.first_password()
        account = place.account(citizen.human)
        account.sign_in(first)
        account.changes_password(first, "Không-chờ-ai-cả-1")
        assert account.me()
    finally:
        place.system.start("registration")
    dossier.until("activated")
