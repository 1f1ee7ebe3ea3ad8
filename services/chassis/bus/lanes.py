"""The lanes of one leading relay: what each reader is sent, and what became of it.

A fact counts as sent on a lane when the queue of that one reader has confirmed it. Returned: nobody is bound to the lane's
exchange. Refused: the reader's queue is full. Unanswered: it confirms nothing. In each case the lane stands still from that fact on, and is tried again; facts go on
being numbered meanwhile, and follow in order when it goes on.
"""

import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import orjson

from services.chassis.bus.fact_log import PUBLIC, Lane
from services.chassis.bus.log_store import LogStore, Numbered, Recorded
from services.chassis.bus.numbering import EPOCH, ERASED, NUMBER, REMINDER, RESENT
from services.chassis.bus.publisher import Outgoing, Publisher, Unanswered
from services.chassis.bus.telling import Telling
from services.chassis.bus.topology import lane_exchange
from services.chassis.facts.envelope import PREFIX
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.25, 5.0
_PROBE_FACTS = 1


class Stopped(StrEnum):
    """Why a lane stands still."""

    UNBOUND = "unbound"
    FULL = "full"
    #: it confirms nothing: it may have lost the majority of its members
    SILENT = "silent"


def outgoing(source: str, reader: str, fact: Numbered, *, resent: bool = False) -> Outgoing:
    """Return the message that tells ``reader`` of ``fact``."""
    headers: dict[str, Any] = orjson.loads(fact.headers)
    if (number := fact.numbers.get(reader)) is not None:
        headers |= {EPOCH: str(fact.epoch), NUMBER: str(number)}
    if resent:
        headers[RESENT] = 1
    if fact.erased:
        headers[ERASED] = 1
    return Outgoing(lane_exchange(source, reader), fact.fact, fact.body.encode(), headers, headers[PREFIX + "id"])


