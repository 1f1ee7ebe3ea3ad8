"""The private broker and database: they answer, survive SIGKILL with their data, and leave nothing."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from pathlib import Path

import pika
import pytest
import sqlalchemy

from services.chassis.testing import NodeError, PostgresNode, RabbitNode
from services.chassis.testing.processes import accepts, alive, family, find_program, wait_until

pytestmark = pytest.mark.slow

_QUORUM = {"x-queue-type": "quorum"}


def test_confirmed_messages_survive_a_kill_of_the_broker(rabbit: RabbitNode, amqp_uri: str) -> None:
    port = rabbit.port
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("kept", durable=True, arguments=_QUORUM)
    for number in range(50):
        channel.basic_publish("", "kept", b"%d" % number, pika.BasicProperties(delivery_mode=2), mandatory=True)
    rabbit.settle()

    rabbit.kill()
    assert not rabbit.running
    rabbit.start()

    assert rabbit.port == port
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    bodies = []
    for method, _, body in channel.consume("kept", inactivity_timeout=10):
        if method is None:
            break
        bodies.append(body)
        channel.basic_ack(method.delivery_tag or 0)
        if len(bodies) == 50:
            break
    connection.close()
    assert bodies == [b"%d" % number for number in range(50)]


def test_a_message_in_a_consumers_hands_is_counted_until_it_is_acknowledged(rabbit: RabbitNode, amqp_uri: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("held.quorum", durable=True, arguments=_QUORUM)
    channel.queue_declare("held.classic", durable=True)
    for queue in ("held.quorum", "held.classic"):
        for _ in range(3):
            channel.basic_publish("", queue, b"")
    methods = [channel.basic_get(queue)[0] for queue in ("held.quorum", "held.classic")]

    assert rabbit.messages(amqp_uri) == {"held.quorum": 3, "held.classic": 3}

    for method in methods:
        assert method is not None
        channel.basic_ack(method.delivery_tag or 0)
    wanted = {"held.quorum": 2, "held.classic": 2}
    assert wait_until(lambda: rabbit.messages(amqp_uri) == wanted, 5), rabbit.messages(amqp_uri)
    connection.close()


def test_committed_rows_survive_a_kill_of_the_database(postgres: PostgresNode, postgres_url: str) -> None:
    port = postgres.port
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE kept (number int)"))
        connection.execute(sqlalchemy.text("INSERT INTO kept SELECT generate_series(1, 1000)"))

    postgres.kill()
    assert not postgres.running
    postgres.start()

    assert postgres.port == port
    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM kept")) == 1000
    engine.dispose()


def test_each_test_gets_a_database_of_its_own_of_either_kind(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == []
        connection.execute(sqlalchemy.text("CREATE TABLE once (number int)"))
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_a_virtual_host_of_its_own(amqp_uri: str, turn: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    declared = connection.channel().queue_declare("same-name", durable=True)
    connection.channel().basic_publish("", "same-name", b"x")
    connection.close()
    assert declared.method.message_count == 0, turn


def test_a_stop_and_start_keeps_what_was_there(rabbit: RabbitNode, amqp_uri: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    connection.channel().queue_declare("kept", durable=True, arguments=_QUORUM)
    connection.close()

    rabbit.restart()

    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    connection.channel().queue_declare("kept", passive=True)
    connection.close()


def test_rabbitmqctl_speaks_to_the_private_node(rabbit: RabbitNode, amqp_uri: str) -> None:
    assert amqp_uri.rpartition("/")[2] in rabbit.ctl("--quiet", "list_vhosts")
    with pytest.raises(NodeError, match="no-such-user"):
        rabbit.ctl("delete_user", "no-such-user")


def test_a_node_does_not_outlive_a_test_run_that_is_killed(nodes_folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from services.chassis.testing import PostgresNode, RabbitNode\n"
        "folder = Path(sys.argv[1])\n"
        "print(PostgresNode(folder / 'p').start().port, RabbitNode(folder / 'r').start().port)\n"
        "sys.stdout.flush(); time.sleep(600)\n"
    )
    folder = nodes_folder / "orphans"
    folder.mkdir()
    runner = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    ports = [int(port) for port in runner.stdout.readline().split()]
    assert len(ports) == 2
    assert _processes_with(folder)

    runner.kill()
    runner.wait(10)
    runner.stdout.close()

    assert wait_until(lambda: not any(accepts(port) for port in ports), 10)
    assert wait_until(lambda: not _processes_with(folder), 10), _processes_with(folder)


def test_a_node_outlives_the_thread_that_started_it(nodes_folder: Path) -> None:
    node = PostgresNode(nodes_folder / "threaded")
    thread = threading.Thread(target=node.start)
    thread.start()
    thread.join()
    time.sleep(0.5)
    try:
        assert node.running
        assert node.connect().execute("SELECT 1").fetchone() == (1,)
    finally:
        node.kill()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(nodes_folder: Path) -> None:
    node = PostgresNode(nodes_folder / "broken", options=["no_such_setting=1"])
    with pytest.raises(NodeError, match=r"(?s)PostgreSQL.*ended with status.*no_such_setting"):
        node.start()
    assert not node.running


def test_a_killed_database_leaves_no_process_and_no_shared_memory(nodes_folder: Path) -> None:
    node = PostgresNode(nodes_folder / "tidy").start()
    pid_file = node.directory / "data" / "postmaster.pid"
    segment = pid_file.read_text(encoding="ascii").splitlines()[6].split()[1]
    assert segment in _shared_memory()
    members = family(node.pid)
    assert len(members) > 3  # PostgreSQL's own background processes

    node.kill()

    assert not [pid for pid in members if alive(pid)]
    assert not accepts(node.port)
    assert segment not in _shared_memory()


def test_a_missing_program_is_named_with_the_package_to_install() -> None:
    with pytest.raises(NodeError, match="apt-get install -y rabbitmq-server"):
        find_program("no-such-rabbitmq-server", package="rabbitmq-server")


def _processes_with(folder: Path) -> list[str]:
    """Command lines of processes whose working folder lies below `folder`, or that name it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if str(folder) in command or str(folder) in str((entry / "cwd").readlink()):
                    found.append(command)
    return found


def _shared_memory() -> set[str]:
    """The ids of the machine's System V shared memory segments."""
    lines = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]
    return {line.split()[1] for line in lines}
