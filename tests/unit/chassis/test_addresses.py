"""Whom limits per address count: what proxies write of an address, in all the spellings, and what is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.settings import chassis_settings
from services.chassis.web.addresses import client_address
from services.chassis.web.networks import UnreadAddressError, network
from services.chassis.web.resources import KEY

V4, V6 = "198.51.100.7", "2001:db8:1:2::/64"


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        (V4, V4),
        (f" {V4}\t", V4),
        (f"{V4}:1", V4),
        (f"{V4}:65535", V4),
        (f"{V4}:", V4),
        (f'"{V4}:443"', V4),
        (f"[{V4}]:443", V4),
        (f"{V4}:_hidden-port", V4),
        ("2001:db8:1:2::7", V6),
        ("2001:DB8:1:2:ffff::1", V6),
        ("2001:0db8:0001:0002:0000:0000:0000:0007", V6),
        ("[2001:db8:1:2::7]", V6),
        ("[2001:db8:1:2::7]:443", V6),
        ('"[2001:db8:1:2::7]"', V6),
        ('"[2001:db8:1:2::7]:4711"', V6),
        ('" [2001:db8:1:2::7]:4711 "', V6),
        ("2001:db8:1:2::7%eth0", V6),
        ("[2001:db8:1:2::7%25eth0]:443", V6),
        ("fe80::1%2", "fe80::/64"),
        ("::1", "::/64"),
        (f"::ffff:{V4}", V4),
        (f"[::ffff:{V4}]:443", V4),
        ("::ffff:c633:6407", V4),
        (f'"[::FFFF:{V4}]:443"', V4),
        (f"64:ff9b::{V4}", V4),
        ("64:ff9b::c633:6407", V4),
    ],
)
def test_an_address_counts_alike_however_a_proxy_writes_it(written: str, counted: str) -> None:
    assert network(written) == counted


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ('""', "empty"),
        ("unknown", "unknown"),
        ("Unknown", "unknown"),
        ('"unknown"', "unknown"),
        ("unknown:443", "unknown"),
        ("_hidden", "obfuscated"),
        ('"_SEVKISEK"', "obfuscated"),
        ("_gazonk:1234", "obfuscated"),
        ("unix:", "unreadable"),
        ("-", "unreadable"),
        ("somewhere", "unreadable"),
        ("vss.gov.vn:443", "unreadable"),
        ("198.51.100", "unreadable"),
        ("198.51.100.256", "unreadable"),
        ("198.51.100.07", "unreadable"),
        ("0xc6336407", "unreadable"),
        ("3325256711", "unreadable"),
        (f"{V4}/32", "unreadable"),
        (f"{V4}:port", "unreadable"),
        (f"{V4}:123456", "unreadable"),
        (f"{V4} {V4}", "unreadable"),
        (f'"{V4}', "unreadable"),
        (f"for={V4}", "unreadable"),
        ("[2001:db8::7", "unreadable"),
        ("2001:db8::7]", "unreadable"),
        ("[2001:db8::7]443", "unreadable"),
        ("[]", "unreadable"),
        (":443", "unreadable"),
        ("2001:db8:::7", "unreadable"),
        ("１９８.51.100.7", "unreadable"),  # full-width digits
        ("\x00", "unreadable"),
    ],
)
def test_what_is_no_address_is_nobodys_and_its_kind_is_told(written: str, why: str) -> None:
    with pytest.raises(UnreadAddressError) as refused:
        network(written)
    assert refused.value.why == why


@given(st.text(alphabet='0123456789abcdef.:[]"% _unkow,', max_size=60) | st.text(max_size=60))
def test_any_text_is_a_network_or_is_told_to_be_none(text: str) -> None:
    try:
        counted = network(text)
    except UnreadAddressError:
        return
    assert network(counted.removesuffix("/64")) == counted, "reading what was read changes nothing"


@given(st.ip_addresses(v=4), st.integers(0, 65535))
def test_a_port_changes_nothing_and_another_host_is_another_client(address: Any, port: int) -> None:
    mapped = f"::ffff:{address}"
    assert {network(f"{address}:{port}"), network(f"[{mapped}]:{port}"), network(f'"{mapped}"')} == {str(address)}


@given(st.ip_addresses(v=6, network="2001:db8::/32"), st.integers(0, 65535))
def test_one_subscriber_of_ipv6_is_one_client_and_the_next_is_another(address: Any, port: int) -> None:
    counted = network(f"[{address}]:{port}")
    neighbour = type(address)(int(address) ^ (1 << 64))
    assert counted == network(str(type(address)(int(address) ^ 1))) != network(str(neighbour))


# ------------------------------------------------------------ what a request says


class Asked:
    """What an application behind so many proxies says of its clients."""

    def __init__(self, service: str, folder: Path, proxies: int) -> None:
        self.service, self.app = service, Flask("addresses")
        settings = chassis_settings(service)(trusted_proxies=proxies)
        self.app.extensions[KEY] = Resources(service, settings, Database(f"sqlite:///{folder / 'none.db'}"))

    def client(self, *forwarded: str, peer: str = "10.0.0.1") -> str | None:
        headers = [("X-Forwarded-For", each) for each in forwarded]
        with self.app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
            return client_address()

    def unread(self, why: str) -> float:
        labels = {"service": self.service, "why": why}
        return REGISTRY.get_sample_value("vss_client_address_unread_total", labels) or 0.0


@pytest.fixture
def behind(tmp_path: Path) -> Callable[..., Asked]:
    return lambda proxies, service="addresses": Asked(service, tmp_path, proxies)


def test_without_a_proxy_only_the_connection_is_believed(behind: Callable[..., Asked]) -> None:
    asked = behind(0)
    assert asked.client("198.51.100.7", peer="203.0.113.9") == "203.0.113.9"
    assert asked.client(peer="::ffff:203.0.113.9") == "203.0.113.9", "a socket for both kinds"
    assert asked.client(peer="fe80::1%eth0") == "fe80::/64"


@pytest.mark.parametrize(
    ("peer", "forwarded", "reported"),
    [
        ("10.0.0.1", ["198.51.100.7"], 1),
        ("fd00::1", ["198.51.100.7"], 1),
        ("::ffff:10.0.0.1", ["198.51.100.7"], 1),
        ("10.0.0.1", [], 0),
        ("8.8.8.8", ["198.51.100.7"], 0),
    ],
)
def test_a_proxy_that_nobody_told_us_of_is_reported_and_a_client_that_writes_the_header_is_not(
    behind: Callable[..., Asked], peer: str, forwarded: list[str], reported: int
) -> None:
    asked = behind(0)
    before = asked.unread("ignored")
    assert asked.client(*forwarded, peer=peer) == network(peer), "it counts as before: the header may be anybody's"
    assert asked.unread("ignored") == before + reported


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (1, ["198.51.100.7"], "198.51.100.7"),
        (1, ["192.0.2.1, 198.51.100.7"], "198.51.100.7"),
        (1, ["192.0.2.1", "198.51.100.7:4711"], "198.51.100.7"),
        (1, ['unknown, "[2001:db8:1:2::7]:4711"'], V6),
        (1, [",,, 198.51.100.7"], "198.51.100.7"),
        (2, ["192.0.2.1, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        (2, ["192.0.2.1, , 10.0.0.2"], None),  # what the caller wrote does not move up to the place of an empty entry
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(
    behind: Callable[..., Asked], proxies: int, forwarded: list[str], counted: str | None
) -> None:
    assert behind(proxies).client(*forwarded) == counted


@pytest.mark.parametrize(
    ("proxies", "forwarded", "why"),
    [
        (1, [], "missing"),
        (2, ["198.51.100.7"], "missing"),
        (1, [""], "empty"),
        (1, ["198.51.100.7,"], "empty"),
        (1, ["198.51.100.7, unknown"], "unknown"),
        (1, ["_hidden"], "obfuscated"),
        (1, ["unix:"], "unreadable"),
    ],
)
def test_who_cannot_be_told_is_not_the_proxy_but_nobody_and_that_is_counted(
    behind: Callable[..., Asked], proxies: int, forwarded: list[str], why: str
) -> None:
    asked = behind(proxies)
    before = asked.unread(why)
    assert asked.client(*forwarded) is None
    assert asked.unread(why) == before + 1


def test_what_cannot_be_read_is_logged_by_its_kind_alone_and_not_for_every_request(behind: Callable[..., Asked]) -> None:
    asked = behind(1, service="addresses_logged")
    with capture_logs() as logged:
        for number in range(50):
            asked.client(f"198.51.100.{number}:x")
        asked.client()
    assert [(each["event"], each["reason"]) for each in logged] == [
        ("client_address_unread", "unreadable"),
        ("client_address_unread", "missing"),
    ]
    assert "198.51" not in str(logged)
    assert asked.unread("unreadable") == 50
