"""(a) The ceiling: one hand-written loop over py-amqp and psycopg, with no framework at all.

The full guarantee of the chassis: inbox, business row and outbox row in one transaction of up to 200 messages, follow-ups sent
with pipelined confirms, the outbox rows deleted, the inputs acked in bulk and last. What a framework costs shows beside it.
"""

import json
import signal
import uuid
from typing import Any

import amqp
import psycopg

from tests.bench.confirms import ConfirmedChannel, connect
from tests.bench.peers import terms as peer
from tests.bench.peers.terms import Terms
from tests.bench.wire import PREFIX, case_of, encode, follow_up_headers

_OUTBOX = """
    CREATE TABLE outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid NOT NULL, headers text NOT NULL, body bytea NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now())"""
# %b: psycopg sends arrays in binary form; in text form it would escape every quote of the JSON with a regular expression
_TAKE = "INSERT INTO inbox (id) SELECT unnest(%b::uuid[]) ON CONFLICT DO NOTHING RETURNING id"
_OPEN = """
    INSERT INTO dossiers (dossier_no, full_name, bhxh_code, office, state)
    SELECT *, 'open' FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[])"""
_RECORD = """
    INSERT INTO outbox (id, headers, body) SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[]) RETURNING seq"""
_FORGET = "DELETE FROM outbox WHERE seq = ANY(%b)"


class Hop:
    """The hop, a batch at a time."""

    def __init__(self, terms: Terms, batch: int) -> None:
        self._terms = terms
        self._batch = batch
        self._database = psycopg.connect(terms.database_url)
        self._connection = connect(terms.amqp_uri)
        self._channel = self._connection.channel()
        self._channel.basic_qos(0, 2 * batch, False)
        self._out = ConfirmedChannel(self._connection)
        self._waiting: list[amqp.Message] = []
        self._stopping = False

    def stop(self, *_: object) -> None:
        self._stopping = True

    def run(self) -> None:
        peer.ready()
        self._channel.basic_consume(self._terms.in_queue, callback=self._waiting.append)
        while not self._stopping:
            self._receive()
            while self._waiting:
                batch, self._waiting[: self._batch] = self._waiting[: self._batch], []
                self._handle(batch)
        self._connection.close()
        self._database.close()

    def _receive(self) -> None:
        """Wait for a message; then take what has arrived, up to a batch, without waiting for more."""
        try:
            self._connection.drain_events(timeout=0.5)
            while len(self._waiting) < self._batch:
                self._connection.drain_events(timeout=0.001)
        except TimeoutError:
            return

    def _handle(self, batch: list[amqp.Message]) -> None:
        by_id = {uuid.UUID(message.properties["message_id"]): message for message in batch}
        with self._database.cursor() as cursor:
            new = {row[0] for row in cursor.execute(_TAKE, [list(by_id)])}
            facts = [(message.headers, json.loads(message.body)) for id_, message in by_id.items() if id_ in new]
            columns = [[data[name] for _, data in facts] for name in ("dossier_no", "full_name", "bhxh_code", "office")]
            cursor.execute(_OPEN, columns)
            cases = [(follow_up_headers(headers, data["dossier_no"]), encode(case_of(data))) for headers, data in facts]
            ids = [headers[PREFIX + "id"] for headers, _ in cases]
            cursor.execute(
                _RECORD,
                [
                    [uuid.UUID(id_) for id_ in ids],
                    [json.dumps(headers) for headers, _ in cases],
                    [body for _, body in cases],
                ],
            )
            numbers = [row[0] for row in cursor]
        self._database.commit()
        self._publish(ids, cases)
        self._database.execute(_FORGET, [numbers])
        self._database.commit()
        self._channel.basic_ack(batch[-1].delivery_tag, multiple=True)

    def _publish(self, ids: list[str], cases: list[tuple[dict[str, Any], bytes]]) -> None:
        for id_, (headers, body) in zip(ids, cases, strict=True):
            self._out.publish(self._terms.out_exchange, self._terms.out_key, body, id_, headers)
        self._out.wait()


def prepare(terms: Terms) -> None:
    peer.create_tables(terms, peer.INBOX, peer.DOSSIERS, _OUTBOX)
    peer.declare_input(terms)


def run(terms: Terms) -> None:
    hop = Hop(terms, peer.setting("BATCH", 200))
    signal.signal(signal.SIGTERM, hop.stop)
    hop.run()


if __name__ == "__main__":
    peer.main(prepare, run)
