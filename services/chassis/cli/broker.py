"""One bounded connection to the broker for the command-line tools, and plain words for what can go wrong with it.

Transient
└── BrokerUnreachable    no connection, or it was lost: what to check stands in the text
Permanent
└── BrokerRefused        it answered, and said no
    └── NoSuchQueue
"""

import logging
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import pika
from pika import exceptions
from pika.adapters.utils.connection_workflow import AMQPConnectorException

from services.chassis import tls
from services.chassis.errors import Permanent, SettingsError, Transient
from services.chassis.settings import ChassisSettings, Url

#: each of a host's addresses gets this long; `localhost` has two, and nobody is to wait longer than 10 s
_CONNECT_SECONDS = 4.0
_HEARTBEAT_SECONDS = 10
_NOT_FOUND = 404


class BrokerUnreachable(Transient):
    """There is no connection to the broker, or it was lost meanwhile."""


class BrokerRefused(Permanent):
    """The broker answered, and said no."""


class NoSuchQueue(BrokerRefused):
    """A queue that is needed does not exist."""


def address(given: str | None, environ: Mapping[str, str] = os.environ) -> Url:
    """Where the broker is: as ``given``, else as `AMQP_URI` or the file named by `AMQP_URI_FILE` say.

    :raises SettingsError: if that is no AMQP address.
    """
    uri: Url = ChassisSettings.read_one("amqp_uri", {"AMQP_URI": given} if given else environ)
    try:
        parameters(uri)
    except ValueError as error:
        raise SettingsError([f"AMQP_URI: {error}"]) from None
    return uri


def management_address(given: str | None, environ: Mapping[str, str] = os.environ) -> Url | None:
    """Where the broker's management plugin is: as ``given``, else as `RABBITMQ_MANAGEMENT_URL` (or its file) says; None if nowhere.

    :raises SettingsError: if that is no HTTP address.
    """
    url: Url | None = ChassisSettings.read_one(
        "rabbitmq_management_url", {"RABBITMQ_MANAGEMENT_URL": given} if given else environ
    )
    return url


@contextmanager
def connected(uri: Url) -> Iterator[pika.BlockingConnection]:
    """A connection that is closed at the end, whatever happens.

    :raises BrokerUnreachable: within 10 s if there is none to be had, and whenever it is lost inside.
    :raises BrokerRefused: if the broker closes a channel and nobody inside took care of it.
    """
    # pika tells its troubles in log lines with tracebacks; here they become sentences
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    try:
        connection = pika.BlockingConnection(parameters(uri))
    except (exceptions.AMQPError, AMQPConnectorException, OSError) as error:
        raise BrokerUnreachable(f"Cannot reach the broker at {uri}: {_why(error)}") from None
    try:
        yield connection
    except exceptions.ChannelClosedByBroker as error:
        raise refusal(error) from None
    except (exceptions.AMQPError, OSError) as error:
        raise BrokerUnreachable(
            f"The connection to the broker at {uri} was lost ({_root(error)}). Check that it runs, then try again."
        ) from None
    finally:
        with suppress(exceptions.AMQPError, OSError):
            connection.close()


def refusal(error: exceptions.ChannelClosedByBroker) -> BrokerRefused:
    """The broker's reason for closing a channel."""
    if error.reply_code == _NOT_FOUND:
        return NoSuchQueue(f"The broker said: {error.reply_text}. `vss topology declare` makes what is missing.")
    return BrokerRefused(f"The broker said: {error.reply_text}")


def parameters(uri: Url) -> pika.URLParameters:
    """Return how the broker is connected to: bounded in time, and with the default virtual host where the services see it."""
    # kombu, and so the services, read a path of "//" as the default virtual host
    text = uri.reveal()
    wanted = pika.URLParameters(text[:-1] if uri.parts.path == "//" and text.endswith("//") else text)
    wanted.socket_timeout = _CONNECT_SECONDS
    wanted.stack_timeout = _CONNECT_SECONDS
    wanted.connection_attempts = 1
    if uri.scheme == "amqps":
        wanted.ssl_options = pika.SSLOptions(tls.context(), wanted.host)
    wanted.heartbeat = _HEARTBEAT_SECONDS
    wanted.client_properties = {"product": "vss", "connection_name": f"vss on {socket.gethostname()}"}
    return wanted


def _why(error: BaseException) -> str:
    if isinstance(error, exceptions.ProbableAuthenticationError | exceptions.AuthenticationError):
        return "it does not know this user name and password. Check both in the address; `guest` works from the same machine only."
    if isinstance(error, exceptions.ProbableAccessDeniedError):
        return "it does not let us into this virtual host. Check the path of the address and the user's permissions."
    if isinstance(error, exceptions.IncompatibleProtocolError):
        return "what answers there does not speak AMQP 0-9-1. Check the port, and amqp:// against amqps://."
    root = _root(error)
    if isinstance(root, socket.gaierror):
        return "no such host. Check the name in the address."
    if isinstance(root, ConnectionRefusedError):
        return "nothing listens there. Check that the broker runs (`rabbitmqctl status`), and host and port in the address."
    if isinstance(root, ssl.SSLError):
        return f"{tls.refusal(root)}. Check amqps:// against amqp://, host and port, and CA_FILE."
    if "timeout" in type(root).__name__.lower():
        return f"no answer within {_CONNECT_SECONDS:g} s. Check host and port in the address, and the firewalls between."
    return f"{root or type(root).__name__}. Check that the broker runs, and the address."


def _root(error: BaseException) -> BaseException:
    """The innermost exception, which says best what happened; pika wraps it several times."""
    inner = [arg for arg in (*error.args, getattr(error, "exception", None)) if isinstance(arg, BaseException)]
    return _root(inner[0]) if inner else error
