"""`vss doctor`, against a real broker, a real PostgreSQL and the sandbox: all is well, and then each fault by itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import pika
import psycopg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from playground.program import ROOT, Program, environment_with
from services.chassis.bus import rights
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.discovery import load
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.testing import PostgresNode, RabbitNode, free_port
from tests.operations import clock
from tests.stand.migrated import migrate

KEYS = generate_keypair()
Environment = dict[str, str]
Ask = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """HGĐ, Twilio and a mail server; their address and the mail server's port."""
    port, smtp = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["-m", "deploy.sandbox", "--port", str(port), "--smtp-port", str(smtp)]
    program = Program("sandbox", command, folder=tmp_path_factory.mktemp("sandbox"), extra={}, address=(url, "/healthz"))
    program.start().ready()
    yield url, smtp
    program.stop()


@pytest.fixture
def environment(amqp_uri: str, postgres_url: str, sandbox: tuple[str, int], tmp_path: Path) -> Environment:
    """Settings with which everything is well."""
    url, smtp = sandbox
    declared = vss({"AMQP_URI": amqp_uri}, "topology", "declare", "--defaults")
    assert declared.exit_code == 0, declared.output
    return {
        "AMQP_URI": amqp_uri,
        "DATABASE_URL": postgres_url,
        "DOCUMENTS_URL": f"file:{tmp_path / 'documents'}",
        "HGD_URL": f"{url}/hgd",
        "TWILIO_BASE_URL": url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp),
        "JWKS_URL": f"{url}/healthz",
        "SEAL_PRIVATE_KEY": KEYS.private_key.reveal(),
    }


@pytest.fixture
def ask(environment: Environment, postgres_url: str) -> Ask:
    """Asks the doctor of a service whose database is migrated; the findings by probe."""

    def asked(service: str = "notifications", **settings: str) -> dict[str, dict[str, Any]]:
        database = Database(postgres_url)
        migrate(database, getattr(load(service), "migrations", None))
        database.dispose()
        done = vss(environment | settings, "doctor", service, "--json")
        found = {row["probe"]: row for row in json.loads(done.stdout)}
        assert done.exit_code == (0 if all(row["well"] for row in found.values()) else 1), done.output
        assert all(row["remedy"] for row in found.values() if not row["well"])
        return found

    return asked


def vss(environment: Environment, *arguments: str) -> Result:
    """`vss …` with this environment."""
    return CliRunner().invoke(app, list(arguments), env=environment)


