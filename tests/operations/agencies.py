"""No outsider can stop us: an agency's queue that refuses, one that nobody reads, a thousand idle connections.

Rounds with and without the disturbance alternate, so that what else happens on the machine meets both alike. The ratio of their
rates is measured in the long form only.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.bus.agencies import POLICY
from services.chassis.testing.processes import wait_until
from tests.operations.hops import Pair
from tests.operations.outsiders import (
    UNREAD,
    Disturbance,
    disk_alarm,
    fill_unread,
    idle_connections,
    rejecting_queue,
    unread_queue,
)
from tests.operations.subjects import say

#: `held_up`: rounds in which internal facts did not come through in time; in the long form also a ratio below 0.95
expect = {"lost": 0, "doubled": 0, "public_missing": 0, "held_up": 0, "disk_alarm": False}

_RATIO = 0.95
_MIB = 1024**2


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    dossiers: int
    pairs: int
    #: most seconds of a round
    patience: float
    connections: int
    #: put into the queue that nobody reads
    mebibytes: int


_SHORT = Size(dossiers=200, pairs=1, patience=20, connections=50, mebibytes=140)
_LONG = Size(dossiers=5000, pairs=12, patience=120, connections=1000, mebibytes=1200)
#: the disk of the long form, and how much of it may fill before the broker stops everybody
_DISK_MIB, _LEFT_MIB = 6 * 1024, 1000


def run(short: bool) -> dict[str, Any]:
    """Try each disturbance; in the long form on a disk of the broker's own (a file mounted as one, which wants root)."""
    size = _SHORT if short else _LONG
    disturbances = {
        "rejecting": rejecting_queue,
        "unread": unread_queue(size.mebibytes),
        "idle": idle_connections(size.connections),
    }
    with _folder() as folder, _disk(folder, wanted=not short) as disk, Pair(folder, disk) as pair:
        pair.file(size.dossiers, size.patience)  # caches, plans and connections
        figures: dict[str, Any] = {}
        for name, disturbance in disturbances.items():
            _limit(pair, disk)
            figures[name] = _try(name, pair, disturbance, size, timed=not short)
        figures |= {
            "filed": pair.filed,
            "lost": pair.lost(),
            "doubled": pair.doubled(),
            "public_missing": pair.feed_missing(),
        }
        if disk:
            _limit(pair, disk)
            figures["unbounded_queue_trips_the_alarm"] = _unbounded(pair, size)
    return figures


def _limit(pair: Pair, disk: Path | None) -> None:
    """Let so much more come on the broker's disk, whatever the feed and the rounds before have filled."""
    if disk:
        free = shutil.disk_usage(disk).free
        pair.rabbit.ctl("set_disk_free_limit", str(free - _LEFT_MIB * _MIB))


def _try(name: str, pair: Pair, disturbance: Disturbance, size: Size, *, timed: bool) -> dict[str, Any]:
    say(name)
    rates: dict[bool, list[float]] = {False: [], True: []}
    held_up = 0
    for number in range(size.pairs):
        # disturbed first in every other pair
        for disturbed in (number % 2 == 1, number % 2 == 0):
            with disturbance(pair) if disturbed else nullcontext():
                round_ = pair.file(size.dossiers, size.patience)
                if round_ is None:
                    held_up += 1
                    assert wait_until(lambda: not pair.lost(), size.patience), (
                        f"facts stay away: disk alarm {disk_alarm(pair)}"
                    )
                else:
                    rates[disturbed].append(round_.per_second)
                # all of the public feed meets the disturbance, and none of it is a burden of the next round
                assert wait_until(pair.feed_is_current, size.patience), f"the public feed stands still: {name}"
    figures: dict[str, Any] = {"held_up": held_up, "disk_alarm": disk_alarm(pair)}
    if timed:
        ratios = [disturbed / quiet for quiet, disturbed in zip(rates[False], rates[True], strict=False)]
        figures |= {
            "undisturbed_per_second": _rounded(rates[False]),
            "disturbed_per_second": _rounded(rates[True]),
            # of neighbours: what else the machine does changes from minute to minute
            "ratio": round(statistics.median(ratios), 3),
            "quartiles": [round(ratio, 3) for ratio in statistics.quantiles(ratios)],
            # above the number of processors: other programs decide these figures
            "load_average": round(os.getloadavg()[0], 1),
        }
        figures["held_up"] += figures["ratio"] < _RATIO
        say(f"{name}: {figures}")
    return figures


def _unbounded(pair: Pair, size: Size) -> bool:
    """Take the bounds away and fill the same queue: whether the disk alarm comes, without which the trial proves nothing."""
    pair.rabbit.ctl("clear_policy", POLICY)
    pair.rabbit.ctl("clear_operator_policy", POLICY)
    with pair.channel() as channel:
        channel.queue_delete(UNREAD)
    fill_unread(pair, size.mebibytes)
    return wait_until(lambda: disk_alarm(pair), 60, interval_seconds=0.5)


def _rounded(rates: list[float]) -> list[float]:
    return [round(rate, 1) for rate in rates]


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="vss-agencies-"))
    folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _disk(folder: Path, *, wanted: bool) -> Iterator[Path | None]:
    """A disk of the broker's own: others' writes must not decide when it is full."""
    if not wanted:
        yield None
        return
    image, mounted = folder / "disk.img", folder / "disk"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(_DISK_MIB * _MIB)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, timeout=60)
    subprocess.run(["mount", "-o", "loop", str(image), str(mounted)], check=True, timeout=60)
    try:
        yield mounted
    finally:
        deadline = time.monotonic() + 30
        while subprocess.run(["umount", str(mounted)], check=False, timeout=60).returncode and time.monotonic() < deadline:
            time.sleep(1)
