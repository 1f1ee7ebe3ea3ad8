"""The holder of an account at home and elsewhere, and ten strangers who know the user name."""

from __future__ import annotations

from typing import Any

from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD

NEWEST = "Ruộng bậc thang mùa lúa"
HOME, ELSEWHERE = "203.0.113.9", "203.0.113.200"
STRANGERS = [f"198.51.100.{number}" for number in range(1, 11)]


def at(address: str, token: str | None = None) -> dict[str, Any]:
    """From this address; with the token of a device, if one is given."""
    return {"environ_base": {"REMOTE_ADDR": address}, "headers": {"X-Device-Token": token} if token else {}}


def owner(house: Desk) -> str:
    """A person who has signed in at home and out again; the token of that device."""
    house.settled()
    return signed_in_once(house)


def signed_in_once(house: Desk, password: str = NEW_PASSWORD, device_id: str = "phone-1", address: str = HOME) -> str:
    answer = house.sign_in(password, device_id=device_id, **at(address))
    assert answer.status_code == 201, answer.json
    assert house.ask("DELETE", "/sessions/current", token=answer.json["token"]).status_code == 204
    return str(answer.json["device_token"])


def reset(house: Desk, address: str, token: str | None = None, name: str = CODE) -> Any:
    return house.ask("POST", "/password/reset", {"username": name}, **at(address, token))


def confirm(house: Desk, challenge: str, code: str, address: str, token: str | None = None, password: str = NEWEST) -> Any:
    body = {"challenge": challenge, "otp": code, "new_password": password}
    return house.ask("POST", "/password/reset/confirm", body, **at(address, token))


def attack(house: Desk, name: str = CODE) -> list[int]:
    """Ten strangers ask for resets and guess until they are refused; what they were answered."""
    asked = [reset(house, address, name=name).status_code for address in STRANGERS for _ in range(2)]
    return asked + [
        house.sign_in(f"guess {number}", name, f"stranger-{address}", **at(address)).status_code
        for address in STRANGERS
        for number in range(4)
    ]
