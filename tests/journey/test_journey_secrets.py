"""What must never be found: passwords at rest, people in logs, people in the public feed (laws 5 and 6)."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playground.account import Account
from playground.citizen import Citizen, Dossier
from playground.stage import Stage
from tests.stand import broker

PUBLIC = "journey.public"


@pytest.fixture
def life(stage: Stage) -> tuple[Citizen, Dossier, Account, list[str]]:
    """Somebody's whole way, with the public feed listened to; the secrets of it."""
    broker.listen(stage.system.amqp_uri, "public.events", "#", PUBLIC)
    citizen = stage.citizen()
    dossier = citizen.files()
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    first, chosen = citizen.inbox.first_password(), "Không-ai-được-thấy-1"
    account = stage.account(citizen.human)
    account.sign_in(first)
    seen = citizen.inbox.sms()
    challenge = account.asks_to_change(first, chosen)["challenge"]
    otp = citizen.inbox.otp(skip=seen)
    account.confirms(challenge, otp)
    dossier.until("activated")
    complaint = stage.complains(citizen.human)
    return citizen, dossier, account, [first, chosen, dossier.tracking or "", account.token or "", complaint.tracking or ""]


@pytest.mark.rule("A2")
def test_no_secret_rests_in_a_database_and_nobody_and_nothing_secret_stands_in_a_log(
    stage: Stage, life: tuple[Citizen, Dossier, Account, list[str]]
) -> None:
    citizen, _dossier, _account, secrets = life
    for service in stage.system.services:
        found = [table for table, text in kept(stage, service) for secret in secrets if secret in text]
        assert not found, f"{service} keeps a secret in {found}"
    human = citizen.human
    private = [*secrets, human.full_name, human.bhxh_code, human.phone, human.phone.removeprefix("+84"), human.id_number]
    for name in stage.system.services:
        log = stage.system.programs[name].log.read_text(errors="replace")
        assert "http_request" in log
        for word in private:
            assert word not in log, f"the log of {name} shows {word}"


def test_the_public_feed_tells_what_happened_and_to_nobody_whom(
    stage: Stage, life: tuple[Citizen, Dossier, Account, list[str]]
) -> None:
    citizen, dossier, account, secrets = life
    human = citizen.human
    private = [*secrets, human.full_name, human.bhxh_code, human.phone, human.id_number, human.date_of_birth, "Thụ Trai"]
    told: set[str] = set()
    expected = {"declaration_submitted", "case_received", "identity_verified", "account_activated"}
    stage.web.until(lambda: heard(stage, dossier.no, private, told), expected.issubset, "told all of it in public")
    assert account.username == human.bhxh_code


def heard(stage: Stage, no: str, private: list[str], told: set[str]) -> set[str]:
    """The facts about this dossier in the public feed since the last look; every one of them is searched for people."""
    for message in broker.take(stage.system.amqp_uri, PUBLIC):
        whole = message.body.decode() + json.dumps(message.headers, default=str, ensure_ascii=False)
        for word in private:
            assert word not in whole, f"{message.routing_key} shows {word} to everybody"
        if no in whole:
            told.add(message.routing_key.rpartition(".")[2])
    return told


def kept(stage: Stage, service: str) -> Iterator[tuple[str, str]]:
    """Every row of every table of a service, as text."""
    environment = stage.system.environment(service)
    engine = sa.create_engine(environment[f"{service.upper()}_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert "outbox" in tables
        for table in tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                yield table, " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
