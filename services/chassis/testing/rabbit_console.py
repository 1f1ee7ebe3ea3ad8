"""A way into a running test broker that takes milliseconds, where rabbitmqctl takes a second.

Each rabbitmqctl boots an Erlang VM of its own. A virtual host for every test would cost the run
minutes, so the broker is started with a few lines of Erlang that evaluate what they read from a
socket file in its (private) data folder.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from services.chassis.testing.processes import NodeError, wait_until

_SOCKET = "console.sock"  # relative to the broker's working folder: paths of sockets must be short

# One request a connection: 4 bytes length + Erlang text; answer: the same, first byte 0 = fine.
ERLANG = f"""
spawn(fun() ->
  file:delete("{_SOCKET}"),
  {{ok, Listener}} = gen_tcp:listen(0, [
    {{ifaddr, {{local, "{_SOCKET}"}}}}, binary, {{packet, 4}}, {{active, false}}]),
  Serve = fun Serve() ->
    {{ok, Client}} = gen_tcp:accept(Listener),
    case gen_tcp:recv(Client, 0) of
      {{ok, Text}} ->
        Answer = try
          {{ok, Tokens, _}} = erl_scan:string(unicode:characters_to_list(Text)),
          {{ok, Expressions}} = erl_parse:parse_exprs(Tokens),
          {{value, Value, _}} = erl_eval:exprs(Expressions, []),
          [0, io_lib:format("~tp", [Value])]
        catch Class:Reason -> [1, io_lib:format("~tp", [{{Class, Reason}}])] end,
        gen_tcp:send(Client, unicode:characters_to_binary(Answer));
      _ -> gone
    end,
    gen_tcp:close(Client),
    Serve()
  end,
  Serve()
end).
"""


def evaluate(folder: Path, expression: str, *, timeout_seconds: float = 30) -> str:
    """What an Erlang expression (it ends with a full stop) gives in the broker of this folder.

    Raises NodeError when the broker does not run or the expression fails.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(timeout_seconds)
            path = f"/proc/self/fd/{opened}/{_SOCKET}"
            if not wait_until(lambda: client.connect_ex(path) == 0, min(10, timeout_seconds)):
                raise NodeError(f"the broker in {folder} does not listen to commands")
            text = expression.encode()
            client.sendall(struct.pack(">I", len(text)) + text)
            answer = _read_frame(client)
    except OSError as error:
        raise NodeError(f"the broker in {folder} did not answer: {error}") from error
    finally:
        os.close(opened)
    if answer[:1] != b"\0":
        raise NodeError(f"{expression} failed in the broker: {answer[1:].decode()}")
    return answer[1:].decode()


def _read_frame(client: socket.socket) -> bytes:
    (length,) = struct.unpack(">I", _read(client, 4))
    return _read(client, length)


def _read(client: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        part = client.recv(length - len(received))
        if not part:
            raise NodeError("the broker went away before it had answered")
        received += part
    return received
