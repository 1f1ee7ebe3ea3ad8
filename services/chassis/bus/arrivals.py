"""What has just arrived from the broker: understood as far as it can be, and believed as far as it may be."""

from collections.abc import Collection

import amqp

from services.chassis.bus import held, upgrade
from services.chassis.bus.delivery import Delivery
from services.chassis.bus.numbering import ERASED, REMINDER, Place, place_of
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way, doubt, way_of
from services.chassis.bus.reading import Reading, Unreadable
from services.chassis.bus.topology import dead_letter_queue
from services.chassis.errors import Undecodable
from services.chassis.facts import envelope


class Arrivals:
    """Reads what arrives for ``service``.

    :param kept_in: queues in which releases before 0.2 let messages wait, as long as they are there.
    """

    def __init__(self, service: str, reading: Reading, kept_in: Collection[str]) -> None:
        self._service = service
        self._reading = reading
        self._kept_in = kept_in
        self._dead_letters = dead_letter_queue(service)

    def read(self, message: amqp.Message) -> Delivery:
        """Return ``message`` as it is to be dealt with: understood, a sign for the bus itself, or to be parked and why."""
        way = way_of(message, self._service, self._kept_in)
        if message.delivery_info and message.delivery_info.get("consumer_tag") == self._dead_letters:
            # not read: reading it may be what ends the process
            before = upgrade.parked_before(message)
            one = Delivery(message, before.key, way, None, before.reason, before.error, before.attempts)
            one.place = self._place(message, way)
        else:
            one = self._read(message, way)
        one.first_seen_at = upgrade.first_seen_at(message.headers or {})
        return one

    def _read(self, message: amqp.Message, way: Way) -> Delivery:
        headers = message.headers or {}
        try:
            if REMINDER in headers or ERASED in headers:
                one = self._read_sign(message, way)
            else:
                readable = self._reading.decode(message, way.exchange)
                one = Delivery(message, readable.envelope.id, way, readable, attempts=upgrade.attempts_of(headers))
            one.place = place_of(headers)
        except (Unreadable, Undecodable) as error:
            reason = error.reason if isinstance(error, Unreadable) else Reason.UNDECODABLE
            one = Delivery(message, held.key_by_content(message), way, None, reason, str(error))
            one.place = self._place(message, way)
        return one

    def _read_sign(self, message: amqp.Message, way: Way) -> Delivery:
        """Read what no handler gets: how far a source has come, or that the data of a fact are gone."""
        if why := doubt(message.headers, way.exchange, self._service):
            # were it believed, the fact of that id would count as handled
            raise Unreadable(Reason.FORGED, why)
        if REMINDER in message.headers:
            return Delivery(message, held.key_by_content(message), way, reminder=True)
        return Delivery(message, envelope.parse(message.headers, message.properties.get("message_id")).id, way, erased=True)

    def _place(self, message: amqp.Message, way: Way) -> Place | None:
        """Its place on its lane: what nobody answers for would be taken for a loss, or a restored source."""
        return None if doubt(message.headers, way.exchange, self._service) else place_of(message.headers)
