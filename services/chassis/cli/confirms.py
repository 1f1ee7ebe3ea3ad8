"""Publishing with confirms, many at a time.

pika's blocking channel waits for each confirm before it sends the next message: some 600 a second on a quorum queue. The
channel inside it can pipeline, so that ten thousand parked messages are replayed in about a second.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any, NamedTuple, cast

import pika
from pika import exceptions, spec

from services.chassis.cli.broker import BrokerRefused, BrokerUnreachable

_CONFIRM_SECONDS = 30.0
_LOOK_UP_SECONDS = 0.2


class Outgoing(NamedTuple):
    """A message for a queue, through the default exchange."""

    queue: str
    body: bytes
    properties: pika.BasicProperties


class Outcome(StrEnum):
    """What became of one message."""

    SAFE = "safe"
    REFUSED = "refused"
    """The queue is full (its overflow is reject-publish) or could not store it."""
    RETURNED = "returned"
    """There is no such queue."""


class ConfirmingChannel:
    """A channel that knows of each message whether it is safe in its queue."""

    def __init__(self, connection: pika.BlockingConnection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.add_on_return_callback(self._on_return)
        self._last_tag = 0
        self._waiting: dict[int, int] = {}
        self._outcomes: list[Outcome] = []
        self._sent: Sequence[Outgoing] = ()
        self._closed: BaseException | None = None
        self._selected = False
        inner = cast(Any, self._channel)._impl  # see above
        inner.add_on_close_callback(self._on_close)
        inner.confirm_delivery(self._on_confirm, callback=self._on_selected)
        self._wait(lambda: self._selected)

    def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Send all, then wait for the answers; the outcomes are in the order of ``messages``.

        :raises BrokerUnreachable: if an answer stays out for 30 s or the connection is lost: any message may have arrived.
        :raises BrokerRefused: if the broker closes the channel over one of them.
        """
        self._sent, self._outcomes = messages, [Outcome.SAFE] * len(messages)
        for position, message in enumerate(messages):
            self._check_open()
            self._last_tag += 1
            self._waiting[self._last_tag] = position
            self._channel.basic_publish("", message.queue, message.body, message.properties, mandatory=True)
        self._wait(lambda: not self._waiting)
        # what was returned is told through pika's queue of events, which may still hold it
        self._connection.process_data_events(0)
        return self._outcomes

    def close(self) -> None:
        """Close the channel."""
        if self._channel.is_open:
            self._channel.close()

    def _wait(self, done: Any) -> None:
        deadline = time.monotonic() + _CONFIRM_SECONDS
        while not done():
            self._check_open()
            if time.monotonic() > deadline:
                raise BrokerUnreachable(
                    f"The broker has confirmed nothing for {_CONFIRM_SECONDS:g} s. Is a majority of its nodes up?"
                )
            waiting = len(self._waiting)
            self._connection.process_data_events(_LOOK_UP_SECONDS)
            if len(self._waiting) < waiting:
                deadline = time.monotonic() + _CONFIRM_SECONDS

    def _check_open(self) -> None:
        if self._closed is not None:
            raise BrokerRefused(f"The broker closed the channel: {self._closed}")

    def _wake(self) -> None:
        # what comes to the inner channel does not end pika's wait by itself
        with suppress(exceptions.ConnectionWrongStateError):
            self._connection.add_callback_threadsafe(lambda: None)

    def _on_selected(self, _frame: Any) -> None:
        self._selected = True
        self._wake()

    def _on_close(self, _channel: Any, reason: BaseException) -> None:
        self._closed = reason
        self._wake()

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        tags = [tag for tag in self._waiting if tag <= method.delivery_tag] if method.multiple else [method.delivery_tag]
        for tag in tags:
            position = self._waiting.pop(tag, None)
            if position is not None and isinstance(method, spec.Basic.Nack):
                self._outcomes[position] = Outcome.REFUSED
        if not self._waiting:
            self._wake()

    def _on_return(self, _channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        # a return carries no number; equal messages to one queue have one fate
        for position, message in enumerate(self._sent):
            if (message.queue, message.body, message.properties.message_id) == (
                method.routing_key,
                body,
                properties.message_id,
            ):
                self._outcomes[position] = Outcome.RETURNED
