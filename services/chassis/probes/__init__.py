"""Probes of `vss doctor`: questions that tell an operator what a service needs and does not have.

::

    def look_up_nobody(resources):                        # in SUBJECT/probes.py
        answer = HttpDirectory(…).look_up("0000000000", timeout_seconds=5)
        return "answers, and takes our key"               # what is well, in a few words
                                                          # else: raise Unwell(what is wrong, what to do)

    probes = (Probe("hgd", look_up_nobody, "Is HGD_URL right, and HGĐ up?"),)

A service names them in `PROBES` of its `service.py`. A probe changes nothing that anybody would notice, ends within seconds, and
says neither secrets nor anything about people.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from services.chassis.errors import ChassisError
from services.chassis.resources import Resources

#: all probes run at once; one that is not done by then is unwell
MOST_SECONDS = 20.0


class Unwell(Exception):  # noqa: N818  # a finding, no error
    """Something is not as it should be: ``problem`` says what, ``remedy`` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


@dataclass(frozen=True)
class Probe:
    """One question.

    :param name: lower_snake_case.
    :param ask: returns what is well in a few words; raises ``Unwell``, or anything else that means unwell.
    :param remedy: what to do then, where the exception does not say.
    :param needs: an earlier probe, without which there is no use in asking: one fault is then told once.
    """

    name: str
    ask: Callable[[Resources[Any]], str]
    remedy: str
    needs: str = ""


@dataclass(frozen=True)
class Finding:
    """What became of one probe."""

    probe: str
    well: bool
    said: str
    remedy: str
    seconds: float


def run(probes: Iterable[Probe], resources: Resources[Any]) -> Iterator[Finding]:
    """Yield the findings in order. Probes that need no other run at once; none takes longer than ``MOST_SECONDS``."""
    probes = list(probes)
    begun = {probe.name: _begin(probe, resources) for probe in probes if not probe.needs}
    unwell: set[str] = set()
    for probe in probes:
        if probe.needs in unwell:
            finding = Finding(probe.name, False, f"not asked: {probe.needs} is unwell", f"First see to {probe.needs}.", 0.0)
        else:
            finding = _result(probe, begun.get(probe.name) or _begin(probe, resources))
        if not finding.well:
            unwell.add(probe.name)
        yield finding


def _result(probe: Probe, finding: Future[Finding]) -> Finding:
    try:
        return finding.result(MOST_SECONDS)
    except TimeoutError:
        return Finding(probe.name, False, f"no answer within {MOST_SECONDS:g} s", probe.remedy, MOST_SECONDS)


def _begin(probe: Probe, resources: Resources[Any]) -> Future[Finding]:
    future: Future[Finding] = Future()
    # a daemon: a probe that hangs must not keep the command from ending
    threading.Thread(target=lambda: future.set_result(_ask(probe, resources)), name=probe.name, daemon=True).start()
    return future


def _ask(probe: Probe, resources: Resources[Any]) -> Finding:
    began = time.monotonic()
    try:
        well, said, remedy = True, probe.ask(resources), ""
    except Unwell as unwell:
        well, said, remedy = False, unwell.problem, unwell.remedy
    except ChassisError as error:
        well, said, remedy = False, str(error), probe.remedy
    except Exception as error:
        # a driver's text may quote a URL with its password
        well, said, remedy = False, type(error).__name__, probe.remedy
    return Finding(probe.name, well, said, remedy, time.monotonic() - began)
