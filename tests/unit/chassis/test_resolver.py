"""Names of hosts: the same answers as ever, and nobody else waits for them."""

import socket
import threading
import time
from typing import Any

import eventlet
import pytest

from services.chassis.green import resolver


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", None])
def test_answers_are_those_of_the_standard_library(host: str | None) -> None:
    assert resolver.getaddrinfo(host, 80, 0, socket.SOCK_STREAM) == socket.getaddrinfo(host, 80, 0, socket.SOCK_STREAM)


def test_a_name_that_nobody_has_raises_what_the_standard_library_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_args: Any, **_kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(resolver.real_socket, "getaddrinfo", nobody)
    with pytest.raises(socket.gaierror):
        resolver.getaddrinfo("nobody.invalid", 80)


def test_other_green_threads_go_on_while_a_name_server_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(resolver.real_socket, "getaddrinfo", lambda *_args, **_kwargs: answer.wait(10) and ["found"])
    steps = 0

    def works() -> None:
        nonlocal steps
        while not answer.is_set():
            steps += 1
            if steps == 20:
                answer.set()
            eventlet.sleep(0.001)

    began = time.monotonic()
    worker = eventlet.spawn(works)
    assert resolver.getaddrinfo("slow.example", 80) == ["found"]
    worker.wait()
    assert steps == 20
    assert time.monotonic() - began < 5
