"""What is left in the broker by releases before 0.2, which kept messages that wait or are parked in queues.

They put a message that was to be tried again into ``<service>.retry.<delay>``, and one for a person into ``<service>.parked``, with
headers that say why. Old and new processes may run side by side: the parked ones come through the dead-letter queue, which has the
old name; the retry queues are emptied here, and deleted when no old process is left. To be removed with release 0.4.
"""

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import amqp
from amqp.exceptions import NotFound

from services.chassis import clock
from services.chassis.bus import connection as broker
from services.chassis.bus import held, inbox
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.bus.retry import delay_name
from services.chassis.bus.topology import dead_letter_queue, inbound_queue
from services.chassis.database import Database
from services.chassis.errors import ChassisError, Undecodable
from services.chassis.facts import envelope
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_PAUSE_SECONDS = 3.0
_CHUNK = 200
#: messages for these reasons never reached a handler, so their ids are not in the inbox
_UNREAD = {Reason.UNDECODABLE, Reason.UNKNOWN_TYPE, Reason.UNKNOWN_VERSION, Reason.INVALID, Reason.DELIVERY_LIMIT}
_DELIVERY_LIMIT = "the broker gave up: delivered too often without an answer. Does it end the process?"


class ParkedBefore(NamedTuple):
    """Why a message lies in the dead-letter queue."""

    key: uuid.UUID
    reason: Reason
    error: str
    attempts: int


def attempts_of(headers: Mapping[str, Any]) -> int:
    """How many rounds of this message have failed so far; 0 for one that comes for the first time."""
    attempts = headers.get("vss-attempts")
    return min(attempts, 1_000_000) if isinstance(attempts, int) and not isinstance(attempts, bool) and attempts > 0 else 0


def first_seen_at(headers: Mapping[str, Any]) -> datetime | None:
    """When an earlier release saw it first, if one did."""
    told = headers.get("vss-first-seen")
    if not isinstance(told, str):
        return None
    try:
        moment = datetime.fromisoformat(told)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parked_before(message: amqp.Message) -> ParkedBefore:
    """Why the broker, or an earlier release, has put ``message`` into the dead-letter queue."""
    headers = message.headers or {}
    told, error = headers.get("vss-parked-reason"), headers.get("vss-parked-error")
    if not isinstance(told, str) or told not in set(Reason) - {Reason.TRANSIENT}:
        return ParkedBefore(held.key_by_content(message), Reason.DELIVERY_LIMIT, _DELIVERY_LIMIT, attempts_of(headers))
    reason = Reason(told)
    return ParkedBefore(_key(message, reason), reason, error if isinstance(error, str) else "", attempts_of(headers))


def _key(message: amqp.Message, reason: Reason) -> uuid.UUID:
    if reason not in _UNREAD:
        try:
            return envelope.parse(message.headers, message.properties.get("message_id")).id
        except Undecodable:
            pass
    return held.key_by_content(message)


def retry_queues(service: str, delays_seconds: Iterable[float]) -> set[str]:
    """Return the names of the queues in which an earlier release lets messages wait."""
    return {f"{service}.retry.{delay_name(delay)}" for delay in delays_seconds}


class RetryQueues:
    """Drain of the retry queues of earlier releases: empties them into the table, and deletes them.

    :param names: of the queues; those that are gone are taken out of it.
    """

    def __init__(self, service: str, database: Database, uri: str, names: set[str]) -> None:
        self._service = service
        self._database = database
        self._uri = uri
        self._names = names
        self._stopping = threading.Event()

    def run(self) -> None:
        """Go on until none of the queues is left; a broker or database that is away is waited for."""
        while self._names and not self._stopping.is_set():
            try:
                self._round()
            except (*broker.GONE, ChassisError) as error:
                log.warning("retry_queues_wait", error=type(error).__name__)
            except Exception as error:
                log.exception("retry_queues_wait", exc_info=error)
            if self._names:
                self._stopping.wait(_PAUSE_SECONDS)

    def stop(self) -> None:
        """End with what is under way."""
        self._stopping.set()

    def _round(self) -> None:
        connection = broker.connect(self._uri)
        try:
            for name in sorted(self._names):
                if self._is_gone(connection, name):
                    self._names.discard(name)
        finally:
            broker.close(connection)

    def _is_gone(self, connection: Any, name: str) -> bool:
        """Empty ``name``; delete it if no earlier release can be using it."""
        channel = connection.channel()
        channel.auto_decode = False
        try:
            channel.queue_declare(name, passive=True)
        except NotFound:
            return True
        while messages := self._take(channel, name):
            self._hold(messages, Way(name, ""))
            channel.basic_ack(messages[-1].delivery_tag, multiple=True)
            log.info("retry_queue_drained", queue=name, count=len(messages))
        # each process of this release reads two queues, an earlier one's only the inbound queue. Quorum queues know no deletion
        # "if unused"; an old process that starts at this very moment declares the queue anew before it uses it
        readers = [channel.queue_declare(queue, passive=True).consumer_count for queue in self._both()]
        if readers[0] == readers[1] and not channel.queue_declare(name, passive=True).message_count:
            channel.queue_delete(name)
            log.info("retry_queue_deleted", queue=name)
            return True
        channel.close()
        return False

    def _both(self) -> tuple[str, str]:
        return inbound_queue(self._service), dead_letter_queue(self._service)

    def _take(self, channel: amqp.Channel, name: str) -> list[amqp.Message]:
        messages: list[amqp.Message] = []
        while not self._stopping.is_set() and len(messages) < _CHUNK and (message := channel.basic_get(name)) is not None:
            messages.append(message)
        return messages

    def _hold(self, messages: Sequence[amqp.Message], way: Way) -> None:
        """Nobody knows how long each has waited, so each is tried at once."""
        with self._database.write() as session:
            for message in messages:
                key, headers = _key(message, Reason.TRANSIENT), message.headers or {}
                if inbox.take(session, [key]):
                    more = {"first_seen_at": moment} if (moment := first_seen_at(headers)) else {}
                    due = held.failed(Reason.TRANSIENT, "", attempts=attempts_of(headers), due_at=clock.now())
                    held.hold(session, key, message, way, due, **more)
