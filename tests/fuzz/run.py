"""Shoot, wait until all is still, and count: what went in must be handled or parked, once, and nothing may spin."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playground.program import Program
from services.chassis.testing.processes import wait_until
from tests.fuzz.generate import QUEUE, shots
from tests.fuzz.service import SEEN_VARIABLE, digest
from tests.stand import raw
from tests.stand.place import Place

TARGET = "tests.fuzz.service:Target"
#: messages kept waiting while shooting: the broker's memory is not what is to be tested
_MOST_WAITING = 20_000
_STILL_SECONDS = 2.0

Progress = Callable[[str, int], None]


@dataclass
class Result:
    """What became of the messages; `faults` is empty if all went well."""

    sent: int = 0
    good: int = 0
    handled: int = 0
    parked: int = 0
    dropped_copies: int = 0
    lost: int = 0
    doubled: int = 0
    delivered: int = 0
    idle_cpu: float = 0.0
    seconds: float = 0.0
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def write(self, file: Path, **more: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({**more, **asdict(self)}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass
class _Sent:
    kinds: dict[str, str] = field(default_factory=dict)
    bodies: Counter[str] = field(default_factory=Counter)
    good_ids: set[str] = field(default_factory=set)


def run(place: Place, count: int, seed: int, *, timeout_seconds: float, progress: Progress = print) -> Result:
    """Send `count` messages to a process of its own at `place` and judge what became of them."""
    result, began = Result(), time.monotonic()
    seen_file = place.folder / "seen.txt"
    seen_file.touch()
    target = place.start(TARGET, **{SEEN_VARIABLE: seen_file}).ready()
    deadline = began + timeout_seconds
    sent = _shoot(place, target, count, seed, deadline, progress)
    still = _wait_until_still(place, target, seen_file, deadline, progress)
    result.sent, result.good = sent.bodies.total(), len(sent.good_ids)
    if not target.running:
        result.faults.append(f"the consumer died: {target.output[-1500:]}")
    elif not still:
        result.faults.append(f"not still after {timeout_seconds:g} s: {_waiting(place)} messages wait")
    else:
        result.idle_cpu = _idle_cpu(target)
        if result.idle_cpu > 0.4:
            result.faults.append(f"with nothing to do the consumer takes {result.idle_cpu:.0%} of a core")
    _judge(place, sent, seen_file, result)
    if lost := len(target.events("consumer_waits_for_broker")):
        result.faults.append(f"the connection was lost {lost} times")
    if target.running and (code := target.stop(60)) != 0:
        result.faults.append(f"the consumer ended with {code}")
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _shoot(place: Place, target: Program, count: int, seed: int, deadline: float, progress: Progress) -> _Sent:
    sent, wire = _Sent(), raw.Wire(place.amqp_uri)
    for number, shot in enumerate(shots(count, seed)):
        if number % 1000 == 0:
            progress("sent", number)
            wait_until(lambda: _waiting(place) < _MOST_WAITING or not target.running, max(0, deadline - time.monotonic()))
            if not target.running or time.monotonic() > deadline:
                break
        wire.send(shot.message)
        key = digest(shot.message.body)
        sent.bodies[key] += 1
        sent.kinds[key] = shot.kind
        if shot.good_id:
            sent.good_ids.add(shot.good_id)
    wire.wait()
    wire.close()
    progress("sent", sent.bodies.total())
    return sent


def _wait_until_still(place: Place, target: Program, seen: Path, deadline: float, progress: Progress) -> bool:
    """Whether everything has been dealt with: nothing waits, and nothing is delivered any more."""
    size, since = -1, time.monotonic()
    while target.running and time.monotonic() < deadline:
        waiting, now = _waiting(place), seen.stat().st_size
        progress("waiting", waiting)
        if waiting or now != size:
            size, since = now, time.monotonic()
        elif time.monotonic() - since > _STILL_SECONDS:
            return True
        time.sleep(0.2)
    return False


def _judge(place: Place, sent: _Sent, seen_file: Path, result: Result) -> None:
    handled = Counter(id_ for (id_,) in place.rows("SELECT id FROM handled"))
    parked, result.reasons = _parked(place)
    deliveries: Counter[str] = Counter()
    ids: dict[str, set[str]] = {}
    for line in seen_file.read_text(encoding="ascii").splitlines():
        body, id_ = line.split()
        deliveries[body] += 1
        ids.setdefault(body, set()).add(id_)
    result.handled, result.parked, result.delivered = handled.total(), parked.total(), deliveries.total()
    result.doubled = sum(times - 1 for times in handled.values())
    hexes = {id_.replace("-", "") for id_ in handled}
    kinds: dict[str, Counter[str]] = {}
    for body, times in sent.bodies.items():
        put_away = parked[body]
        fate = kinds.setdefault(sent.kinds[body], Counter())
        fate["parked"] += min(put_away, times)
        if put_away > times:
            fate["parked again"] += put_away - times
        rest = times - put_away
        if rest > 0:
            known = bool(ids.get(body, set()) & hexes)
            fate["handled" if known else "lost"] += rest
    result.kinds = {kind: dict(fate) for kind, fate in sorted(kinds.items())}
    result.lost = sum(fate["lost"] for fate in kinds.values())
    result.dropped_copies = sum(fate["handled"] for fate in kinds.values()) - result.handled
    missing = len(sent.good_ids - handled.keys())
    for number, what in (
        (result.lost, "messages are neither handled nor parked"),
        (missing, "good messages were not handled"),
        (result.doubled, "messages were handled twice"),
        (sum(fate["parked again"] for fate in kinds.values()), "messages were parked twice"),
        (len(parked.keys() - sent.bodies.keys()), "parked messages have a body that was never sent"),
        (max(0, result.delivered - round(result.sent * 1.05)), "deliveries more than a twentieth above what was sent"),
        (_waiting(place), "messages are left in the queue"),
        (place.rows("SELECT count(*) FROM outbox")[0][0], "facts that followed were never sent"),
    ):
        if number:
            result.faults.append(f"{number} {what}")


def _parked(place: Place) -> tuple[Counter[str], dict[str, int]]:
    """Bodies of parked messages, and the reasons."""
    rows = place.held()
    bodies = Counter(digest(bytes(row["body"])) for row in rows)
    reasons = Counter(str(row["reason"]) for row in rows)
    return bodies, dict(sorted(reasons.items()))


def _waiting(place: Place) -> int:
    return place.depth(QUEUE) + place.depth("target.parked")


def _idle_cpu(target: Program, seconds: float = 2.0) -> float:
    """The share of one core that the process takes."""
    before = _cpu_seconds(target.pid)
    time.sleep(seconds)
    return (_cpu_seconds(target.pid) - before) / seconds


def _cpu_seconds(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
