"""Host look-ups on a thread each: a slow name server blocks neither green threads nor `run_in_thread` (decision 23).

eventlet's own resolver needs no threads, but costs memory in every process (dnspython, loaded twice).
"""

import ipaddress
import socket
from typing import Any

import eventlet
import eventlet.green.socket
import eventlet.patcher

real_socket = eventlet.patcher.original("socket")
_threading = eventlet.patcher.original("threading")
_LOOK_SECONDS = 0.002


def install() -> None:
    """Install `getaddrinfo` for this process, after the standard library was patched."""
    modules: tuple[Any, ...] = (socket, eventlet.green.socket)
    for module in modules:
        module.getaddrinfo = getaddrinfo


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Resolve like `socket.getaddrinfo`, with the same errors."""
    if host is None or _is_address(host):
        return real_socket.getaddrinfo(host, *args, **kwargs)
    answers: list[Any] = []

    def look_up() -> None:
        try:
            answers.append(real_socket.getaddrinfo(host, *args, **kwargs))
        except Exception as error:
            answers.append(error)

    _threading.Thread(target=look_up, name="resolver", daemon=True).start()
    while not answers:
        eventlet.sleep(_LOOK_SECONDS)
    if isinstance(answers[0], Exception):
        raise answers[0]
    return answers[0]


def _is_address(host: Any) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True
