"""What ``VSS_ENV=production`` refuses, though each value is right by itself: this machine as an address, the sandbox, examples, movable time.

Development must work without a word of configuration, so defaults point at this machine and at the sandbox. In production the same
defaults lose data in silence: a SQLite file inside a container, a broker that is not the others', an SMS that only the sandbox saw.
"""

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from services.chassis.settings import guessable
from services.chassis.settings.environment import Found
from services.chassis.settings.values import Secret, Url
from services.chassis.settings.variable import Variable, shown

PRODUCTION = "production"
_NOBODYS_DOMAIN = re.compile(r"(?i)[\w-]+\.(example|invalid|test|localhost)\b|\bexample\.(com|org|net)\b")
_UNHOSTED = {"file", "sqlite", "s3"}
#: settings that are a host or domain and nothing else; the last is the domain that browsers bind passkeys to (WebAuthn's rp.id)
_HOSTS = ("_HOST", "_RP_ID")
#: by what says whether it is reached by TLS
_HOST_OF = {"SMTP_TLS": "smtp_host", "MAILBOX_TLS": "mailbox_host"}
_MORE = "; a host whose way is encrypted otherwise stands in PLAIN_HOSTS"
_REMEDIES = {
    "amqp": f" (amqps://{_MORE})",
    "http": f" (https://{_MORE})",
    **dict.fromkeys(
        ("postgresql", "postgresql+psycopg", "postgres"), f" and its certificate unchecked (sslmode=verify-full{_MORE})"
    ),
}


def is_production(found: Mapping[str, Found]) -> bool:
    """Whether the environment says that this is production."""
    return bool(found["vss_env"].value == PRODUCTION)


def faults(
    service: str, variables: Mapping[str, Variable], found: Mapping[str, Found], environ: Mapping[str, str]
) -> Iterator[str]:
    """Yield a sentence for each value that production refuses; a variable that is not used under the others is passed over.

    :param service: whose settings they are; "" for nobody's.
    """
    yield from guessable.used_twice(found, variables)
    yield from guessable.readable_by_others(environ, found, variables)
    for name, variable in variables.items():
        value, source, fault = found[name]
        if fault or value is None or not _is_used(variable, found):
            continue
        if name == "amqp_uri" and service and (users := set(_users(value)) - {service, "guest", ""}):
            yield (
                f"{source}: the broker's user is {', '.join(sorted(users))}, and each service has one of its own, which may tell its "
                f"facts and no other's. VSS_ENV is production: connect as {service} (`vss topology rights`)."
            )
        if what := " and ".join([*_wrong_with(variable, value), *unencrypted(variable, value, found)]):
            said = f"{source}: {what}" if source else f"{variable.name}: not set, and the default is no good here: {what}"
            yield f"{said}. VSS_ENV is production: set {variable.name} to what is really to be used ({variable.help})."
    if found["clock_may_move"].value or found["clock_offset_file"].value is not None:
        source = found["clock_may_move"].source or found["clock_offset_file"].source
        yield f"{source}: in production the clock never moves, or people's deadlines would pass. VSS_ENV is production: remove it."


def unencrypted(variable: Variable, value: Any, found: Mapping[str, Found]) -> Iterator[str]:
    """Yield a clause for each host that ``value`` would reach where others can read along, or answer in its place (decision 58)."""
    plain = set(found["plain_hosts"].value or ())
    if isinstance(value, Url) and value.scheme not in _UNHOSTED:
        for text in value.reveal().split(";"):
            for host in _hosts_without_tls(urlsplit(text)):
                if host not in plain and not _is_this_machine(host):
                    yield f"{host} is reached without TLS{_REMEDIES.get(value.scheme, '')}"
    elif isinstance(value, str) and value.startswith("http://"):
        yield "it is http://, which others can read and change on its way"
    elif value == "none" and (named := _HOST_OF.get(variable.name)) and (host := found[named].value) not in ("", *plain):
        yield f"{host} is reached without TLS"