def unwell(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    # no accounts runs here, so that nobody publishes keys
    return {name: row["said"] for name, row in found.items() if not row["well"] and name != "jwks"}


def with_user(rabbit: RabbitNode, uri: str, wanted: rights.Rights) -> str:
    """The address of a new user with these rights."""
    parts, name = urlsplit(uri), f"user-{uuid.uuid4().hex[:8]}"
    rabbit.ctl("add_user", name, "a-long-password")
    vhost = parts.path[1:] or "/"
    rabbit.ctl("set_permissions", "-p", vhost, name, *wanted.permissions().values())
    for exchange, topics in wanted.topics.items():
        rabbit.ctl("set_topic_permissions", "-p", vhost, name, exchange, topics.write, topics.read)
    return urlunsplit(parts._replace(netloc=f"{name}:{quote('a-long-password')}@{parts.hostname}:{parts.port}"))


def test_a_service_that_has_everything_is_well(ask: Ask) -> None:
    found = ask()
    assert unwell(found) == {}
    assert found.keys() >= {
        *("settings", "database", "database_migrated", "database_writable", "clock", "disk"),
        *("broker", "broker_own", "broker_bindings", "broker_write", "broker_read", "broker_others"),
        *("documents", "mail", "seal", "sms", "jwks"),
    }
    assert "for development only" in found["broker_others"]["said"]


@pytest.mark.parametrize("service", ["registration", "verification", "accounts", "feedback"])
def test_every_service_has_a_doctor(ask: Ask, service: str) -> None:
    keys = (
        {"SEAL_PUBLIC_KEY": KEYS.public_key, "SEAL_PRIVATE_KEY": "", "SECRETS_KEY": generate_key().reveal()}
        if service != "verification"
        else {}
    )
    # nobody is on duty in a new deployment (F10)
    assert set(unwell(ask(service, **keys))) == ({"duty"} if service == "feedback" else set())


def test_nothing_is_left_behind_and_nothing_is_sent(
    ask: Ask, rabbit: RabbitNode, amqp_uri: str, postgres_url: str, tmp_path: Path
) -> None:
    ask("registration")
    ask("registration")
    assert set(rabbit.messages(amqp_uri).values()) == {0}
    assert [path for path in (tmp_path / "documents").rglob("*") if path.is_file()] == []
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM jobs")) == 0


@pytest.mark.parametrize(
    ("settings", "probe", "said"),
    [
        ({"AMQP_URI": "amqp://guest:guest@127.0.0.1:1/"}, "broker", "nothing listens there"),
        ({"DATABASE_URL": "postgresql://postgres@127.0.0.1:1/x"}, "database", "refused"),
        (
            {"DOCUMENTS_URL": "file:/proc/nowhere", "SEAL_PUBLIC_KEY": KEYS.public_key, "SEAL_PRIVATE_KEY": ""},
            "documents",
            "",
        ),
        ({"HGD_API_KEY": "wrong"}, "hgd", "answered 401 (HGD_API_KEY"),
        ({"HGD_URL": "http://127.0.0.1:1/hgd"}, "hgd", "hgd: "),
        ({"TWILIO_AUTH_TOKEN": "wrong"}, "sms", "HTTP 401"),
        ({"TWILIO_BASE_URL": "http://127.0.0.1:1"}, "sms", "NewConnectionError"),
        ({"SMTP_PORT": "1"}, "mail", "ConnectionRefusedError"),
        ({"JWKS_URL": "http://127.0.0.1:1/keys"}, "jwks", "gives no keys"),
        ({"SEAL_PUBLIC_KEY": generate_keypair().public_key}, "seal", "does not open"),
        ({"BATCH_SIZE": "0"}, "settings", "BATCH_SIZE: expected"),
        ({"VSS_ENV": "production"}, "settings", "DOCUMENTS_URL|AMQP_URI"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_each_fault_is_found_by_the_probe_that_is_meant_for_it(
    ask: Ask, settings: Environment, probe: str, said: str
) -> None:
    service = "verification" if probe == "hgd" else "registration" if probe == "documents" else "notifications"
    found = ask(service, **settings)
    assert not found[probe]["well"]
    if probe != "settings":
        assert said in found[probe]["said"]
    dependent = {"AMQP_URI": "broker", "DATABASE_URL": "database"}.get(next(iter(settings)), probe)
    if probe not in ("settings", "database"):
        assert all(name.startswith(dependent) for name in unwell(found)), unwell(found)


def test_a_database_that_lacks_migrations_is_found(environment: Environment) -> None:
    done = vss(environment, "doctor", "notifications", "--json")
    found = {row["probe"]: row for row in json.loads(done.stdout)}
    assert (done.exit_code, found["database_migrated"]["well"], found["database"]["well"]) == (1, False, True)
    assert "`vss migrate notifications`" in found["database_migrated"]["remedy"]


def test_a_database_that_takes_no_rows_is_found(ask: Ask, postgres: PostgresNode, postgres_url: str) -> None:
    ask()
    name = postgres_url.rpartition("/")[2]
    with postgres.connect() as connection:
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(psycopg.sql.Identifier(name))
        )
    done = ask("notifications", SEAL_PUBLIC_KEY=KEYS.public_key)
    assert set(unwell(done)) == {"database_writable"}
    assert "read-only" in done["database_writable"]["said"]


def test_a_wrong_clock_is_found(environment: Environment, postgres_url: str) -> None:
    database = Database(postgres_url)
    migrate(database, load("notifications").migrations)  # type: ignore[attr-defined]  # optional, and it has some
    database.dispose()
    # a process of its own: only that can have another clock
    done = clock.vss(environment_with(environment | clock.moved(-0.5)), "doctor", "notifications", "--json")
    found = {row["probe"]: row for row in json.loads(done.stdout)}
    assert not found["clock"]["well"]
    assert "s behind the database's" in found["clock"]["said"]


def test_least_rights_are_enough(ask: Ask, rabbit: RabbitNode, amqp_uri: str) -> None:
    reads = {(reader.service, reader.fact_name) for reader in load("notifications").reads}
    found = ask(AMQP_URI=with_user(rabbit, amqp_uri, rights.of_service("notifications", reads)))
    assert unwell(found) == {}
    assert "may publish to none of the" in found["broker_others"]["said"]


@pytest.mark.parametrize(
    ("given", "probe", "said"),
    [
        (("^$", ".*", ".*"), "broker_own", "may not declare the exchange notifications.to.accounts"),
        ((".*", r"^public\.events$", ".*"), "broker_write", "may not publish to notifications.to.accounts"),
        ((".*", ".*", "^$"), "broker_read", "may not read notifications.in.v1"),
        (
            (".*", ".*", r"^notifications\..*"),
            "broker_bindings",
            "may not bind notifications.in.v1 to accounts.to.notifications",
        ),
    ],
    ids=["configure", "write", "read", "read_others"],
)
def test_a_missing_right_is_named(
    ask: Ask, rabbit: RabbitNode, amqp_uri: str, given: tuple[str, str, str], probe: str, said: str
) -> None:
    ask()  # everything exists
    found = ask(AMQP_URI=with_user(rabbit, amqp_uri, rights.Rights(*given)))
    assert said in unwell(found)[probe]


def test_a_queue_with_other_arguments_is_found(ask: Ask) -> None:
    ask()
    found = ask(DELIVERY_LIMIT="49")
    assert unwell(found) == {"broker_own": "cannot declare the queue notifications.in.v1: it has other arguments"}


def test_an_exchange_that_nobody_has_made_yet_is_named(ask: Ask, amqp_uri: str) -> None:
    with closing(pika.BlockingConnection(pika.URLParameters(amqp_uri))) as connection:
        connection.channel().exchange_delete("feedback.events")
    found = ask()
    assert "feedback.events" in unwell(found)["broker_bindings"]


def test_what_is_unwell_is_said_in_lines_for_people(environment: Environment) -> None:
    done = vss(environment | {"SMTP_PORT": "1"}, "doctor", "notifications")
    assert done.exit_code == 1
    assert "UNWELL  mail" in done.stdout
    assert "→ Are SMTP_HOST, SMTP_PORT" in done.stdout
    assert "notifications: " in done.stderr


def test_the_page_on_how_to_names_the_command() -> None:
    assert "vss doctor" in (ROOT / "docs/how-to.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "probe", "said"),
    [
        (
            "INSERT INTO fact_lanes (reader, numbered, delivered, position, last, stopped) VALUES ('feedback', 5, 3, 3, 5, 'unbound')",
            "lanes",
            "feedback (unbound) stand still",
        ),
        (
            "INSERT INTO inbox (id, received_at) SELECT gen_random_uuid(), now() - interval '90 days' FROM generate_series(1, 3)",
            "sweeps",
            "prune_inbox (3 rows due)",
        ),
    ],
    ids=["lanes", "sweeps"],
)
def test_what_stands_still_is_found(ask: Ask, postgres_url: str, change: str, probe: str, said: str) -> None:
    ask()
    with sa.create_engine(postgres_url, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text(change))
    found = unwell(ask(SWEEP_MAX_RECORDS="2"))
    assert found.keys() == {probe}
    assert said in found[probe]
