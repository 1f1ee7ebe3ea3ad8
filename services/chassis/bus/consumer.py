"""Read the inbound queue and drain the dead-letter queue: take what is there, have it handled as a batch, acknowledge in bulk.

One thread reads the socket and fills a buffer; another takes up to ``batch_size`` waiting messages (never waiting for more),
has them handled, and acks them last. Batches of one process run one after the other, so that facts about one dossier keep
their order.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import amqp
import kombu
from amqp.exceptions import ChannelError, ConsumerCancelled, NotFound

from services.chassis.bus import connection as broker
from services.chassis.bus.batch import Batch, DatabaseAway, Work
from services.chassis.bus.outage import Outage
from services.chassis.bus.presence import Presence
from services.chassis.bus.topology import Topology, dead_letter_queue, inbound_queue
from services.chassis.errors import StartUpError, Transient
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_LOOK_UP_SECONDS = 0.5
#: how often to declare what the service needs, so that what somebody deletes comes back
DECLARE_SECONDS = 15.0

#: runs a batch somewhere (a nameko worker) and returns when it is done; raises what the batch raised
RunBatch = Callable[[Batch], None]


class Consumer:
    """Consumer of a service's two queues: runs until it is stopped, through outages of broker and database.

    :param on_queue_lost: called with a queue's name when it was not there any more, and is there again, empty.
    """

    def __init__(
        self,
        work: Work,
        uri: str,
        topology: Topology,
        run_batch: RunBatch,
        *,
        batch_size: int,
        prefetch: int,
        on_queue_lost: Callable[[str], None] = lambda _queue: None,
    ) -> None:
        self._work = work
        self._uri = uri
        self._topology = topology
        self._run_batch = run_batch
        self._batch_size = batch_size
        self._prefetch = prefetch
        self._on_queue_lost = on_queue_lost
        self._buffer: deque[amqp.Message] = deque()
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._halt = threading.Event()
        self._handler_idle = threading.Event()
        self._reader_idle = threading.Event()
        self._connection: kombu.Connection | None = None
        self._channel: amqp.Channel | None = None
        self._broker_outage = Outage(self._halt)
        self._queues = (inbound_queue(work.service), dead_letter_queue(work.service))
        self._presence = Presence(work.service, "consumer")
        self._presence.lost(Transient("not tried yet"))
        self._misfit: str | None = None
        self._lost: set[str] = set()

    def problem(self) -> str | None:
        """Say what is wrong with the broker, or with what this service needs there; None if nothing is."""
        return self._presence.problem() or self._misfit

    def read(self) -> None:
        """Thread 1: keep connected and fill the buffer."""
        try:
            while not self._halt.is_set():
                try:
                    self._read_one_connection()
                except (*broker.GONE, Transient, StartUpError) as error:
                    if isinstance(error, ConsumerCancelled):
                        # somebody deleted the queue; its name is the tag
                        self._lost.add(error.reply_text)
                    self._presence.lost(error)
                    self._broker_outage.wait("consumer_waits_for_broker", error)
                finally:
                    self._disconnect()
        finally:
            self._reader_idle.set()

    def handle(self) -> None:
        """Thread 2: take batches from the buffer until stopped and empty."""
        try:
            while not self._halt.is_set():
                if not self._buffer:
                    if self._stopping.is_set():
                        return
                    self._arrived.wait(_LOOK_UP_SECONDS)
                    self._arrived.clear()
                    continue
                messages = [self._buffer.popleft() for _ in range(min(len(self._buffer), self._batch_size))]
                self._handle(messages)
        finally:
            self._handler_idle.set()

    def stop(self, timeout_seconds: float) -> bool:
        """Take no more, handle and ack what is here already, then close the channel.

        ``False`` if the time did not suffice: what is left goes back to the queue, unhandled or to be dropped by the inbox.
        """
        self._stopping.set()
        self._cancel()
        self._arrived.set()
        finished = self._handler_idle.wait(timeout_seconds)
        self._halt.set()
        self._reader_idle.wait(_LOOK_UP_SECONDS + broker.CLOSE_SECONDS)
        return finished

    def _read_one_connection(self) -> None:
        self._connection = connection = broker.connect(self._uri)
        heartbeat = broker.Heartbeat(connection).start()
        try:
            with broker.limited(connection):
                channel = self._set_up(connection)
            drain = channel.connection.drain_events
            # once, and not for each frame
            channel.connection.transport.sock.settimeout(_LOOK_UP_SECONDS)
            declare_at = time.monotonic() + DECLARE_SECONDS
            while not self._halt.is_set() and channel.is_open:
                with contextlib.suppress(TimeoutError):
                    drain()
                if time.monotonic() >= declare_at:
                    with broker.limited(connection):
                        self._declare(connection)
                    declare_at = time.monotonic() + DECLARE_SECONDS
        finally:
            heartbeat.stop()

    def _set_up(self, connection: kombu.Connection) -> amqp.Channel:
        """Declare, and begin to consume; say which queues were not there any more."""
        self._lost |= {queue for queue in self._queues if not _exists(connection, queue)}
        self._declare(connection)
        channel = connection.channel()
        # bodies stay bytes: py-amqp would decode them by any codec that a publisher names
        channel.auto_decode = False
        channel.basic_qos(0, self._prefetch, False)
        self._channel = channel
        if not self._stopping.is_set():
            for queue in self._queues:
                # the tag tells a batch from which of the two a message came
                channel.basic_consume(queue, consumer_tag=queue, callback=self._on_message)
        self._presence.connected()
        self._broker_outage.over()
        log.info("consumer_connected", queue=inbound_queue(self._work.service))
        while self._lost:
            queue = self._lost.pop()
            log.warning("queue_made_anew", queue=queue)
            self._on_queue_lost(queue)
        return channel

    def _declare(self, connection: kombu.Connection) -> None:
        """Declare the topology, on a channel of its own: what does not fit closes that one, and the queues are read all the same."""
        channel, misfit = connection.channel(), None
        try:
            broker.declare(channel, self._topology, self._work.service)
            channel.close()
        except (ChannelError, StartUpError) as error:
            misfit = broker.reason(error)
        if misfit != self._misfit:
            log.warning("topology_differs" if misfit else "topology_fits_again", reason=misfit)
        self._misfit = misfit

    def _disconnect(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        # unacked messages go back to the queue with the channel; the copies here must not be handled on top
        self._buffer.clear()
        broker.close(connection)

    def _on_message(self, message: amqp.Message) -> None:
        self._buffer.append(message)
        self._arrived.set()

    def _handle(self, messages: Sequence[amqp.Message]) -> None:
        batch, outage = Batch(self._work, messages), Outage(self._halt)
        while not self._halt.is_set():
            try:
                self._run_batch(batch)
            except DatabaseAway as error:
                outage.wait("consumer_waits_for_database", error)
                continue
            self._ack(messages[-1])
            return

    def _ack(self, last: amqp.Message) -> None:
        """Ack everything up to ``last``: batches are taken in order, one at a time."""
        try:
            last.channel.basic_ack(last.delivery_tag, multiple=True)
        except (*broker.GONE, AttributeError):
            # the channel is gone; it all comes again, and the inbox knows it
            log.warning("ack_lost", count=1)

    def _cancel(self) -> None:
        channel = self._channel
        if channel is None:
            return
        try:
            for tag in list(channel.callbacks):
                channel.basic_cancel(tag, nowait=True)
        except broker.GONE:
            return


def _exists(connection: kombu.Connection, queue: str) -> bool:
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except NotFound:
        return False
    channel.close()
    return True
