"""From a verdict about an answer to the failure that a port raises: the same for every provider (docs/providers.md, decision 46)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.jobs import RetryAfter
from services.chassis.verdicts import Fault, Verdict


@dataclass(frozen=True, slots=True)
class Failures:
    """The failures of one port, by what an answer is about.

    `busy_seconds`: how long a busy provider is left alone that does not say how long; None: as after any passing failure.
    """

    unavailable: Callable[[str], Exception]
    no_answer: Callable[[str], Exception]
    refused: Callable[[str, str], Exception]
    account_refused: Callable[[str, str], Exception]
    busy_seconds: float | None = None

    def of(self, verdict: Verdict, detail: str, *, sending: bool = True, wait: float | None = None) -> Exception:
        """Return the failure.

        :param sending: it was a request to send. A question that failed has changed nothing, and says nothing about the message it asks for.
        :param wait: how long the provider asks to be left alone, in seconds.
        """
        match verdict.fault:
            case Fault.PASSING if verdict.code == "busy" and (seconds := wait or self.busy_seconds):
                return RetryAfter(detail, after_seconds=seconds)
            case Fault.PASSING:
                return self.unavailable(detail)
            case Fault.UNKNOWN:
                return self.no_answer(detail) if sending else self.unavailable(detail)
            case Fault.MESSAGE if sending:
                return self.refused(verdict.code, detail)
            case _:
                return self.account_refused(verdict.code, detail)
