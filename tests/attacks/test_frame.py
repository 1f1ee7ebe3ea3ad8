"""The frame that runs attacks: it finds them, judges figures, and sees a silent or fat service."""

import json
import os
import subprocess
import sys
import threading
import time
import types
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.stranger import Stranger, addresses
from tests.attacks.subjects import attack, name_of, subjects
from tests.attacks.watch import Watcher, resident_mib
from tests.operations.figures import AtMost


def subject(figures: dict[str, object], bars: dict[str, object]) -> Any:
    module: Any = types.ModuleType("tests.attacks.example")
    module.run = lambda *, scale: figures | {"scale": scale}
    module.BARS = bars
    return module


@pytest.mark.parametrize(
    ("figures", "bars", "wrong"),
    [
        ({"locked": 0}, {"locked": 0}, []),
        ({"locked": 3}, {"locked": AtMost(2)}, ["locked is 3, not AtMost(limit=2)"]),
        ({}, {"locked": 0}, ["locked was not measured"]),
    ],
)
def test_a_bar_that_does_not_hold_is_recorded(
    tmp_path: Path, figures: dict[str, object], bars: dict[str, object], wrong: list[str]
) -> None:
    record = attack(subject(figures, bars), scale=0.5, folder=tmp_path)
    assert record["wrong"] == wrong
    assert json.loads((tmp_path / "example.json").read_text())["figures"]["scale"] == 0.5


def test_an_attack_that_breaks_off_leaves_a_record(tmp_path: Path) -> None:
    broken = subject({}, {})
    broken.run = lambda *, scale: 0 // int(scale - scale)
    with pytest.raises(ZeroDivisionError):
        attack(broken, scale=1.0, folder=tmp_path)
    assert json.loads((tmp_path / "example.json").read_text())["wrong"] == [
        "broke off: ZeroDivisionError: integer division or modulo by zero"
    ]


def test_every_attack_says_what_it_is() -> None:
    for found in subjects():
        assert (found.__doc__ or "").strip(), f"{name_of(found)} has no docstring"


class _Slow(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(1.2)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_watcher_counts_the_seconds_in_which_a_service_is_silent() -> None:
    slow = HTTPServer(("127.0.0.1", 0), _Slow)
    threading.Thread(target=slow.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{slow.server_port}"
    with Watcher({"slow": url}, {"slow": os.getpid()}) as watcher:
        assert Stranger(url, "101.0.0.7").call("GET", "/") is not None
    slow.shutdown()
    slow.server_close()
    with Watcher({"gone": url}) as silent:
        time.sleep(0.6)
    figures = watcher.figures()
    assert figures["healthz_slow_seconds"] >= 1.0, figures
    assert figures["rss_max_mib"] > 10, figures
    assert silent.figures()["healthz_slow_seconds"] >= 0.5, "a refused connection is silence, too"


def test_memory_of_children_counts_with_their_parent() -> None:
    alone = resident_mib([os.getpid()])
    hog = subprocess.Popen(
        [sys.executable, "-c", "x = b'x' * 60_000_000; print(1, flush=True); input()"], stdin=-1, stdout=-1
    )
    assert hog.stdout
    hog.stdout.readline()
    together = resident_mib([os.getpid()])
    hog.communicate(b"\n")
    assert together > alone + 50


def test_a_stranger_has_as_many_addresses_as_wanted() -> None:
    assert len(set(addresses(70_000))) == 70_000
