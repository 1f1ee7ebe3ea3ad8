"""What hostile bytes could have their reader do, for the tests of `Confined`: the file says which."""

import os
import socket
import time
from collections.abc import Callable
from typing import Any


def read(question: dict[str, Any], content: bytes, room: Any) -> tuple[dict[str, Any], bytes]:
    """Do it, and tell what came of it."""
    return _WHAT[content.decode()](question, room)


def copies(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    room(1 << 20)
    return {"said": question["say"]}, b"made"


def looks_around(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    """Try what would harm others, and tell what worked."""
    found: dict[str, Any] = {"environment": sorted(os.environ)}
    attempts: dict[str, Callable[[], object]] = {
        "file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "connection": socket.socket,
        "pipe": os.pipe,
    }
    for name, work in attempts.items():
        try:
            work()
            found[name] = True
        except OSError:
            found[name] = False
    return found, b""


def crashes(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    os.abort()


def fails(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    raise RuntimeError


def sleeps(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    time.sleep(60)
    return {}, b""


def computes(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    while True:
        pass


def grows(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    room(8 << 20)
    return {"bytes": len(bytearray(200 << 20))}, b""


def grows_unasked(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    return {"bytes": len(bytearray(200 << 20))}, b""


def holds(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    room(question["bytes"])
    time.sleep(1)
    return {}, b""


def writes_much(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    return {}, bytes(40 << 20)


def says_much(question: dict[str, Any], room: Any) -> tuple[dict[str, Any], bytes]:
    return {"said": "x" * 10**6}, b""


_WHAT = {
    each.__name__: each
    for each in (copies, looks_around, crashes, fails, sleeps, computes, grows, grows_unasked, holds, writes_much, says_much)
}