class Lanes:
    """The lanes of the service in ``telling``, from the state in which the log has them."""

    def __init__(self, telling: Telling, store: LogStore, publisher: Publisher) -> None:
        self._telling = telling
        self._store = store
        self._publisher = publisher
        self._numbering = store.open(telling.readers)
        self._current: Sequence[str] = ()
        self._retry_at: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        #: the connection on which each lane was last sent something
        self._sent_on: dict[str, int] = {}
        self._stopped_metric = metrics.of(telling.service).lane_stopped
        for reader in telling.readers:
            self._show(self._lanes[reader])

    @property
    def _lanes(self) -> dict[str, Lane]:
        return self._numbering.lanes

    @property
    def head(self) -> int:
        """The last number given."""
        return self._numbering.head

    @property
    def public_position(self) -> int:
        """The number up to which the public feed had everything when the lead was taken."""
        return self._lanes[PUBLIC].position

    def number(self, recorded: Sequence[Recorded]) -> list[Numbered]:
        """Move ``recorded`` from the outbox into the log.

        :raises LostLead: if somebody else has numbered meanwhile.
        """
        before = self.head
        facts, self._numbering = self._store.number(recorded, self._numbering, self._telling)
        # a lane that had everything will have everything up to here; the others catch up
        self._current = [reader for reader in self._telling.readers if self._lanes[reader].position == before]
        return facts

    def send(self, facts: Sequence[Numbered]) -> None:
        """Send facts just numbered on the lanes that have all before them.

        :raises Transient: if the broker went away: the lanes stay behind, and catch up.
        """
        self._send(dict.fromkeys(self._current, facts), self.head)

    def catch_up(self, most: int) -> bool:
        """Send the next facts on each lane that is behind and due; whether there are more to send at once.

        :param most: facts of the log to look through.
        """
        now, more = time.monotonic(), False
        for reader in self._telling.readers:
            lane = self._lanes[reader]
            if lane.position >= self.head or self._retry_at.get(reader, 0.0) > now:
                continue
            upto = min(lane.position + most, self.head)
            facts = self._store.between(lane.position, upto, reader)
            if lane.stopped and len(facts) > _PROBE_FACTS:
                # a full queue is asked with one, not with a thousand
                facts, upto = facts[:_PROBE_FACTS], facts[_PROBE_FACTS - 1].number
            self._send({reader: facts}, upto)
            more = more or (not self._lanes[reader].stopped and self._lanes[reader].position < self.head)
        return more

    def due_in(self) -> float:
        """Seconds until a lane that stands still is to be tried again."""
        waiting = [
            self._retry_at.get(reader, 0.0) for reader in self._telling.readers if self._lanes[reader].position < self.head
        ]
        return max(0.0, min(waiting, default=float("inf")) - time.monotonic())

    def delivered_everywhere(self) -> int:
        """The number up to which every lane has everything."""
        return min((self._lanes[reader].position for reader in self._telling.readers), default=self.head)

    def remind(self, *, idle: bool) -> None:
        """Send the last fact of each lane that is up to date once more.

        :param idle: only where nothing was sent on this connection: what was shows a gap before it just as well.
        :raises Transient: if the broker went away.
        """
        messages = []
        for reader in self._telling.readers:
            lane = self._lanes[reader]
            if (
                not lane.last
                or lane.position < self.head
                or (idle and self._sent_on.get(reader) == self._publisher.connections)
            ):
                continue
            if (fact := self._store.one(lane.last)) is not None:
                messages.append(self._reminder(reader, fact))
        outcome = self._publisher.publish(messages)
        if outcome.returned or outcome.refused:
            # the next fact finds out the same
            log.warning("lanes_not_reminded", count=len(outcome.returned | outcome.refused))

    def _reminder(self, reader: str, fact: Numbered) -> Outgoing:
        """A copy for which a reader does nothing but see how far its lane has come; a release before 0.3 drops it by its id."""
        message = outgoing(self._telling.service, reader, fact, resent=True)
        body = orjson.loads(message.body)
        forgotten = {name: "" for name in self._telling.secrets.get(fact.fact, ()) if name not in body}
        return message._replace(body=orjson.dumps(body | forgotten), headers=message.headers | {REMINDER: 1})

    def _send(self, facts: dict[str, Sequence[Numbered]], upto: int) -> None:
        messages: list[Outgoing] = []
        owners: list[tuple[str, Numbered]] = []
        for reader, some in facts.items():
            for fact in some:
                if reader in fact.numbers:
                    messages.append(outgoing(self._telling.service, reader, fact))
                    owners.append((reader, fact))
        unanswered: frozenset[int] = frozenset()
        try:
            outcome = self._publisher.publish(messages)
        except Unanswered as error:
            outcome, unanswered = error.outcome, error.positions
        first: dict[str, tuple[Numbered, Stopped]] = {}
        for place in sorted(outcome.returned | outcome.refused | unanswered):
            reader, fact = owners[place]
            why = Stopped.SILENT if place in unanswered else Stopped.UNBOUND if place in outcome.returned else Stopped.FULL
            first.setdefault(reader, (fact, why))
        moved = [self._moved(reader, upto, first.get(reader), facts[reader]) for reader in facts]
        self._lanes.update({lane.reader: lane for lane in moved})
        if moved:
            self._store.advance(moved)

    def _moved(self, reader: str, upto: int, failed: tuple[Numbered, Stopped] | None, facts: Sequence[Numbered]) -> Lane:
        """The lane after an attempt: all up to ``upto`` is there, or all before the fact that failed."""
        before = self._lanes[reader]
        if failed is None:
            last = next((fact.numbers[reader] for fact in reversed(facts) if reader in fact.numbers), before.delivered)
            after = before._replace(position=upto, delivered=last, stopped=None)
            if last != before.delivered:
                self._sent_on[reader] = self._publisher.connections
            self._pause.pop(reader, None)
            self._retry_at.pop(reader, None)
        else:
            fact, why = failed
            number = fact.numbers[reader]
            after = before._replace(position=fact.number - 1, delivered=number - 1, stopped=why.value)
            pause = self._pause.get(reader, _SHORTEST_SECONDS)
            self._pause[reader] = min(pause * 2, _LONGEST_SECONDS)
            self._retry_at[reader] = time.monotonic() + pause
        if after.stopped != before.stopped:
            self._tell(after)
        return after

    def _tell(self, lane: Lane) -> None:
        if lane.stopped:
            log.warning("lane_stopped", reader=lane.reader, reason=lane.stopped)
        else:
            log.info("lane_goes_on", reader=lane.reader)
        self._show(lane)

    def _show(self, lane: Lane) -> None:
        for why in Stopped:
            self._stopped_metric[lane.reader, why.value].set(lane.stopped == why.value)
