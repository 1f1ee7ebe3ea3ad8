"""Who answers in the place of broker, database or keys is found out by the certificate (decision 58), and nothing is told to them."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import threading
import urllib.error
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.chassis import tls
from services.chassis.bus import connection as broker
from services.chassis.cli import broker as cli
from services.chassis.cli.broker import BrokerUnreachable
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.settings import Url
from services.chassis.testing import PostgresNode, RabbitNode, postgres_programs
from services.chassis.web import ended
from services.chassis.web.tokens import read_jwks
from tests.stand.certificates import Authority, Files
from tests.stand.messages import filed
from tests.stand.place import Place, eventually, fresh_place

# kombu asks 127.0.0.1 when it is told localhost
HOST, ADDRESS, PASSWORD = "localhost", "127.0.0.1", "guest"
#: what is wrong with a certificate → what the refusal says
WRONG = {
    "another host": "not valid for '(localhost|127.0.0.1)'",
    "over": "expired",
    "not begun": "not yet valid",
    "unknown authority": "unable to get local issuer|self-signed|unable to verify",
}
#: in libpq's words
WRONG_IN_LIBPQ = dict.fromkeys(WRONG, "certificate verify failed") | {"another host": 'does not match host name "localhost"'}


class Certificates:
    """One that is right, and one for each way to be wrong."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.right = self.authority.issue(HOST, ADDRESS)
        self.wrong = {
            "another host": self.authority.issue("rabbit.elsewhere.test"),
            "over": self.authority.issue(HOST, ADDRESS, begins=timedelta(days=-3)),
            "not begun": self.authority.issue(HOST, ADDRESS, begins=timedelta(days=3)),
            "unknown authority": Authority(folder, "stranger").issue(HOST, ADDRESS),
        }


@pytest.fixture(scope="module")
def certificates(nodes_folder: Path) -> Certificates:
    folder = nodes_folder / "certificates"
    folder.mkdir()
    return Certificates(folder)


@pytest.fixture(autouse=True)
def trusting(certificates: Certificates) -> Iterator[None]:
    tls.trust(certificates.authority.file)
    yield
    tls.trust(None)


# The broker


def at(rabbit: RabbitNode, files: Files) -> str:
    return f"amqps://guest:{PASSWORD}@{HOST}:{rabbit.start().listen_by_tls(files.certificate, files.key)}/"


def test_the_broker_with_the_right_certificate_is_taken_by_services_and_tools(
    rabbit: RabbitNode, certificates: Certificates
) -> None:
    uri = at(rabbit, certificates.right)
    connection = broker.connect(uri)
    assert connection.connection.transport.sock.getpeercert()["subjectAltName"] == (("DNS", HOST), ("IP Address", ADDRESS))
    broker.close(connection)
    with cli.connected(Url(uri)) as connected:
        assert connected.is_open


@pytest.mark.parametrize("what", WRONG)
def test_a_broker_with_a_certificate_that_is_wrong_is_refused(
    what: str, rabbit: RabbitNode, certificates: Certificates
) -> None:
    uri = at(rabbit, certificates.wrong[what])
    with pytest.raises(Transient, match=rf"its certificate is refused: .*({WRONG[what]})") as told:
        broker.connect(uri)
    with pytest.raises(BrokerUnreachable, match=WRONG[what]) as also:
        with cli.connected(Url(uri)):
            pass
    assert f":{PASSWORD}@" not in f"{told.value} {also.value}"


def test_without_its_authority_the_right_certificate_is_one_of_strangers(
    rabbit: RabbitNode, certificates: Certificates
) -> None:
    tls.trust(None)
    with pytest.raises(Transient, match="its certificate is refused"):
        broker.connect(at(rabbit, certificates.right))


# The database


@pytest.fixture
def secured(postgres: PostgresNode, certificates: Certificates) -> Iterator[PostgresNode]:
    yield postgres.start()
    postgres.execute("ALTER SYSTEM RESET ALL")
    postgres.execute("SELECT pg_reload_conf()")


def show(postgres: PostgresNode, files: Files) -> str:
    """Have PostgreSQL show this certificate; return the address that checks it."""
    if account := postgres_programs.account():
        shutil.chown(files.key, account)
    for name, value in {"ssl_cert_file": files.certificate, "ssl_key_file": files.key, "ssl": "on"}.items():
        postgres.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    postgres.execute("SELECT pg_reload_conf()")
    return postgres.dsn().replace("127.0.0.1", HOST) + "?sslmode=verify-full"


def refusal(url: str) -> str:
    """Say why the database is not taken; "" if it is."""
    database = Database(url)
    try:
        database.ping()
    except Transient as error:
        return str(error)
    finally:
        database.dispose()
    return ""


def test_the_database_with_the_right_certificate_is_taken(secured: PostgresNode, certificates: Certificates) -> None:
    url = show(secured, certificates.right)
    eventually(lambda: refusal(url) == "", "taken")


@pytest.mark.parametrize("what", WRONG)
def test_a_database_with_a_certificate_that_is_wrong_is_refused(
    what: str, secured: PostgresNode, certificates: Certificates
) -> None:
    url = show(secured, certificates.wrong[what])
    # the server reads its files anew a moment later
    eventually(lambda: bool(re.search(WRONG_IN_LIBPQ[what], refusal(url))), f"refused: {WRONG_IN_LIBPQ[what]}")


# The keys of tokens


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"keys": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def published(files: Files) -> str:
    server = HTTPServer((HOST, 0), _Keys)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://{HOST}:{server.server_port}/accounts/jwks.json"


def test_keys_are_read_from_the_right_host(certificates: Certificates) -> None:
    assert read_jwks(published(certificates.right)) == {"keys": []}


@pytest.mark.parametrize("what", WRONG)
def test_keys_of_a_host_with_a_wrong_certificate_are_not_read(what: str, certificates: Certificates) -> None:
    with pytest.raises(urllib.error.URLError, match=WRONG[what]):
        read_jwks(published(certificates.wrong[what]))


def test_ended_sessions_are_read_from_the_right_host_alone(certificates: Certificates) -> None:
    with pytest.raises(KeyError):  # it was asked, and publishes keys
        ended.read(published(certificates.right))
    for what, certificate in certificates.wrong.items():
        with pytest.raises(urllib.error.URLError, match=WRONG[what]):
            ended.read(published(certificate))


# A whole service


def test_a_service_lives_over_tls(
    request: pytest.FixtureRequest, rabbit: RabbitNode, secured: PostgresNode, certificates: Certificates, tmp_path: Path
) -> None:
    port = rabbit.start().listen_by_tls(certificates.right.certificate, certificates.right.key)
    show(secured, certificates.right)
    with fresh_place(request, "postgresql", tmp_path) as place:
        name = place.amqp_uri.rpartition("/")[2]
        desk = place.start(
            amqp_uri=f"amqps://guest:{PASSWORD}@{HOST}:{port}/{name}",
            database_url=place.database_url.replace("127.0.0.1", HOST) + "?sslmode=verify-full",
            CA_FILE=certificates.authority.file,
        ).ready()
        ids = place.send(*(filed(number) for number in range(50)))
        place.until_handled(desk, ids)
        eventually(lambda: _told(place) >= len(ids), "told by its relay")
        assert desk.stop() == 0


def _told(place: Place) -> int:
    return int(place.rows("SELECT count(*) FROM fact_log")[0][0])
