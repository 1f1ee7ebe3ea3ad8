"""What is deployed says what the code says: settings, ports, topology; and every file is what it claims to be."""

from __future__ import annotations

import importlib
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from services.chassis.errors import SettingsError
from services.chassis.settings import ChassisSettings, chassis_settings
from services.chassis.settings.variable import Variable

_ROOT = Path(__file__).resolve().parents[2]
_DEPLOY = _ROOT / "deploy"
_BASE, _OVERLAY = _DEPLOY / "kubernetes/base", _DEPLOY / "kubernetes/overlays/example"
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
#: as compose writes a variable with its default
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
#: boto3's own, and what the image itself sets
_NOT_OURS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE"}


def settings_of(service: str) -> dict[str, Variable]:
    """The variables of a service: name -> declaration."""
    settings: type[ChassisSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return settings.variables()


def port_of(service: str) -> int:
    return int(settings_of(service)["HTTP_ADDRESS"].default.rpartition(":")[2])


def documents(*files: Path) -> Iterator[dict[str, Any]]:
    for file in files:
        yield from (document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document)


def of_kind(kind: str, name: str, *files: Path) -> dict[str, Any]:
    (found,) = [each for each in documents(*files) if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


COMPOSE = yaml.safe_load((_DEPLOY / "compose.yml").read_text(encoding="utf-8"))


def container(service: str) -> dict[str, Any]:
    (found,) = of_kind("Deployment", service, _BASE / f"{service}.yaml")["spec"]["template"]["spec"]["containers"]
    return dict(found)


def faults(service: str, named: dict[str, str]) -> list[str]:
    """What the service would not understand of these variables."""
    known = settings_of(service)
    wrong = []
    for name, value in named.items():
        variable = known.get(name.removesuffix("_FILE") if name not in known else name)
        if name in _NOT_OURS:
            continue
        if variable is None:
            wrong.append(f"{service}: there is no setting {name}")
        elif name not in known and not variable.secret:
            wrong.append(f"{service}: {variable.name} is not read from a file")
        elif name in known and "$" not in value:
            try:
                variable.parse(value)
            except ValueError:
                wrong.append(f"{service}: {name}={value} is refused")
    required = [name for name, variable in known.items() if variable.required]
    return wrong + [f"{service}: {name} is required" for name in required if not {name, f"{name}_FILE"} & named.keys()]


@pytest.mark.parametrize("service", SERVICES)
def test_compose_names_only_settings_that_the_service_has(service: str) -> None:
    assert not faults(service, {name: str(value) for name, value in COMPOSE["services"][service]["environment"].items()})


@pytest.mark.parametrize("service", SERVICES)
def test_kubernetes_names_only_settings_that_the_service_has(service: str) -> None:
    named = {each["name"]: each.get("value", "$") for each in container(service)["env"]}
    for config in ("vss", service):
        named |= of_kind("ConfigMap", config, _BASE / "config.yaml")["data"]
    assert not faults(service, named)
    patched = [each for each in documents(_OVERLAY / "addresses.yaml") if each["metadata"]["name"] == service]
    assert not faults(service, named | {name: value for each in patched for name, value in each["data"].items()})


def test_every_service_behind_the_ingress_believes_what_it_says_of_clients() -> None:
    paths = [
        path
        for each in documents(_OVERLAY / "ingress.yaml")
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    behind = {path["backend"]["service"]["name"] for path in paths}
    assert behind == set(SERVICES)
    for service in behind:  # or all clients of a service are one to its limits
        told = [of_kind("ConfigMap", config, _BASE / "config.yaml")["data"] for config in ("vss", service)]
        assert [each["TRUSTED_PROXIES"] for each in told if "TRUSTED_PROXIES" in each] == ["1"], service


def test_compose_has_one_door_and_every_service_believes_what_it_says_of_clients() -> None:
    door = COMPOSE["services"]["door"]
    open_to_all = [
        name
        for name, each in COMPOSE["services"].items()
        if any(not str(port).startswith("127.0.0.1:") for port in each.get("ports", ()))
    ]
    assert open_to_all == ["door"]
    # a container of nginx has its configuration below /etc/nginx, and what that names beside it must be mounted, too
    mounted = {path.split(":")[0].removeprefix("./front/") for path in door["volumes"]}
    assert mounted == {path.name for path in (_DEPLOY / "front").iterdir()}
    assert all(
        path == f"./front/{name}:/etc/nginx/{name}:ro"
        for path, name in ((path, path.split(":")[0].removeprefix("./front/")) for path in door["volumes"])
    )
    for service in SERVICES:
        assert str(COMPOSE["services"][service]["environment"]["TRUSTED_PROXIES"]) == "${TRUSTED_PROXIES:-1}"
    text = (_DEPLOY / "front/services.conf").read_text(encoding="utf-8")
    assert dict(re.findall(r'map "" \$(\w+) \{ default http://\1:(\d+); \}', text)) == {
        service: str(port_of(service)) for service in SERVICES
    }


def test_a_setting_that_is_misspelt_or_wrong_would_be_found() -> None:
    (fault,) = faults("registration", {"EXPIRY_DAY": "10"})
    assert "EXPIRY_DAY" in fault
    (fault,) = faults("registration", {"EXPIRY_DAYS": "0"})
    assert "EXPIRY_DAYS=0" in fault
    (fault,) = faults("registration", {"EXPIRY_DAYS_FILE": "/run/secrets/x"})
    assert "not read from a file" in fault


@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_the_same_everywhere(service: str) -> None:
    port = port_of(service)
    compose = COMPOSE["services"][service]
    assert compose["build"]["args"] == {"EXTRA": service, "PORT": str(port)}
    assert compose["environment"]["HTTP_ADDRESS"] == f"0.0.0.0:{port}"
    assert compose["ports"] == [f"127.0.0.1:{port}:{port}"]
    pod = of_kind("Deployment", service, _BASE / f"{service}.yaml")["spec"]["template"]
    assert container(service)["ports"] == [{"name": "http", "containerPort": port}]
    assert {"name": "HTTP_ADDRESS", "value": f"0.0.0.0:{port}"} in container(service)["env"]
    assert pod["metadata"]["annotations"]["prometheus.io/port"] == str(port)
    assert of_kind("Service", service, _BASE / f"{service}.yaml")["spec"]["ports"][0]["port"] == port


@pytest.mark.parametrize("service", SERVICES)
def test_secrets_come_as_files_that_are_there(service: str) -> None:
    compose = COMPOSE["services"][service]
    mounted = {f"/run/secrets/{secret}" for secret in compose["secrets"]}
    assert {value for name, value in compose["environment"].items() if name.endswith("_FILE")} == mounted
    assert set(compose["secrets"]) <= COMPOSE["secrets"].keys()
    pod = of_kind("Deployment", service, _BASE / f"{service}.yaml")["spec"]["template"]["spec"]
    (sources,) = [volume["projected"]["sources"] for volume in pod["volumes"] if "projected" in volume]
    secrets = [source["secret"]["name"] for source in sources if "secret" in source]
    assert set(secrets) == {service} | ({"documents-key"} if service != "accounts" else set())
    given = [key for secret in secrets for key in of_kind("Secret", secret, _OVERLAY / "secrets.yaml")["stringData"]]
    wanted = [each["value"] for each in container(service)["env"] if each["name"].endswith("_FILE")]
    assert sorted(wanted) == sorted(f"/run/secrets/vss/{key}" for key in given)


def test_the_image_of_any_service_knows_the_topology_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from services.chassis import discovery
    from services.chassis.cli.main import app

    def shown() -> dict[str, set[str]]:
        told = json.loads(CliRunner().invoke(app, ["topology", "show", "--json", "--defaults"]).stdout)
        return {kind: {json.dumps(entry, sort_keys=True) for entry in told[kind]} for kind in told}

    everywhere = shown()
    for service in SERVICES:
        monkeypatch.setattr(discovery, "installed", lambda service=service: [service])
        assert shown() == everywhere


def test_the_comparison_with_the_broker_is_given_what_it_reads_and_is_a_command_that_there_is() -> None:
    from services.chassis.cli.main import app

    known = chassis_settings("topology").variables()
    compose, (pod,) = (
        COMPOSE["services"]["topology"],
        of_kind("Deployment", "topology", _BASE / "topology.yaml")["spec"]["template"]["spec"]["containers"],
    )
    named = {*compose["environment"], *(each["name"] for each in pod["env"])}
    named = {name if name in known else name.removesuffix("_FILE") for name in named}
    assert named == {"AMQP_URI", "RABBITMQ_MANAGEMENT_URL", "CA_FILE"} <= known.keys()
    given = [
        *of_kind("Secret", "topology", _OVERLAY / "secrets.yaml")["stringData"],
        *of_kind("ConfigMap", "authorities", _BASE / "config.yaml")["data"],
    ]
    assert [each["value"] for each in pod["env"]] == [f"/run/secrets/vss/{key}" for key in given]
    for command in (compose["entrypoint"], pod["command"]):
        assert CliRunner().invoke(app, [*command[1:], "--help"]).exit_code == 0


@pytest.mark.parametrize("secret", sorted(COMPOSE["secrets"]))
def test_every_secret_that_compose_mounts_is_made_by_the_script(secret: str, made: Path) -> None:
    assert (made / Path(COMPOSE["secrets"][secret]["file"]).name).read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("service", SERVICES)
def test_compose_is_production_once_what_is_outside_is_real(service: str, made: Path) -> None:
    """With the addresses of the outside systems given, only their keys, which the script cannot know, are refused."""
    real = {
        "HGD_URL": "https://hgd.vss.gov.vn",
        "TWILIO_BASE_URL": "https://api.twilio.com",
        "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
        "CALLBACK_BASE_URL": "https://vss.gov.vn",
        "SMTP_HOST": "mail.vss.gov.vn",
        "SMTP_TLS": "starttls",
        "MAIL_FROM": "BHXH <khong-tra-loi@vss.gov.vn>",
        "FORM_LINK_URL": "https://vss.gov.vn/{token}",
        "COMPLAINT_URL": "https://vss.gov.vn/{complaint_no}",
        "PASSKEY_RP_ID": "vss.gov.vn",
        "PASSKEY_ORIGINS": "https://vss.gov.vn",
    }

    def refused(given: dict[str, str]) -> set[str]:
        told = {name: str(value) for name, value in COMPOSE["services"][service]["environment"].items()}
        environ = {
            name: _VARIABLE.sub(lambda found: given.get(found[1], found[2]), text).replace("/run/secrets", str(made))
            for name, text in told.items()
        }
        try:
            importlib.import_module(f"services.{service}.settings").Settings.from_environment(environ)
        except SettingsError as error:
            return {fault.partition(":")[0].removesuffix("_FILE") for fault in error.faults}
        return set()

    keys = {"verification": {"HGD_API_KEY"}, "notifications": {"TWILIO_AUTH_TOKEN"}}.get(service, set())
    assert refused(real) == keys
    assert refused({"VSS_ENV": "development"}) == set()
    if service == "feedback":
        read = {"MAILBOX_HOST": "imap.vss.gov.vn", "MAILBOX_USER": "phan-anh@vss.gov.vn"}
        assert refused(real | read) == {"MAILBOX_PASSWORD"}, "the script cannot know it either"
    if keys:
        assert refused({}) > keys, "the sandbox is no production"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/secrets.sh has made."""
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run([_DEPLOY / "secrets.sh", folder], check=True, capture_output=True)
    return folder


def test_each_service_is_its_own_user_at_the_broker_and_there_is_no_guest(made: Path) -> None:
    told = json.loads((made / "rabbitmq_definitions.json").read_text(encoding="utf-8"))
    users = {user["name"]: user for user in told["users"]}
    assert users.keys() == {*SERVICES, "watcher"}
    assert all(user["password_hash"] and (user["name"] == "watcher" or not user["tags"]) for user in users.values())
    assert {one["user"] for one in told["permissions"]} == users.keys()
    for service in SERVICES:
        assert f"://{service}:" in (made / f"{service}_amqp_uri").read_text(encoding="utf-8")
        assert f"{service}_amqp_uri" in COMPOSE["services"][service]["secrets"]
        assert f"://{service}:" in of_kind("Secret", service, _OVERLAY / "secrets.yaml")["stringData"]["amqp_uri"]
    kept = (_DEPLOY / "rabbitmq/definitions.conf").read_text(encoding="utf-8")
    assert "load_definitions = /run/secrets/rabbitmq_definitions" in kept
    shipped = json.loads((_DEPLOY / "rabbitmq/definitions.json").read_text(encoding="utf-8"))
    assert "users" not in shipped, "an import would take the passwords away"


def test_nobody_but_its_reader_can_read_a_secret(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {
        file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in made.iterdir() if file.stat().st_mode & 0o377
    } == {}
    readers: dict[str, set[str]] = {}
    for name, service in COMPOSE["services"].items():
        for secret in service.get("secrets", ()):
            source = secret if isinstance(secret, str) else secret["source"]
            readers.setdefault(source, set()).add(name if name in ("postgres", "rabbitmq", "door") else "ours")
    assert {secret for secret, users in readers.items() if len(users) > 1} == set(), "two users cannot own one file"
    if os.geteuid() == 0:
        owners = {secret: (made / Path(told["file"]).name).stat().st_uid for secret, told in COMPOSE["secrets"].items()}
        of_user = {"ours": 10001, "postgres": 999, "rabbitmq": 999, "door": 101}
        assert owners == {secret: of_user[user] for secret, (user,) in readers.items()}


def test_secrets_that_are_there_are_left_alone(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    subprocess.run([_DEPLOY / "secrets.sh", made], check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


@pytest.mark.parametrize(
    "file", sorted(_DEPLOY.glob("kubernetes/**/*.yaml")), ids=lambda file: file.relative_to(_DEPLOY).as_posix()
)
def test_kubernetes_would_take_every_resource(file: Path) -> None:
    found = list(documents(file))
    assert found
    for document in found:
        if document["kind"] != "Kustomization":
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("folder", [_BASE, _OVERLAY], ids=["base", "overlay"])
def test_a_kustomization_names_every_file_of_its_folder(folder: Path) -> None:
    told = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    named = {*told["resources"], *(patch["path"] for patch in told.get("patches", ()) if "path" in patch)}
    assert {name for name in named if name.endswith(".yaml")} == {
        file.name for file in folder.glob("*.yaml") if file.name != "kustomization.yaml"
    }
    assert all((folder / name).exists() for name in named)


def test_images_run_as_nobody_in_particular_and_know_their_requirements() -> None:
    for service in (*SERVICES, "sandbox"):
        extra = COMPOSE["services"][service]["build"]["args"]["EXTRA"]
        assert (_ROOT / f"requirements/{extra}.txt").exists()
    linted = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), _DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout
    text = (_DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    user = next(line.split()[1] for line in text.splitlines() if line.startswith("USER "))
    for service in SERVICES:
        pod = of_kind("Deployment", service, _BASE / f"{service}.yaml")["spec"]["template"]["spec"]
        assert user == f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"


def test_an_image_is_made_of_the_package_and_its_pins_and_of_nothing_for_tests() -> None:
    """Neither the history of versions nor tests reach the builder; what tests are made of is taken out before the package is built."""
    reaching = (_DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in reaching if line and not line.startswith("#")]
    assert patterns[0] == "*", "nothing, but for what is named"
    assert {pattern for pattern in patterns if pattern.startswith("!")} == {
        "!pyproject.toml", "!README.md", "!requirements", "!services", "!deploy/__init__.py", "!deploy/sandbox"
    }  # fmt: skip
    text = (_DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (built,) = [line for line in text.splitlines() if " wheel " in line]
    assert built.index("rm -r services/chassis/testing") < built.index(" wheel ")
    (service,) = re.findall(r"^FROM runtime AS service$(.*)", text, re.MULTILINE | re.DOTALL)
    assert "COPY" not in service, "the sandbox is no part of it"


def _policies() -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each["spec"] for each in documents(_BASE / "network.yaml")}


def test_no_pod_talks_with_anybody_whom_no_policy_names() -> None:
    policies = _policies()
    assert policies.pop("nothing-unless-allowed") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, policy in policies.items():
        assert policy["policyTypes"], name
        for way, peers in (("ingress", "from"), ("egress", "to")):
            assert (way in policy) == (way.capitalize() in policy["policyTypes"]), name
            for rule in policy.get(way, ()):
                assert rule.get(peers), f"{name}: whom?"
                assert rule.get("ports"), f"{name}: by which port?"
    (outside,) = policies["outside-world"]["egress"][0]["to"]
    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
    assert set(outside["ipBlock"]["except"]) == private, "nothing inside, nor the cloud's own keys (169.254.169.254)"


def test_the_definitions_for_rabbitmq_are_what_the_services_declare() -> None:
    from services.chassis.cli.main import app

    file = _DEPLOY / "rabbitmq/definitions.json"
    checked = CliRunner().invoke(app, ["topology", "export", "--check", "--out", str(file)])
    assert checked.exit_code == 0, checked.output
    readers = {queue["name"] for queue in json.loads(file.read_text(encoding="utf-8"))["queues"]}
    assert {f"{service}.in.v1" for service in SERVICES} <= readers


def test_the_locks_of_all_services_pin_the_same_versions_because_the_demonstration_installs_them_together() -> None:
    pins: dict[str, set[str]] = {}
    for lock in (_DEPLOY.parent / "requirements").glob("*.txt"):
        for line in lock.read_text("utf-8").splitlines():
            name, separator, version = line.partition("==")
            if separator:
                pins.setdefault(name, set()).add(version)
    assert not {name: versions for name, versions in pins.items() if len(versions) > 1}
