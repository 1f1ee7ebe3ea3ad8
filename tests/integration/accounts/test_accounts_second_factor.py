"""Second factors of staff: enrolled, listed, removed, shown again; sheets, sessions, and what a restored backup takes away (A12)."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from playground.authenticator import SoftPasskey
from services.accounts.factors.rules import Totp
from services.accounts.sheets.rules import Sheet
from services.chassis import clock
from services.chassis.secretbox import SecretBox, generate_key
from services.chassis.settings import Secret
from services.chassis.web.ended import hash_session
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import Desk

pytestmark = pytest.mark.rule("A12-second-factor", "A12")

WHY = {"reason": "Mất điện thoại"}


def enrol_app(house: Desk, token: str) -> tuple[pyotp.TOTP, Any]:
    begun = house.ask("POST", "/second-factor/totp", token=token).json
    assert begun["uri"].startswith("otpauth://totp/")
    totp = pyotp.TOTP(begun["secret"])
    return totp, house.ask("POST", "/second-factor/totp/confirm", {"totp": totp.at(int(clock.now().timestamp()))}, token)


def enrol_passkey(house: Desk, token: str, name: str = "Khóa dự phòng") -> tuple[SoftPasskey, Any]:
    key, begun = SoftPasskey(), house.ask("POST", "/second-factor/passkeys", token=token).json
    body = {"step": begun["step"], "name": name, "passkey": key.create(begun["passkey"])}
    return key, house.ask("POST", "/second-factor/passkeys/confirm", body, token)


def test_what_somebody_has_enrolled_is_listed_and_removed_until_one_is_left(house: Desk) -> None:
    token = house.staff("lan.nt", "officer")
    _app, first = enrol_app(house, token)
    assert first.status_code == 200
    codes = first.json["recovery_codes"]
    assert len(set(codes)) == 10
    _key, second = enrol_passkey(house, token)
    assert second.json["recovery_codes"] is None, "those of before are still good"
    held = house.ask("GET", "/second-factor", token=token).json
    assert [each["name"] for each in held["passkeys"]] == ["khóa", "Khóa dự phòng"]
    assert held["totp"]["confirmed_at"]
    assert held["recovery_codes_left"] == 10
    assert house.ask("DELETE", "/second-factor/totp", token=token).status_code == 204
    assert house.ask("DELETE", "/second-factor/totp", token=token).status_code == 404
    first_key, second_key = (each["id"] for each in held["passkeys"])
    assert house.ask("DELETE", f"/second-factor/passkeys/{first_key}", token=token).status_code == 204
    last = house.ask("DELETE", f"/second-factor/passkeys/{second_key}", token=token)
    assert (last.status_code, problem(last)) == (409, "last-second-factor")
    new = house.ask("POST", "/second-factor/recovery-codes", token=token).json["recovery_codes"]
    assert not set(new) & set(codes)
    told = [fact["change"] for fact in house.bodies("second_factor_changed")]
    assert told == ["totp_enrolled", "passkey_enrolled", "factor_removed", "factor_removed", "recovery_codes_renewed"]


def test_nobody_removes_the_factors_of_another(house: Desk) -> None:
    house.staff("lan.nt", "officer")
    other = house.staff("hoa.tt", "officer")
    with house.db.read() as session:
        [lans] = session.scalars(
            sa.text("SELECT p.id FROM passkeys p JOIN accounts a ON a.id = p.account_id WHERE username = 'lan.nt'")
        )
    path = f"/second-factor/passkeys/{lans}"
    assert house.ask("DELETE", path, token=other).status_code == 404


def test_another_app_takes_the_place_of_the_one_before(house: Desk) -> None:
    token = house.staff("lan.nt", "officer")
    old, _answer = enrol_app(house, token)
    begun = house.ask("POST", "/second-factor/totp", token=token).json
    wrong = house.ask("POST", "/second-factor/totp/confirm", {"totp": old.at(int(clock.now().timestamp()))}, token)
    assert (wrong.status_code, problem(wrong)) == (422, "second-factor-refused")
    new = pyotp.TOTP(begun["secret"])
    assert (
        house.ask("POST", "/second-factor/totp/confirm", {"totp": new.at(int(clock.now().timestamp()))}, token).status_code
        == 200
    )
    asked = house.sign_in_alone(username="lan.nt").json
    late = {"step": asked["step"], "totp": old.at(int(clock.now().timestamp()) + 30)}
    assert house.ask("POST", "/sessions/second-factor", late).status_code == 422
    assert house.value(sa.select(sa.func.count()).select_from(Totp)) == 1


def test_on_another_device_the_second_factor_stands_in_for_the_code_to_the_phone(house: Desk) -> None:
    first = house.staff("lan.nt", "officer")
    sent = len(house.bodies("otp_issued"))
    asked = house.sign_in_alone(username="lan.nt", device_id="another").json
    assert asked["another_device"] is True
    assert house.ask("GET", "/me", token=first).status_code == 200, "going on is what signs it out"
    assert house.prove(asked, "lan.nt").status_code == 201
    assert house.bodies("session_revoked")[-1]["reason"] == "takeover"
    assert len(house.bodies("otp_issued")) == sent
    house.sign_in(username="lan.nt", device_id="another")
    assert house.bodies("session_revoked")[-1]["reason"] == "signed_out", "no news: it is the same device"


def test_until_the_day_staff_without_a_factor_come_with_a_password_and_enrol_without_a_sheet(house: Desk) -> None:
    house.configure(staff_second_factor_from="2099-01-01")
    house.staff("lan.nt", "officer")
    with house.db.write() as session:
        session.execute(sa.text("DELETE FROM passkeys"))
    token = house.sign_in_alone(username="lan.nt").json["token"]
    assert house.verifier()(token).claims["acr"] == "aal1"
    _app, enrolled = enrol_app(house, token)
    claims = house.verifier()(enrolled.json["token"]["token"]).claims
    assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "otp", "mfa"])
    asked = house.sign_in_alone(username="lan.nt")
    assert asked.status_code == 409, "who has enrolled is asked at once"
    admin = house.staff("admin", "admin", office=None, province=None)
    lan = next(one.id for one in house.accounts() if one.username == "lan.nt")
    sheet = house.ask("POST", f"/staff/{lan}/sheet", WHY, admin).json["code"]
    begun = house.ask("POST", "/sessions/second-factor", {"step": asked.json["step"], "enrolment_code": sheet}).json
    assert begun["role"] == "enrolling", "a sheet opens nothing before that day either"


def test_a_session_of_staff_ends_after_half_an_hour_idle_and_twelve_hours_in_all(
    house: Desk, later: Callable[..., None]
) -> None:
    house.configure(session_idle_seconds=86_400, session_max_seconds=10 * 86_400)  # of citizens
    token = house.staff("lan.nt", "officer")
    for _ in range(49):
        later(minutes=14.5)
        answer = house.ask("POST", "/sessions/current/refresh", token=token)
        assert answer.status_code == 201
        token = answer.json["token"]
    later(minutes=14)
    assert house.ask("POST", "/sessions/current/refresh", token=token).status_code == 401, "12 hours"
    token = house.token(username="lan.nt")
    later(minutes=31)
    assert house.ask("POST", "/sessions/current/refresh", token=token).status_code == 401


def test_a_change_of_password_keeps_what_was_shown(house: Desk) -> None:
    token = house.staff("lan.nt", "officer")
    body = {"current_password": "Hoa sen nở tháng Sáu", "new_password": "bưởi vẹo ô"}
    challenge = house.ask("POST", "/password/change", body, token).json["challenge"]
    changed = house.ask("POST", "/password/confirm", {"challenge": challenge, "otp": house.code()}, token).json
    assert changed["role"] == "officer", "ten characters are enough beside a second factor"


def test_a_sheet_is_a_page_in_vietnamese_and_ends_by_itself(
    house: Desk, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # reportlab has one font object for a typeface: if another test has drawn Form 01 in this process, its would be taken
    for registry in ("_fonts", "_dynFaceNames"):
        monkeypatch.setattr(pdfmetrics, registry, {})
    admin = house.staff("admin", "admin", office=None, province=None)
    house.staff("lan.nt", "officer", full_name="Nguyễn Thị Ngọc Ánh")
    lan = next(one.id for one in house.accounts() if one.username == "lan.nt")
    issued = house.ask("POST", f"/staff/{lan}/sheet", WHY, admin).json
    [page] = PdfReader(io.BytesIO(base64.b64decode(issued["pdf"]))).pages
    said = " ".join(page.extract_text().split())
    for words in ("PHIẾU ĐĂNG NHẬP LẦN ĐẦU", "Nguyễn Thị Ngọc Ánh", "lan.nt", issued["code"], "********678", "mã khôi phục"):
        assert words in said
    history = house.ask("GET", f"/staff/{lan}/rights", token=admin).json["items"]
    assert history[-1]["reason"] == "Phiếu đăng nhập lần đầu: Mất điện thoại"
    later(days=7, minutes=1)
    asked = house.sign_in_alone(username="lan.nt").json
    assert "enrolment_code" not in asked["factors"]
    proof = {"step": asked["step"], "enrolment_code": issued["code"]}
    assert house.ask("POST", "/sessions/second-factor", proof).status_code == 422
    house.sweep()
    assert house.value(sa.select(sa.func.count()).select_from(Sheet)) == 0


def test_after_a_rotation_of_the_key_secrets_are_sealed_anew(house: Desk) -> None:
    app, _answer = enrol_app(house, house.staff("lan.nt", "officer"))
    new = generate_key()
    house.configure(secrets_key=Secret(f"{new.reveal()},{house.secrets_key.reveal()}"))
    house.sweep()
    assert SecretBox(new).is_current(house.value(sa.select(Totp.sealed)))
    house.configure(secrets_key=new)
    asked = house.sign_in_alone(username="lan.nt").json
    proof = {"step": asked["step"], "totp": app.at(int(clock.now().timestamp()) + 30)}
    assert house.ask("POST", "/sessions/second-factor", proof).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"totp": "123456", "recovery_code": "01-x"},
        {"totp": "12345"},
        {"passkey": {}},
        {"passkey": "x"},
        {"totp": "123456", "more": 1},
    ],
)
def test_a_proof_is_one_thing(lite: Desk, body: dict[str, Any]) -> None:
    lite.staff("lan.nt", "officer")
    asked = lite.sign_in_alone(username="lan.nt").json
    answer = lite.ask("POST", "/sessions/second-factor", {"step": asked["step"], **body})
    assert (answer.status_code, problem(answer)) == (422, "invalid-fields")


@pytest.mark.parametrize(
    "credential",
    [
        {"id": "x"},
        {"rawId": 7},
        {"rawId": "%%%", "id": "x"},
        {"rawId": "eA", "id": "eA", "type": "public-key", "response": None},
        {
            "rawId": "eA",
            "id": "eA",
            "type": "public-key",
            "response": {"clientDataJSON": 5, "authenticatorData": [], "signature": {}},
        },
        {"rawId": ["eA"], "id": "eA", "type": "x", "response": {"attestationObject": "eA", "clientDataJSON": "eA"}},
    ],
)
def test_what_no_browser_answers_is_no_proof(lite: Desk, credential: dict[str, Any]) -> None:
    token = lite.staff("lan.nt", "officer")
    key = lite.passkeys["lan.nt"]
    if credential.get("rawId") == "eA":
        credential = credential | {"rawId": key.get({"challenge": "eA"})["rawId"]}
    asked = lite.sign_in_alone(username="lan.nt").json
    assert lite.ask("POST", "/sessions/second-factor", {"step": asked["step"], "passkey": credential}).status_code == 422
    begun = lite.ask("POST", "/second-factor/passkeys", token=token).json
    body = {"step": begun["step"], "name": "x", "passkey": credential}
    assert lite.ask("POST", "/second-factor/passkeys/confirm", body, token).status_code == 422


def test_ended_sessions_of_staff_are_published_until_their_tokens_end(house: Desk, later: Callable[..., None]) -> None:
    house.settled()
    house.ask("DELETE", "/sessions/current", token=house.token())
    token = house.staff("lan.nt", "officer")
    sid = str(house.verifier()(token).claims["sid"])
    published = lambda: house.ask("GET", "/ended-sessions.json").json["ended"]  # noqa: E731
    assert published() == []
    house.ask("DELETE", "/sessions/current", token=token)
    assert published() == [hash_session(sid)], "no citizen's"
    assert sid not in str(published())
    later(minutes=17)
    assert published() == []
