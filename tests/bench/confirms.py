"""Publishing through py-amqp with pipelined confirms: many messages on their way, each one known to be safe or not."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp


class RefusedError(RuntimeError):
    """The broker did not take a message: it said nack, or no queue was bound to its key."""


def connect(uri: str) -> amqp.Connection:
    """A connection for an address of the form `amqp://user:password@host:port/vhost`."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
    )
    connection.connect()
    return connection


class ConfirmedChannel:
    """A channel of its own on `connection`; `publish` does not wait, `wait` returns when all that was sent is confirmed."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._confirmed)
        self._channel.events["basic_nack"].add(self._refused)
        self._channel.events["basic_return"].add(self._returned)
        self._sent = 0
        self._open: set[int] = set()
        self._all_until = 0  # every tag up to this one is confirmed
        self._fault: str | None = None

    def publish(self, exchange: str, key: str, body: bytes, message_id: str, headers: Mapping[str, Any]) -> None:
        message = amqp.Message(
            body, content_type="application/json", delivery_mode=2, message_id=message_id, application_headers=dict(headers)
        )
        self._sent += 1
        self._open.add(self._sent)
        self._channel.basic_publish(message, exchange, key, mandatory=True)

    def wait(self, at_most: int = 0, timeout_seconds: float = 30) -> None:
        """Return when at most so many are unconfirmed.

        :raises RefusedError: if one was refused or could not be routed.
        :raises TimeoutError: if the broker is silent for so long.
        """
        while len(self._open) > at_most and self._fault is None:
            self._connection.drain_events(timeout=timeout_seconds)
        if self._fault:
            raise RefusedError(self._fault)

    def _confirmed(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open.difference_update(range(self._all_until + 1, tag + 1))
            self._all_until = tag
        else:
            self._open.discard(tag)

    def _refused(self, tag: int, multiple: bool) -> None:
        self._fault = f"the broker refused message {tag}"

    def _returned(self, error: Exception, exchange: str, key: str, message: amqp.Message) -> None:
        self._fault = f"no queue is bound to {exchange} {key}"
