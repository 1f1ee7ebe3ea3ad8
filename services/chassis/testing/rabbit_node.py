"""A private RabbitMQ node with an epmd of its own, so that nothing is left of it afterwards."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
import pika.exceptions

from services.chassis.testing import rabbit_console
from services.chassis.testing.node import Node
from services.chassis.testing.processes import (
    NodeError,
    Process,
    accepts,
    find_program,
    free_port,
    kill_family,
    spawn,
    wait_until,
)

_NODE_NAME = "rabbit@localhost"
# a passive declaration counts only what waits; the figures of `info` are up to 5 s old for a quorum queue
_MESSAGES = """[
  begin
    {resource, _, queue, Name} = amqqueue:get_name(Queue),
    {Name, case amqqueue:get_type(Queue) of
      rabbit_quorum_queue ->
        {ok, {_, Total}, _} = ra:leader_query(amqqueue:get_pid(Queue), fun rabbit_fifo:query_messages_total/1),
        Total;
      _ -> proplists:get_value(messages, rabbit_amqqueue:info(Queue, [messages]))
    end}
  end || Queue <- rabbit_amqqueue:list(<<"%s">>)].
"""
_COUNT = re.compile(r'{<<"([^"]*)">>,\s*(\d+)}')
_FOLDERS = ("/usr/lib/rabbitmq/bin",)  # /usr/sbin has wrappers that change the account


class RabbitNode(Node):
    """One broker; user and password `guest`.

    `plugins`: to enable besides the broker itself; `rabbitmq_management` listens on
    `management_port`. Without plugins the start is about two seconds faster.
    """

    title = "RabbitMQ"

    def __init__(self, directory: Path, *, plugins: Sequence[str] = ()) -> None:
        super().__init__(directory)
        self.plugins = tuple(plugins)
        self.management_port = free_port()
        self._epmd_port = free_port()
        self._distribution_port = free_port()
        self._epmd: Process | None = None
        self._output = self.directory / "console.log"
        self._log = self.directory / "log" / f"{_NODE_NAME}.log"

    @property
    def uri(self) -> str:
        """The default virtual host's address."""
        return self.uri_of("/")

    def uri_of(self, vhost: str) -> str:
        """The address of a virtual host."""
        path = "" if vhost == "/" else quote(vhost, safe="")
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{path}"

    def create_vhost(self, name: str) -> str:
        """A virtual host of its own for a test; its address."""
        self.evaluate(
            f'ok = rabbit_vhost:add(<<"{name}">>, <<"tests">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, '
            '<<".*">>, <<".*">>, <<".*">>, <<"tests">>).'
        )
        return self.uri_of(name)

    def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with all its queues; its clients are disconnected."""
        self.evaluate(f'rabbit_vhost:delete(<<"{name}">>, <<"tests">>).')

    def messages(self, uri: str) -> dict[str, int]:
        """How many messages each queue of this virtual host holds, both waiting and in a consumer's hands.

        :raises NodeError: while the broker is down or a quorum queue has no leader.
        """
        text = self.evaluate(_MESSAGES % pika.URLParameters(uri).virtual_host)
        return {name: int(count) for name, count in _COUNT.findall(text)}

    def settle(self) -> None:
        """Have the broker write down at once which quorum queues it has; call it before a kill.

        RabbitMQ 3.10 does so about a second after a queue was declared. A kill before that leaves
        a queue without a leader and without its messages, confirmed or not, for ever.
        """
        self.evaluate("[ok = dets:sync(Table) || Table <- dets:all()].")

    def listen_by_tls(self, certificate: Path, key: Path) -> int:
        """Listen at another port, by TLS, with this certificate; return the port."""
        port = free_port()
        self.evaluate(
            f'rabbit_networking:ensure_ssl(), rabbit_networking:start_ssl_listener({{"127.0.0.1", {port}}}, '
            f'[{{certfile, "{certificate}"}}, {{keyfile, "{key}"}}], 2).'
        )
        return port

    def load(self, definitions: Mapping[str, Any]) -> None:
        """Import definitions: what `rabbitmqctl import_definitions` does, in milliseconds.

        :raises NodeError: if the broker does not take them.
        """
        file = self.directory / "definitions.json"
        file.write_text(json.dumps(definitions), encoding="utf-8")
        self.evaluate(f'{{ok, Text}} = file:read_file("{file}"), ok = rabbit_definitions:import_raw(Text).')

    def evaluate(self, expression: str) -> str:
        """Run an Erlang expression (with its full stop) in the broker; its value, as text."""
        return rabbit_console.evaluate(self.directory, expression)

    def ctl(self, *arguments: str, timeout_seconds: float = 60) -> str:
        """Run rabbitmqctl on this node; its output. NodeError when it fails or the node is down."""
        if not self.running:
            raise NodeError("RabbitMQ does not run: rabbitmqctl has nothing to talk to")
        program = find_program("rabbitmqctl", package="rabbitmq-server", folders=_FOLDERS)
        done = subprocess.run(
            [program, *arguments],
            env=self._environment(),
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
        if done.returncode != 0:
            raise NodeError(f"rabbitmqctl {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    # The processes

    def _launch(self) -> Process:
        program = find_program("rabbitmq-server", package="rabbitmq-server", folders=_FOLDERS)
        self.directory.chmod(0o700)  # its socket takes commands from whoever can reach it
        self._write_configuration()
        self._start_epmd()
        with self._output.open("ab") as output:
            return spawn(
                [program, "-eval", rabbit_console.ERLANG],
                environment=self._environment(),
                directory=self.directory,
                output=output,
            )

    def _start_epmd(self) -> None:
        """Erlang's name server: our own child, else the first node starts one that stays for ever."""
        if self._epmd is not None and self._epmd.poll() is None:
            return
        with (self.directory / "epmd.log").open("ab") as output:
            self._epmd = spawn(
                [find_program("epmd", package="rabbitmq-server")],
                environment=self._environment(),
                directory=self.directory,
                output=output,
            )
        if not wait_until(lambda: accepts(self._epmd_port), 10):
            raise self._failure("has no name server: epmd did not answer within 10 s")

    def _write_configuration(self) -> None:
        """Erlang terms, not rabbitmq.conf: translating that costs most of a second at each start."""
        (self.directory / "advanced.config").write_text(
            "[{rabbit, [\n"
            f'  {{tcp_listeners, [{{"127.0.0.1", {self.port}}}]}},\n'
            "  {disk_free_limit, 50000000}\n"
            "]},\n"
            " {rabbitmq_management, [\n"
            f'  {{tcp_config, [{{ip, "127.0.0.1"}}, {{port, {self.management_port}}}]}}\n'
            "]}].\n",
            encoding="utf-8",
        )
        (self.directory / "enabled_plugins").write_text(f"[{','.join(self.plugins)}].\n", encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        """Everything below our folder, and nothing from /etc/rabbitmq or the developer's shell."""
        folder = self.directory
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # the Erlang cookie
            "RABBITMQ_NODENAME": _NODE_NAME,
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "no-rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "rabbit.pid"),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"),
            "RABBITMQ_CTL_ERL_ARGS": "-start_epmd false",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The start script then becomes the Erlang VM instead of waiting for it: a signal to
            # our child is a signal to the broker.
            "detached": "true",
        }

    def _answers(self) -> bool:
        if not accepts(self.port):
            return False
        parameters = pika.URLParameters(self.uri)
        parameters.socket_timeout = parameters.blocked_connection_timeout = 5
        with _quiet("pika"), contextlib.suppress(pika.exceptions.AMQPError, OSError):
            pika.BlockingConnection(parameters).close()
            return True
        return False

    def _logs(self) -> list[Path]:
        return [self._output, self._log]

    def _after_end(self) -> None:
        if self._epmd is not None:
            kill_family(self._epmd)
            self._epmd = None


@contextlib.contextmanager
def _quiet(logger: str) -> Iterator[None]:
    """Keep a client's log still: pika writes a traceback for each refused connection, expected here."""
    log = logging.getLogger(logger)
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)
