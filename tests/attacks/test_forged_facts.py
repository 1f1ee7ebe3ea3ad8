"""Nobody speaks for another service: neither past the broker, nor past the reader if the broker let it through (decision 57)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pika
import pytest
import requests
import sqlalchemy as sa

from playground import least_rights
from playground.system import System
from services.chassis.bus.numbering import ERASED, REMINDER
from services.chassis.facts.envelope import source_of
from services.chassis.testing import RabbitNode
from tests.attacks import forged
from tests.attacks.forged import ACTORS, AGENCY, Told, User, believed
from tests.attacks.subjects import attack
from tests.stand.place import eventually

READER = "registration"
#: who tells it something, too, and so gets as far as its queue
NEIGHBOURS = ("accounts", "feedback")


@pytest.fixture(scope="module")
def rabbit_uri(rabbit: RabbitNode) -> Iterator[str]:
    yield rabbit.start().create_vhost("forged")
    rabbit.start().delete_vhost("forged")


@pytest.fixture(scope="module")
def users(rabbit: RabbitNode, rabbit_uri: str) -> dict[str, str]:
    return least_rights.grant(rabbit, rabbit_uri, [AGENCY])


@pytest.fixture(scope="module")
def system(rabbit_uri: str, users: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Registration alone, with its own login."""
    folder = tmp_path_factory.mktemp("forged")
    with System(folder, services=(READER,), amqp_uri=rabbit_uri, users=users) as running:
        yield running


@pytest.fixture(scope="module")
def verified() -> Told:
    (told,) = [one for one in forged.facts() if (one.fact.fact_name, one.reader) == ("identity_verified", READER)]
    return told


@pytest.mark.parametrize("name", [name for name in ACTORS if name != "verification"])
def test_identity_verified_cannot_be_told_with_another_services_login(
    name: str, users: dict[str, str], system: System, verified: Told
) -> None:
    user = User(name, users[name])
    user.tells(verified)
    user.close()
    assert user.outcomes["refused"] >= 14
    taken = user.taken
    assert bool(taken) == (name in NEIGHBOURS)
    _all_parked(system, taken)


@pytest.mark.parametrize("name", ACTORS)
def test_nobody_reads_empties_deletes_copies_or_speaks_through_what_is_anothers(name: str, users: dict[str, str]) -> None:
    user = User(name, users[name])
    user.meddles(*forged.of_others(name))
    user.close()
    assert user.done == []


def test_a_fact_that_reached_the_queue_past_its_lane_is_parked_and_alarmed_and_never_believed_even_if_replayed(
    system: System, rabbit_uri: str, verified: Told
) -> None:
    """Whoever has more rights than any service, an administrator's login, can write into the queue itself."""
    ways = [("", "registration.in.v1"), ("feedback.to.registration", "identity_verified"), ("amq.topic", "x")]
    ids = set()
    with pika.BlockingConnection(pika.URLParameters(rabbit_uri)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_bind("registration.in.v1", "amq.topic", "x")
        for exchange, key in ways:
            id_, properties, body = forged.message(verified)
            channel.basic_publish(exchange, key, body, properties, mandatory=True)
            ids.add(id_)
        honest, properties, body = forged.message(verified, source=source_of("feedback"))
        channel.basic_publish("verification.to.registration", "identity_verified", body, properties, mandatory=True)
        channel.queue_unbind("registration.in.v1", "amq.topic", "x")
    _all_parked(system, ids | {honest})
    assert re.search(
        r'vss_parked_total\{[^}]*reason="forged"[^}]*\} [1-9]',
        requests.get(f"{system.url(READER)}/metrics", timeout=10).text,
    )
    system.vss(READER, "parked", "replay", "-s", READER, "--reason", "forged", "--yes")
    eventually(lambda: _replayed(system) >= len(ids) + 1, "tried again")
    eventually(lambda: believed(system, [READER], ids | {honest}) == (0, len(ids) + 1), "parked again")


@pytest.mark.parametrize("sign", [ERASED, REMINDER])
def test_a_forged_sign_does_not_stand_in_the_way_of_the_true_fact(
    sign: str, system: System, users: dict[str, str], verified: Told
) -> None:
    """One that says a fact was erased would make the true one, which comes later, a copy that is dropped."""
    id_, properties, body = forged.message(verified)
    plain = dict(properties.headers or {})
    for login, exchange in (("feedback", "feedback.to.registration"), ("verification", "verification.to.registration")):
        with pika.BlockingConnection(pika.URLParameters(users[login])) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            properties.headers = plain | ({sign: 1} if login == "feedback" else {})
            channel.basic_publish(exchange, "identity_verified", body, properties, mandatory=True)
            if login == "feedback":
                _all_parked(system, {id_})
    eventually(lambda: believed(system, [READER], {id_})[0] == 1, "the true one was taken")


def test_the_agency_hears_no_public_fact_under_anothers_name(users: dict[str, str]) -> None:
    for name in ACTORS:
        user = User(name, users[name])
        for other in ("verification", "accounts"):
            told = next(one for one in forged.facts() if one.source == other and one.fact.public_fields)
            _, properties, body = forged.message(told)
            key = f"{other}.{told.fact.fact_name}"
            let = user.tries(key, partial(forged.publish, "public.events", key, body, properties))
            assert let == (name == other)
        user.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_user_is_believed_for_another_in_the_whole_system(tmp_path: Path) -> None:
    record = attack(forged, scale=0.2, folder=tmp_path)
    assert record["wrong"] == []
    assert record["figures"]["parked"] == record["figures"]["taken_by_the_broker"] > 0


def _replayed(system: System) -> int:
    engine = sa.create_engine(system.environment(READER)["REGISTRATION_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM held_messages WHERE state = 'parked' AND replays > 0"
        return int(connection.scalar(sa.text(query)) or 0)


def _all_parked(system: System, ids: set[str]) -> None:
    eventually(lambda: sum(believed(system, [READER], ids)) == len(ids), "read", 40)
    assert believed(system, [READER], ids) == (0, len(ids))
