"""How far a move of parked messages came, and how fast it may go."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pika

from services.chassis.cli.parked_message import Parked, Summary

_BATCH = 1000
_WINDOW = 200
_NAP_SECONDS = 0.2


@dataclass(slots=True)
class Tally:
    """Counts messages, not copies. What is neither ``done`` nor ``missing`` is still parked."""

    wanted: int
    done: int = 0
    refused: int = 0
    stopped: bool = False
    failure: str | None = None
    _copies: dict[bytes, int] = field(default_factory=dict, repr=False)
    _met: set[bytes] = field(default_factory=set, repr=False)
    _to_meet: int = 0

    @classmethod
    def of(cls, chosen: Sequence[Summary]) -> "Tally":
        """A tally that nothing of is done yet."""
        copies = {message.key: message.copies for message in chosen}
        return cls(sum(message.messages for message in chosen), _copies=copies, _to_meet=sum(copies.values()))

    @property
    def missing(self) -> int:
        """Chosen, and no longer there: somebody else has dealt with them meanwhile."""
        return 0 if self.stopped or self.failure else self.wanted - self.done - self.refused

    @property
    def all_met(self) -> bool:
        """Whether every copy that was chosen has been out of the queue once."""
        return self._to_meet <= 0

    def __contains__(self, message: Parked) -> bool:
        return message.key in self._copies

    def off(self, messages: Iterable[Parked]) -> int:
        """Note that these have left the parking lot; how many messages (not copies) that are."""
        before = self.done
        for message in messages:
            self._to_meet -= 1
            if message.id and message.key in self._met:
                continue
            self._met.add(message.key)
            self.done += 1
        return self.done - before


class Pace:
    """Spreads a move over time and keeps the connection alive meanwhile."""

    def __init__(self, connection: pika.BlockingConnection, per_second: float | None) -> None:
        self._connection = connection
        self._per_second = per_second
        self._began = time.monotonic()
        self._sent = 0
        #: messages in flight at once, and held at once: few if it goes slowly, so that they are not held for long
        self.window = _WINDOW if per_second is None else max(1, min(_WINDOW, int(per_second / 2)))
        self.batch = _BATCH if per_second is None else max(1, min(_BATCH, int(per_second * 60)))

    def wait(self, sent: int, stop: Callable[[], bool]) -> None:
        """Wait until ``sent`` more are not too many, or until ``stop``."""
        if self._per_second is None:
            return
        self._sent += sent
        until = self._began + self._sent / self._per_second
        while (seconds := until - time.monotonic()) > 0 and not stop():
            self._connection.sleep(min(seconds, _NAP_SECONDS))
