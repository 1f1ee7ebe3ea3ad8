"""Names of hosts, each looked up on a thread of its own: while a name server is slow, neither green threads nor heavy work wait.

eventlet brings a resolver that needs no threads, but takes memory of every process (dnspython, loaded twice).
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
    """Use it for every connection of this process. The standard library must be patched already."""
    modules: tuple[Any, ...] = (socket, eventlet.green.socket)
    for module in modules:
        module.getaddrinfo = getaddrinfo


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """As `socket.getaddrinfo`, and raising what it raises."""
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
