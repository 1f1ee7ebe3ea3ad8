"""Connections that dribble, fall silent or never read take nobody's place, without a front door (item 4 of the penetration test)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from tests.attacks import slowloris
from tests.attacks.lonely import Lonely, lonely

#: of one address, of all; how many bytes a second a body must have after how many seconds
_EACH, _ALL, _RATE, _HEAD_SECONDS = 10, 40, 1000, 2.0
#: what a full machine may add; before, `/healthz` was silent for 90 s
_LONGEST_SECONDS = 5.0


@pytest.fixture(scope="module")
def attacked() -> Iterator[Lonely]:
    with lonely(
        "registration",
        HTTP_MAX_CONNECTIONS=_ALL,
        HTTP_MAX_CONNECTIONS_PER_ADDRESS=_EACH,
        HTTP_BODY_BYTES_PER_SECOND=_RATE,
        HTTP_HEAD_SECONDS=_HEAD_SECONDS,
        FILING_PER_ADDRESS_HOUR=0,
    ) as running:
        yield running


def connect(attacked: Lonely, source: str, sent: bytes) -> socket.socket:
    sock = socket.socket()
    sock.bind((source, 0))
    sock.settimeout(10)
    sock.connect(("127.0.0.1", attacked.port))
    sock.sendall(sent)
    return sock


def is_open(sock: socket.socket) -> bool:
    """Whether the other side still holds it; what it has said is read away."""
    sock.setblocking(False)
    try:
        while sock.recv(65536):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def body(attacked: Lonely, source: str, length: int) -> socket.socket:
    head = f"POST /registration/declarations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    return connect(attacked, source, head.encode())


def test_one_address_has_a_share_of_the_connections_and_takes_none_of_its_neighbours(attacked: Lonely) -> None:
    silent = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    neighbours = [connect(attacked, "127.0.1.9", silent) for _ in range(3)]
    greedy = [connect(attacked, "127.0.1.8", silent) for _ in range(3 * _EACH)]
    time.sleep(0.5)
    assert sum(map(is_open, greedy)) <= _EACH
    assert all(map(is_open, neighbours))
    assert is_open(greedy[-1]), "the latest stays, the longest silent one goes"
    for each in (*greedy, *neighbours):
        each.close()


def test_a_body_that_dribbles_is_refused_and_one_that_is_fast_enough_is_taken(attacked: Lonely) -> None:
    slow, fast = body(attacked, "127.0.0.10", 100_000), body(attacked, "127.0.0.11", 12_000)
    begun = time.monotonic()
    for _ in range(6):
        fast.sendall(b" " * 2000)
        time.sleep(0.6)
        with contextlib.suppress(OSError):
            slow.send(b" ")
    assert time.monotonic() - begun > _HEAD_SECONDS
    fast.setblocking(True)
    assert fast.recv(100).startswith(b"HTTP/1.1 400"), "all of it came, and blanks are no JSON"
    slow.settimeout(_LONGEST_SECONDS)
    assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_while_every_place_is_taken_by_slow_bodies_people_are_let_in_and_health_checks_too(attacked: Lonely) -> None:
    held = [body(attacked, f"127.0.0.{20 + number // _EACH}", 900_000) for number in range(_ALL)]
    stop = threading.Event()

    def just_fast_enough() -> None:
        while not stop.wait(0.25):
            for each in held:
                with contextlib.suppress(OSError):
                    each.send(b" " * 500)

    pouring = threading.Thread(target=just_fast_enough)
    pouring.start()
    try:
        time.sleep(0.3)
        begun = time.monotonic()
        assert requests.get(f"{attacked.url}/healthz", timeout=10).status_code == 200
        assert time.monotonic() - begun < _LONGEST_SECONDS
        assert requests.get(f"{attacked.url}/registration/offices?province=01", timeout=15).status_code == 200
    finally:
        stop.set()
        pouring.join()
        for each in held:
            each.close()


def test_hundreds_of_dribbling_connections_from_many_addresses_silence_no_health_check_and_keep_nobody_out(
    attacked: Lonely,
) -> None:
    figures = slowloris.under_attack(attacked, 200, 5.0, sources=40)
    assert figures["healthz_longest_seconds"] < _LONGEST_SECONDS, figures
    assert figures["people_answered_percent"] >= 75, figures
