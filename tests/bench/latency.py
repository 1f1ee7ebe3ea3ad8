"""How long does a hop take when there is no queue? 200 facts a second, one by one, timed from outside.

A fact is timed from the moment before it is published to the moment its follow-up is delivered to the one who measures: broker,
hop and broker again. Writes .run/bench/latency.json.
"""

import json
import os
import threading
import time
from pathlib import Path
from typing import Annotated

import pika
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench import wire
from tests.bench.measure import RunError, await_ready, prepare, programs_of, stop
from tests.bench.peers import PEERS
from tests.bench.rig import Ground, Rig

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_DRAIN_SECONDS = 10.0


class _Listener(threading.Thread):
    """Notes when each follow-up arrives."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(daemon=True)
        self._ground = ground
        self.arrived: dict[str, float] = {}
        self.ready = threading.Event()
        self.expected = -1

    def run(self) -> None:
        with self._ground.broker() as connection:
            channel = connection.channel()
            self.ready.set()
            for method, properties, _body in channel.consume(wire.OUT_QUEUE, auto_ack=True, inactivity_timeout=1.0):
                if method is not None and properties is not None:
                    self.arrived[str((properties.headers or {})[wire.PREFIX + "subject"])] = time.perf_counter()
                if 0 <= self.expected <= len(self.arrived):
                    return


def _send(ground: Ground, per_second: float, facts: list[wire.Message], warm_up: int) -> dict[str, float]:
    sent: dict[str, float] = {}
    with ground.broker() as connection:
        channel = connection.channel()
        began = time.perf_counter()
        for number, fact in track(list(enumerate(facts)), "sends"):
            wait = began + number / per_second - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            if number >= warm_up:
                sent[fact.headers[wire.PREFIX + "subject"]] = time.perf_counter()
            properties = pika.BasicProperties(
                message_id=fact.id, headers=fact.headers, content_type=wire.CONTENT_TYPE, delivery_mode=2
            )
            channel.basic_publish(wire.IN_EXCHANGE, wire.IN_KEY, fact.body, properties)
            connection.process_data_events(0)
    return sent


def main(
    per_second: Annotated[float, typer.Option(min=1, help="Facts a second.")] = 200.0,
    seconds: Annotated[float, typer.Option(min=1, help="How long, after two seconds of warming up.")] = 20.0,
    only: Annotated[str, typer.Option(help=f"One of {','.join(PEERS)}.")] = "chassis",
    out: Annotated[Path, typer.Option(help="Where latency.json goes.")] = _OUT,
) -> None:
    """Measure p50 and p99 of one hop at a steady rate."""
    out.mkdir(parents=True, exist_ok=True)
    peer, warm_up = PEERS[only], round(2 * per_second)
    facts = list(wire.facts(round(per_second * seconds) + warm_up))
    log = out / f"{peer.name}.latency.log"
    with Rig() as rig, rig.ground() as ground, log.open("wb") as errors:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **ground.environment(peer)}
        prepare(peer, environment, errors.fileno(), log)
        listener = _Listener(ground)
        listener.start()
        listener.ready.wait(10)
        with programs_of(peer, environment, errors.fileno(), 1) as programs:
            await_ready(peer, programs, log)
            sent = _send(ground, per_second, facts, warm_up)
            listener.expected = len(facts)
            listener.join(_DRAIN_SECONDS)
            stop(programs, peer)
    if missing := sent.keys() - listener.arrived.keys():
        raise RunError(f"{len(missing)} follow-ups did not arrive within {_DRAIN_SECONDS:.0f} s")
    times = sorted(1000 * (listener.arrived[subject] - at) for subject, at in sent.items())
    figures = {
        "peer": peer.name,
        "facts_per_second": per_second,
        "facts": len(times),
        **{f"p{share}_ms": round(times[min(len(times) - 1, len(times) * share // 100)], 2) for share in (50, 90, 99)},
        "longest_ms": round(times[-1], 2),
    }
    (out / "latency.json").write_text(json.dumps(figures, indent=2) + "\n")
    table = Table("facts/s", "p50 ms", "p90 ms", "p99 ms", "longest ms", title=f"One hop through {peer.title}, steadily")
    table.add_row(f"{per_second:.0f}", *(f"{figures[name]}" for name in ("p50_ms", "p90_ms", "p99_ms", "longest_ms")))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