def _hosts_without_tls(parts: SplitResult) -> Iterator[str]:
    if parts.scheme.startswith("postgres"):
        query = parse_qs(parts.query)
        if query.get("sslmode") == ["verify-full"]:
            return
        given = [parts.hostname] if parts.hostname else [each for text in query.get("host", []) for each in text.split(",")]
        yield from (each.partition(":")[0] for each in given if each and not each.startswith("/"))
    elif parts.scheme in ("amqp", "http") and parts.hostname:
        yield parts.hostname


def _is_used(variable: Variable, found: Mapping[str, Found]) -> bool:
    if variable.used_if is None:
        return True
    other, values = variable.used_if
    return found[other].value in values if values else bool(found[other].value)


def _users(uri: Url) -> Iterator[str]:
    for text in uri.reveal().split(";"):
        with contextlib.suppress(ValueError):
            yield unquote(urlsplit(text).username or "")


def _wrong_with(variable: Variable, value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _wrong_with(variable, item)
        return
    if variable.example and value == variable.default:
        yield "it is the sandbox's"
    elif isinstance(value, Secret):
        for part in guessable.parts(value.reveal()):
            if weak := guessable.weakness(part):
                yield f"it is {weak}"
    elif isinstance(value, Url):
        yield from _wrong_with_url(value)
    elif isinstance(value, str):
        yield from _wrong_with_text(variable, value)


def _wrong_with_url(url: Url) -> Iterator[str]:
    if url.scheme == "sqlite":
        yield "it is SQLite, which only one process at a time can write and which ends with its container"
    elif url.scheme == "file":
        if not url.parts.path.startswith("/"):
            yield f"{url} is a folder wherever the process happens to start, not an absolute path"
    else:
        for part in url.reveal().split(";"):
            yield from _wrong_with_address(url, part)


def _wrong_with_address(url: Url, text: str) -> Iterator[str]:
    """One address of a URL; `amqp://a;amqp://b` has two."""
    try:
        parts = urlsplit(text)
        host, user, password = parts.hostname, parts.username, parts.password
    except ValueError:
        yield f"{url} cannot be read"
        return
    hosts = [host] if host else parse_qs(parts.query).get("host", [])
    if not hosts:
        yield f"{url} names no host, which means this machine"
    for each in hosts:
        yield from _wrong_with_host(each)
    if parts.scheme in ("amqp", "amqps") and user in (None, "", "guest"):
        yield "the broker's user is guest"
    elif password is not None and (weak := guessable.weakness(password, user=user or "")):
        yield f"its password is {weak}"


def _wrong_with_text(variable: Variable, text: str) -> Iterator[str]:
    if guessable.PLACEHOLDER.search(text):
        yield "it is a placeholder"
    elif "://" in text:
        host = urlsplit(text.replace("{", "").replace("}", "")).hostname
        yield from _wrong_with_host(host or "")
    elif variable.name.endswith(_HOSTS):
        if not text and variable.default == "":
            return  # empty unless set: there is none, such as a mailbox
        yield from _wrong_with_host(text)
    elif _NOBODYS_DOMAIN.search(text):
        yield f"{shown(text)} is an example's address"


def _wrong_with_host(host: str) -> Iterator[str]:
    if _is_this_machine(host):
        yield f"{host} is this machine itself"
    elif host.partition(".")[0].casefold() == "sandbox":
        yield f"{host} is the sandbox"
    elif _NOBODYS_DOMAIN.search(host):
        yield f"{host} is an example's address"


def _is_this_machine(host: str) -> bool:
    """Whether connecting there reaches this machine: `localhost`, 127.0.0.0/8 however it is written, ::1, 0.0.0.0."""
    name = host.rstrip(".").casefold()
    if name in ("", "localhost", "localhost.localdomain", "ip6-localhost") or name.endswith(".localhost"):
        return True
    try:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(name)
    except ValueError:
        try:
            # what the C library understands: 127.1, 0x7f.1, 2130706433
            address = ipaddress.IPv4Address(socket.inet_aton(name))
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified
