"""From a verified identity to the profile, in a process of its own: what the citizen goes through."""

import pytest

from tests.integration.accounts.running import NEW_PASSWORD, Running, told, verified
from tests.stand.place import Place, fresh_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with fresh_place(request, request.param, tmp_path_factory.mktemp("accounts")) as place:
        yield place


@pytest.mark.rule("A1", "A2", "A3", "A5", "A7", "A11")
def test_a_verified_person_gets_a_password_changes_it_by_a_code_and_sees_the_profile(place: Place):
    accounts = Running(place)
    place.send(told(verified()))
    first = accounts.first_password()
    newcomer = accounts.sign_in(first)
    assert newcomer.status == 201
    assert (newcomer.body["role"], newcomer.body["must_change_password"]) == ("newcomer", True)

    # A3: nothing but the password until it is changed
    assert accounts.ask("GET", "/me", token=newcomer.body["token"]).status == 403
    change = {"current_password": first, "new_password": NEW_PASSWORD}
    asked = accounts.ask("POST", "/password/change", change, newcomer.body["token"])
    assert asked.status == 202
    first_code = accounts.code()
    confirmation = {"challenge": asked.body["challenge"], "otp": first_code}
    changed = accounts.ask("POST", "/password/confirm", confirmation, newcomer.body["token"])
    assert (changed.status, changed.body["role"], changed.body["must_change_password"]) == (200, "citizen", False)
    accounts.hear("password_changed")

    profile = accounts.ask("GET", "/me", token=changed.body["token"]).body
    assert profile["bhxh_code"] == "0113099841"
    assert profile["full_name"] == "Nguyễn Thành Biên"
    assert (profile["date_of_birth"], profile["phone"]) == ("1987-05-19", "+84983847986")
    assert profile["id_number"] == "111349876090"
    assert profile["address"]["ward_code"] == "09763"

    # the old password is over; the 12-digit number signs in too
    assert accounts.sign_in(first).status == 401
    again = accounts.sign_in(NEW_PASSWORD, username="111349876090")
    assert again.status == 201

    # A7: another device
    other = accounts.sign_in(NEW_PASSWORD, device_id="máy tính")
    assert (other.status, other.body["type"]) == (409, "urn:vss:problem:another-device")
    takeover_code = accounts.code()
    confirmation = {"challenge": other.body["challenge"], "otp": takeover_code}
    taken = accounts.ask("POST", "/sessions/takeover", confirmation)
    assert taken.status == 201
    reasons = {fact["reason"]: fact["session_id"] for fact in accounts.hear("session_revoked", 3)}
    assert reasons["takeover"] == again.body["session_id"]
    assert accounts.ask("POST", "/sessions/current/refresh", token=again.body["token"]).status == 401
    assert accounts.ask("POST", "/sessions/current/refresh", token=taken.body["token"]).status == 201

    # A8: forgotten
    asked = accounts.ask("POST", "/password/reset", {"username": "0113099841"})
    assert asked.status == 202
    reset_code, newest = accounts.code(), "Ruộng bậc thang mùa lúa"
    confirmation = {"challenge": asked.body["challenge"], "otp": reset_code, "new_password": newest}
    assert accounts.ask("POST", "/password/reset/confirm", confirmation).status == 204
    accounts.hear("password_reset")
    assert accounts.sign_in(newest).status == 201

    # no secret in clear: neither in the log, nor in a fact, nor in the outbox
    assert accounts.program.stop() == 0
    rows = str(place.rows("SELECT headers, body, public_body FROM outbox")) + str(place.rows("SELECT payload FROM jobs"))
    for where in (accounts.program.output, b"".join(accounts.raw).decode(), rows):
        for secret in (first, NEW_PASSWORD, newest, newcomer.body["token"], taken.body["token"]):
            assert secret not in where
        for code in (first_code, takeover_code, reset_code):
            assert f'"{code}"' not in where
            assert f" {code} " not in where
    for personal in ("Nguyễn Thành Biên", "0113099841", "111349876090", "983847986"):
        assert personal not in accounts.program.output
