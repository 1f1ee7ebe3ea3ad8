"""What `VSS_ENV=production` refuses, all of it at once, and the names that come near ours."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from playground.program import environment_with
from services.chassis import clock
from services.chassis.errors import SettingsError
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.settings import ChassisSettings

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
KEYS = generate_keypair()
#: a production environment in which every service starts
GOOD = {
    "VSS_ENV": "production",
    "AMQP_URI": "amqps://notifications:kJ3hd8sLq0@rabbit.vss.gov.vn:5671/",
    "DATABASE_URL": "postgresql+psycopg://registration:9f8j3Lm2ks@db.vss.gov.vn/registration?sslmode=verify-full",
    "DOCUMENTS_URL": "s3://vss-documents/dossiers",
    "DOCUMENT_KEYS_URL": "s3://vss-document-keys/dossiers",
    "DOCUMENTS_KEY": "t7pF0rQxgk1mN8yUe3cJvW5aLzD2hB9sK6iGoTqXwEM=",
    "JWKS_URL": "https://accounts:8103/accounts/jwks.json",
    "HGD_URL": "https://hgd.baohiemxahoi.gov.vn/api",
    "HGD_API_KEY": "b5c1d0a9e8f7",
    "SEAL_PUBLIC_KEY": KEYS.public_key,
    "SEAL_PRIVATE_KEY": KEYS.private_key.reveal(),
    "SECRETS_KEY": generate_key().reveal(),
    "PASSKEY_RP_ID": "vss.gov.vn",
    "PASSKEY_ORIGINS": "https://can-bo.vss.gov.vn",
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "TWILIO_BASE_URL": "https://api.twilio.com",
    "CALLBACK_BASE_URL": "https://vss.gov.vn",
    "SMTP_HOST": "mail.vss.gov.vn",
    "SMTP_TLS": "starttls",
    "MAIL_FROM": "BHXH <khong-tra-loi@vss.gov.vn>",
    "FORM_LINK_URL": "https://vss.gov.vn/registration/forms/{token}",
    "COMPLAINT_URL": "https://vss.gov.vn/feedback/complaints/{complaint_no}",
}


def good_for(service: str) -> dict[str, str]:
    return GOOD | {"AMQP_URI": f"amqps://{service}:kJ3hd8sLq0@rabbit.vss.gov.vn:5671/"}


def settings_of(service: str) -> type[ChassisSettings]:
    found: type[ChassisSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def faults(environ: dict[str, str], service: str = "notifications") -> list[str]:
    try:
        settings_of(service).from_environment(environ)
    except SettingsError as error:
        return error.faults
    return []


@pytest.mark.parametrize("service", SERVICES)
def test_a_real_environment_is_good(service: str) -> None:
    assert faults(good_for(service), service) == []
    assert settings_of(service).doubts(GOOD) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("DATABASE_URL", "sqlite:////var/lib/vss/registration.db", "it is SQLite"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@127.0.0.1/x", "127.0.0.1 is this machine"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@127.8.9.1/x", "is this machine"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@127.1/x", "is this machine"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@[::1]:5432/x", "::1 is this machine"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@[::ffff:127.0.0.1]/x", "is this machine"),
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@LocalHost./x", "is this machine"),
        ("DATABASE_URL", "postgresql:///registration", "names no host"),
        ("DATABASE_URL", "postgresql:///registration?host=127.0.0.1", "is this machine"),
        ("DATABASE_URL", "postgresql://vss:vss@db/x", "everybody knows"),
        ("DATABASE_URL", "postgresql://registration:PASSWORD@db/x", "everybody knows"),
        ("AMQP_URI", "amqp://guest:kJ3hd8sLq0@rabbit:5672/", "user is guest"),
        ("AMQP_URI", "amqp://rabbit:5672/", "user is guest"),
        ("AMQP_URI", "amqp://notifications:guest@rabbit/", "everybody knows"),
        (
            "AMQP_URI",
            "amqps://notifications:kJ3hd8sLq0@rabbit//;amqps://notifications:kJ3hd8sLq0@0.0.0.0:5671//",
            "is this machine",
        ),
        ("AMQP_URI", "amqps://vss:kJ3hd8sLq0@rabbit/", "user is vss, and each service has one of its own"),
        ("AMQP_URI", "amqps://registration:kJ3hd8sLq0@rabbit/", "user is registration, .* connect as notifications"),
        ("AMQP_URI", "amqp://notifications:kJ3hd8sLq0@rabbit/", "rabbit is reached without TLS .amqps://.*PLAIN_HOSTS"),
        ("DATABASE_URL", "postgresql://registration:9f8j3Lm2ks@db/x", "db is reached without TLS.*sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://registration:9f8j3Lm2ks@db/x?sslmode=require", "db is reached without TLS"),
        ("DATABASE_URL", "postgresql://registration:9f8j3Lm2ks@/x?host=a:5432&host=b:5432", "a is reached.*b is reached"),
        ("JWKS_URL", "http://accounts:8103/accounts/jwks.json", "accounts is reached without TLS"),
        ("SMTP_TLS", "none", "mail.vss.gov.vn is reached without TLS"),
        ("S3_ENDPOINT_URL", "http://store:9000", "store is reached without TLS"),
        ("FORM_LINK_URL", "http://vss.gov.vn/{token}", "others can read"),
        ("DOCUMENTS_URL", "file:.run/documents", "not an absolute path"),
        ("DOCUMENT_KEYS_URL", "file:.run/document-keys", "not an absolute path"),
        ("DOCUMENTS_KEY", "", "readable in the store and in all its backups"),
        ("DOCUMENTS_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "one repeated byte"),
        ("JWKS_URL", "http://localhost:8103/accounts/jwks.json", "is this machine"),
        ("HGD_URL", "http://sandbox:8100/hgd", "sandbox is the sandbox"),
        ("HGD_URL", "https://hgd.example.invalid/api", "example's address"),
        ("HGD_API_KEY", "sandbox", "everybody knows"),
        ("HGD_API_KEY", "REPLACE", "placeholder"),
        ("TWILIO_AUTH_TOKEN", "Sandbox", "everybody knows"),
        ("TWILIO_ACCOUNT_SID", "AC" + "5a" * 16, "it is the sandbox's"),
        ("TWILIO_ACCOUNT_SID", "AC" + "0" * 32, "placeholder"),
        ("TWILIO_BASE_URL", "http://sandbox:8100", "is the sandbox"),
        ("SMTP_HOST", "127.0.0.1", "is this machine"),
        ("SMTP_HOST", "sandbox", "is the sandbox"),
        ("MAIL_FROM", "BHXH <khong-tra-loi@vss.example>", "example's address"),
        ("FORM_LINK_URL", "http://127.0.0.1:8101/registration/forms/{token}", "is this machine"),
        ("SEAL_PRIVATE_KEY", "A" * 43 + "=", "one repeated byte"),
        ("TWILIO_AUTH_TOKEN", "kJ3hd8sLq", "too easy to guess"),
        ("TWILIO_AUTH_TOKEN", "aabbaabbaabbaabb", "too easy to guess"),
        ("TWILIO_AUTH_TOKEN", "abcdefghijklmnop", "too easy to guess"),
        ("SMTP_PASSWORD", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "the same secret as in TWILIO_AUTH_TOKEN"),
        ("DATABASE_URL", "postgresql://vss:Ab1!@db.vss.gov.vn/x", "too easy to guess"),
        ("CLOCK_MAY_MOVE", "true", "the clock never moves"),
        ("DATABSE_URL", "postgresql://db/x", "perhaps DATABASE_URL is meant"),
        ("AMQP_URL", "amqp://rabbit/", "perhaps AMQP_URI is meant"),
        ("LOGLEVEL", "DEBUG", "perhaps LOG_LEVEL is meant"),
        ("NOTIFICATIONS_SMTP_HOSTS", "mail", "perhaps NOTIFICATIONS_SMTP_HOST is meant"),
    ],
)
def test_production_refuses_what_only_a_developers_machine_may_have(name: str, text: str, said: str) -> None:
    service = "verification" if name.startswith("HGD") else "notifications"
    environ = good_for(service) | {name: text}
    found = faults(environ, service)
    assert len(found) == 1, found
    assert found[0].startswith(f"{name}: ")
    assert re.search(said, found[0])
    assert "kJ3hd8sLq0" not in found[0]
    assert "9f8j3Lm2ks" not in found[0]
    if name != "NOTIFICATIONS_SMTP_HOSTS":
        # the same values are good for a developer, who is warned of names
        assert faults({key: value for key, value in environ.items() if key != "VSS_ENV"}, service) == []


def test_a_file_of_authorities_that_is_none_is_told_everywhere(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("")
    for environ in (GOOD, {name: text for name, text in GOOD.items() if name != "VSS_ENV"}):
        (missing,) = faults(environ | {"CA_FILE": "/nowhere/ca.pem"})
        assert missing.startswith("CA_FILE: /nowhere/ca.pem cannot be read")
        (nothing,) = faults(environ | {"CA_FILE": str(empty)})
        assert "holds no certificate" in nothing


def test_a_host_whose_way_is_encrypted_otherwise_may_be_named() -> None:
    plain = {
        "AMQP_URI": "amqp://notifications:kJ3hd8sLq0@rabbit/",
        "DATABASE_URL": "postgresql://notifications:9f8j3Lm2ks@db/x",
        "JWKS_URL": "http://accounts:8103/accounts/jwks.json",
        "SMTP_TLS": "none",
    }
    assert len(faults(GOOD | plain)) == 4
    assert len(faults(GOOD | plain | {"PLAIN_HOSTS": "db,accounts"})) == 2
    assert faults(GOOD | plain | {"PLAIN_HOSTS": "rabbit,db,accounts,mail.vss.gov.vn"}) == []


@pytest.mark.parametrize("service", SERVICES)
def test_an_empty_environment_has_every_fault_at_once(service: str) -> None:
    seals = {name: GOOD[name] for name in ("SEAL_PUBLIC_KEY", "SEAL_PRIVATE_KEY", "SECRETS_KEY")}
    found = {fault.partition(":")[0] for fault in faults({"VSS_ENV": "production", **seals}, service)}
    assert found >= {"AMQP_URI", "DATABASE_URL", "DOCUMENTS_URL", "JWKS_URL"}
    if service == "notifications":
        assert found >= {
            "TWILIO_ACCOUNT_SID",
            "TWILIO_AUTH_TOKEN",
            "TWILIO_BASE_URL",
            "CALLBACK_BASE_URL",
            "SMTP_HOST",
            "MAIL_FROM",
        }
        assert found >= {"FORM_LINK_URL", "COMPLAINT_URL"}
    if service == "verification":
        assert found >= {"HGD_URL", "HGD_API_KEY"}
    if service == "accounts":
        assert found >= {"PASSKEY_RP_ID", "PASSKEY_ORIGINS"}


def test_a_mailbox_that_is_not_named_is_not_missed_and_one_that_is_named_is_looked_at_whole() -> None:
    assert faults(good_for("feedback") | {"MAILBOX_PASSWORD": "REPLACE", "MAILBOX_TLS": "none"}, "feedback") == []
    told = {
        "MAILBOX_HOST": "sandbox",
        "MAILBOX_TLS": "none",
        "MAILBOX_USER": "a@bhxh.example",
        "MAILBOX_PASSWORD": "sandbox",
    }
    found = faults(good_for("feedback") | told, "feedback")
    assert {fault.partition(":")[0] for fault in found} == told.keys()
    real = {"MAILBOX_HOST": "imap.vss.gov.vn", "MAILBOX_USER": "phan-anh@vss.gov.vn", "MAILBOX_PASSWORD": "kJ3hd8sLq0mm"}
    assert faults(good_for("feedback") | real, "feedback") == []


def test_keys_do_not_lie_beside_the_documents_that_they_open() -> None:
    (fault,) = faults({**GOOD, "DOCUMENT_KEYS_URL": GOOD["DOCUMENTS_URL"]})
    assert "every backup of a document would hold its key" in fault


def test_two_settings_never_share_a_secret() -> None:
    (fault,) = faults(GOOD | {"SECRETS_KEY": GOOD["SEAL_PRIVATE_KEY"]})
    assert "the same secret as in SEAL_PRIVATE_KEY" in fault
    assert GOOD["SEAL_PRIVATE_KEY"] not in fault


@pytest.mark.parametrize(("mode", "refused"), [(0o400, False), (0o600, False), (0o440, False), (0o444, True), (0o602, True)])
def test_a_secret_in_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int, refused: bool) -> None:
    file = tmp_path / "token"
    file.write_text(GOOD["TWILIO_AUTH_TOKEN"])
    file.chmod(mode)
    environ = {name: text for name, text in GOOD.items() if name != "TWILIO_AUTH_TOKEN"} | {
        "TWILIO_AUTH_TOKEN_FILE": str(file)
    }
    found = faults(environ)
    assert [fault.partition(":")[0] for fault in found] == (["TWILIO_AUTH_TOKEN_FILE"] if refused else [])
    assert all("every user of this machine" in fault for fault in found)
    assert faults(environ | {"VSS_ENV": "development"}) == []


def test_the_credentials_that_boto3_reads_by_itself_are_no_less_secret(tmp_path: Path) -> None:
    file = tmp_path / "aws_credentials"
    file.write_text("[default]")
    file.chmod(0o644)
    (fault,) = faults(GOOD | {"AWS_SHARED_CREDENTIALS_FILE": str(file)})
    assert fault.startswith("AWS_SHARED_CREDENTIALS_FILE: every user of this machine")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "PASSKEY_RP_ID: not set, and the default is no good here: localhost is this machine itself"),
        ("localhost", "PASSKEY_RP_ID: localhost is this machine itself"),
        ("vss.example.invalid", "PASSKEY_RP_ID: vss.example.invalid is an example's address"),
    ],
)
def test_passkeys_are_made_for_no_developers_machine_in_production(given: str | None, said: str) -> None:
    """Told even if the origins fit it: a passkey that somebody made for another domain is useless for good."""
    environ = {name: text for name, text in good_for("accounts").items() if name != "PASSKEY_RP_ID"}
    environ |= {"PASSKEY_RP_ID": given} if given else {}
    environ["PASSKEY_ORIGINS"] = f"https://can-bo.{given or 'localhost'}"
    told = [fault for fault in faults(environ, "accounts") if fault.startswith("PASSKEY_RP_ID: ")]
    assert len(told) == 1
    assert told[0].startswith(said)
    assert (
        "VSS_ENV is production: set PASSKEY_RP_ID to what is really to be used (domain that passkeys are made for" in told[0]
    )
    assert faults({**environ, "VSS_ENV": "development"}, "accounts") == []


def test_accounts_keeps_no_signing_keys_in_clear_in_production() -> None:
    told = faults({name: text for name, text in GOOD.items() if name != "SECRETS_KEY"}, "accounts")
    assert [fault for fault in told if fault.startswith("SECRETS_KEY: not set.")]


@pytest.mark.parametrize("service", ["registration", "accounts", "feedback"])
def test_a_service_that_seals_does_not_start_in_production_without_the_key(service: str) -> None:
    without = {name: text for name, text in good_for(service).items() if name != "SEAL_PUBLIC_KEY"}
    (fault,) = faults(without, service)
    assert fault.startswith("SEAL_PUBLIC_KEY: not set.")


@pytest.mark.parametrize("service", ["registration", "feedback"])
def test_a_developer_needs_no_key_to_seal(service: str) -> None:
    assert faults({}, service) == []


def test_faults_of_every_kind_come_together() -> None:
    found = faults(
        {
            "VSS_ENV": "production",
            "SMTP_PORT": "x",
            "DATABSE_URL": "x",
            "NOTIFICATIONS_SMTP_HOSTS": "x",
            "CLOCK_MAY_MOVE": "1",
        }
    )
    names = [fault.partition(":")[0] for fault in found]
    assert {"SMTP_PORT", "DATABSE_URL", "NOTIFICATIONS_SMTP_HOSTS", "CLOCK_MAY_MOVE", "DATABASE_URL", "AMQP_URI"} <= set(
        names
    )
    assert len(names) == len(set(names))


def test_what_is_not_used_need_not_be_set() -> None:
    unused = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_BASE_URL", "CALLBACK_BASE_URL", "SMTP_HOST", "MAIL_FROM")
    environ = {name: text for name, text in GOOD.items() if name not in unused}
    assert faults(environ | {"SMS_PROVIDER": "none", "MAIL_PROVIDER": "none"}) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "postgresql://vss:9f8j3Lm2ks@10.0.0.5/x?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql:///registration?host=/var/run/postgresql"),
        ("DOCUMENTS_URL", "file:/var/lib/vss/documents"),
        ("DOCUMENTS_URL", "file:///var/lib/vss/documents"),
        ("HTTP_ADDRESS", "127.0.0.1:8104"),
        ("PATH", "/usr/bin"),
        ("DATABASE_HOST", "db"),
    ],
)
def test_production_takes_what_is_real(name: str, text: str) -> None:
    assert faults(GOOD | {name: text}) == []


@pytest.mark.parametrize(
    ("service", "name", "near"),
    [
        ("registration", "DATABSE_URL", "DATABASE_URL"),
        ("registration", "EXPIRY_DAY", "EXPIRY_DAYS"),
        ("verification", "HGD_APIKEY", "HGD_API_KEY"),
        ("accounts", "SEAL_PUBLICKEY_FILE", "SEAL_PUBLIC_KEY_FILE"),
    ],
)
def test_a_developer_is_warned_of_a_name_that_comes_near(service: str, name: str, near: str) -> None:
    assert settings_of(service).doubts({name: "x"}) == [(name, near)]


@pytest.mark.parametrize("name", ["VSS_ENVIRONMENT", "VSS_EVN"])
def test_a_misspelt_vss_env_is_refused_everywhere(name: str) -> None:
    (fault,) = faults({**{key: value for key, value in GOOD.items() if key != "VSS_ENV"}, name: "production"})
    assert fault.startswith(f"{name}: no such setting, perhaps VSS_ENV is meant")


@pytest.mark.parametrize("service", SERVICES)
def test_a_shared_environment_has_no_name_that_comes_near_another_services(service: str) -> None:
    everything = {name: "x" for other in SERVICES for name in settings_of(other).variables()}
    # the pairs that are alike: each first one belongs to one service alone, and is hardly ever set
    alike = {("SES_ENDPOINT_URL", "S3_ENDPOINT_URL"), ("PHONE_CODES_PER_ADDRESS_HOUR", "WRONG_CODES_PER_ADDRESS_HOUR")}
    assert set(settings_of(service).doubts(everything)) <= alike


def test_production_refuses_every_secret_that_is_committed_here() -> None:
    text = (ROOT / "deploy/kubernetes/overlays/example/secrets.yaml").read_text(encoding="utf-8")
    given = [value for each in yaml.safe_load_all(text) for value in each["stringData"].values()]
    given += re.findall(
        r"^put (?:hgd_api_key|twilio_auth_token) (\S+)$",
        (ROOT / "deploy/secrets.sh").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(given) > 10
    assert [secret for secret in given if not faults(GOOD | {"TWILIO_AUTH_TOKEN": secret})] == []


def test_a_service_does_not_start_in_production_with_a_developers_defaults() -> None:
    environ = environment_with({"VSS_ENV": "production", "DATABSE_URL": "postgresql://db/x"})
    command = [sys.executable, "-m", "services.chassis.bus.process", "registration", "--wait"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    told = [line.removeprefix("  - ").partition(":")[0] for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert {"AMQP_URI", "DATABASE_URL", "DATABSE_URL", "DOCUMENTS_URL", "JWKS_URL"} <= set(told)


@pytest.mark.rule("A12")
def test_staff_come_without_a_second_factor_for_a_month_at_most() -> None:
    soon, late = (str((clock.now() + timedelta(days=days)).date()) for days in (20, 40))
    good = good_for("verification")
    assert faults(good | {"STAFF_SECOND_FACTOR_FROM": soon}, "verification") == []
    (fault,) = faults(good | {"STAFF_SECOND_FACTOR_FROM": late}, "verification")
    assert fault.startswith("STAFF_SECOND_FACTOR_FROM: expected a day within the next 31 days")
    (fault,) = faults({"STAFF_SECOND_FACTOR_FROM": "2026-02-31"}, "verification")
    assert "no day of the calendar" in fault
