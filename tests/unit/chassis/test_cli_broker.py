"""Where a command-line tool finds its broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.chassis.cli import broker
from services.chassis.errors import SettingsError


def test_what_is_given_goes_before_the_environment() -> None:
    assert str(broker.address("amqp://given/", {"AMQP_URI": "amqp://general/"})) == "amqp://given/"
    assert str(broker.address(None, {"AMQP_URI": "amqp://general/"})) == "amqp://general/"
    assert str(broker.address(None, {})) == "amqp://guest:********@127.0.0.1:5672/"


def test_the_address_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "uri"
    file.write_text("amqp://from-file/\n")
    assert str(broker.address(None, {"AMQP_URI_FILE": str(file)})) == "amqp://from-file/"


@pytest.mark.parametrize(
    "given",
    ["http://user:hunter2@host/", "host:5672", "amqp://user:hunter2@host:port/", "amqp://u:hunter2/x@h/?heartbeat=x"],
)
def test_what_is_no_address_is_told_without_its_password(given: str) -> None:
    with pytest.raises(SettingsError) as told:
        broker.address(given)
    assert "hunter2" not in str(told.value)


def test_a_path_of_two_slashes_is_the_default_virtual_host() -> None:
    for uri, vhost in (
        ("amqp://h", "/"),
        ("amqp://h/", "/"),
        ("amqp://h//", "/"),
        ("amqp://h/%2F", "/"),
        ("amqp://h/v", "v"),
    ):
        assert broker.parameters(broker.address(uri)).virtual_host == vhost
