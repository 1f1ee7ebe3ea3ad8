"""The peers of the hop benchmark, one program each, and the contract they keep.

A peer is a module `tests/bench/peers/<name>.py`, run as `python -m tests.bench.peers.<name> <command>`:

`prepare`
    Makes what it needs, then exits 0: its tables in the empty database, the quorum queue `IN_QUEUE` bound to `IN_EXCHANGE` with
    `IN_KEY`. The exchanges and the output queue are there already. The harness then loads the facts.
`run`
    Consumes `IN_QUEUE` in **one** process. Prints the line `ready` on stdout when all is set up and before the first
    `basic.consume` is sent: the clock starts there. Runs until SIGTERM, then exits within 20 s.

Both get their terms through the environment (read by `terms.py`; the values are in `wire.py`):

`AMQP_URI`      `amqp://guest:guest@127.0.0.1:<port>/<vhost>`, a virtual host of its own
`DATABASE_URL`  `postgresql://postgres@127.0.0.1:<port>/<database>`, as libpq, psycopg and asyncpg take it
`IN_EXCHANGE` `IN_KEY` `IN_QUEUE` `OUT_EXCHANGE` `OUT_KEY`

and settings to be tuned as `HOP_<SETTING>` with the best known value as default (see README.md for what was tried).

For each message the peer: drops it if its id is in the inbox; inserts one row in the business table; publishes one persistent
`case_opened` to `OUT_EXCHANGE` with `OUT_KEY`, confirmed by the broker; acks last. `case_opened` holds what the fact holds, and
`case_no` (`wire.case_of`); its `message_id` and CloudEvents headers are as in `wire.follow_up_headers`, where the library allows.

Afterwards the harness reads everything back: one business row, one inbox row, one follow-up for each fact, nothing in the
outbox, nothing left or unacked in the queue. If that does not hold there is no figure.
"""

from dataclasses import dataclass

from tests.bench import wire


@dataclass(frozen=True)
class Peer:
    """How to run a peer and where to look afterwards."""

    name: str
    title: str
    in_queue: str = wire.IN_QUEUE
    inbox: str = "inbox"
    business: str = "dossiers"
    #: None for a peer that has no outbox
    outbox: str | None = "outbox"
    #: whether its follow-ups have a message id and the whole CloudEvents envelope
    envelope: bool = True
    #: statements that lay %(rows)s old rows in inbox and business table (`--filled`); none: the peer takes no part in that
    fill: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"tests.bench.peers.{self.name}"


_OLD_INBOX = """
    INSERT INTO inbox (id, received_at)
    SELECT gen_random_uuid(), now() - interval '40 days' FROM generate_series(1, %(rows)s)"""
_OLD_DOSSIERS = """
    INSERT INTO dossiers (dossier_no, full_name, bhxh_code, office, state, opened_at)
    SELECT '250101-' || n || '-0', 'Nguyễn Văn Cũ', lpad(n::text, 10, '0'), 'BHXH huyện Kiến Xương', 'closed', now()
    FROM generate_series(1, %(rows)s) AS n"""

#: in the order of the issue; the keys are those of .run/bench/hop.json
PEERS = {
    peer.name: peer
    for peer in (
        Peer("ceiling", "by hand: py-amqp, psycopg", fill=(_OLD_INBOX, _OLD_DOSSIERS)),
        Peer("chassis", "the chassis", fill=(_OLD_INBOX, _OLD_DOSSIERS)),
        Peer("faststream", "FastStream, asyncpg", outbox=None),
        Peer("faststream_outbox", "faststream-outbox"),
        Peer(
            "nameko",
            "plain nameko, SQLAlchemy",
            in_queue=f"evt-front-{wire.IN_KEY}--hop.open_case",
            outbox=None,
            envelope=False,
        ),
    )
}
