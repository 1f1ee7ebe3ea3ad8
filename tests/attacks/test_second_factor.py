"""Who has a member of staff's password, their phone's SMS, a stolen step or an old code still gets at nothing (A12, A13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from playground.authenticator import SoftPasskey
from services.accounts.factors.rules import Totp
from services.accounts.factors.steps import PendingStep
from services.accounts.passwords import hashing
from services.chassis import clock
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import Desk, other_than
from tests.integration.accounts.running import NEW_PASSWORD
from tests.stand.later import Later

pytestmark = pytest.mark.rule("A12")

WHY = {"reason": "Thử tấn công"}
HOME = {"X-Forwarded-For": "203.0.113.9"}
LONG = "Ba mươi sáu phố phường"


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Desk]:
    house = Desk(sqlite_url)
    yield house
    house.close()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Callable[..., None]]:
    moved = Later(tmp_path / "clock")
    yield moved.on
    moved.end()


class App:
    """The authenticator app of an officer; `code(1)` is that of the next step."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)

    def code(self, ahead: int = 0) -> str:
        return self._totp.at(int(clock.now().timestamp()) + 30 * ahead)


def with_app(house: Desk, username: str = "lan.nt", role: str = "officer", **more: Any) -> tuple[App, str, list[str]]:
    """An officer who has an app besides the passkey; a token, and ten recovery codes."""
    token = house.staff(username, role, **more)
    app = App(house.ask("POST", "/second-factor/totp", token=token).json["secret"])
    enrolled = house.ask("POST", "/second-factor/totp/confirm", {"totp": app.code(-1)}, token)
    assert enrolled.status_code == 200, enrolled.json
    return app, enrolled.json["token"]["token"], enrolled.json["recovery_codes"]


def step(house: Desk, username: str = "lan.nt", **options: Any) -> dict[str, Any]:
    """What the right password alone is answered."""
    answer = house.sign_in_alone(username=username, **options)
    assert (answer.status_code, problem(answer)) == (409, "second-factor-needed")
    return dict(answer.json)


def prove(house: Desk, asked: dict[str, Any], **shown: Any) -> Any:
    headers = shown.pop("headers", {})
    return house.ask("POST", "/sessions/second-factor", {"step": asked["step"], **shown}, headers=headers)


def sms_reset(house: Desk, username: str, new: str = LONG) -> Any:
    """What whoever reads the SMS gets with them alone."""
    challenge = house.ask("POST", "/password/reset", {"username": username}).json["challenge"]
    return house.ask("POST", "/password/reset/confirm", {"challenge": challenge, "otp": house.code(), "new_password": new})


# ------------------------------------------------------------ the password alone


def test_a_password_alone_gives_no_token_to_anybody_of_staff(house: Desk) -> None:
    house.staff("lan.nt", "officer")
    asked = step(house)
    assert set(asked["factors"]) == {"passkey"}
    assert "token" not in asked
    # nor to one who has not enrolled: there it is the sheet that is asked for
    del house.passkeys["lan.nt"]
    with house.db.write() as session:
        session.execute(sa.text("DELETE FROM passkeys"))
    asked = step(house)
    assert asked["factors"] == []
    for wrong in ({"totp": "000000"}, {"enrolment_code": "cdfh-jkmn-prtw"}, {"recovery_code": "01-cdfh-jkmn-prtw"}):
        assert prove(house, asked, **wrong).status_code == 422


def test_a_thief_of_the_password_enrols_no_factor_beside_the_owners(house: Desk, later: Callable[..., None]) -> None:
    house.configure(staff_second_factor_from="2099-01-01")  # even while staff may still come without one
    _app, token, _codes = with_app(house)
    step(house)
    # nor does a thief of a token, once its factor is not fresh: and without one no other is removed, nor are codes renewed
    later(minutes=11)
    house.configure()
    ways = (("POST", "/totp"), ("POST", "/passkeys"), ("DELETE", "/totp"), ("POST", "/recovery-codes"))
    for method, path in ways:
        refused = house.ask(method, f"/second-factor{path}", token=token)
        assert (refused.status_code, problem(refused)) == (403, "fresh-second-factor-required"), path


def test_a_session_from_before_second_factors_is_over(house: Desk) -> None:
    house.configure(staff_second_factor_from="2099-01-01")
    house.staff("lan.nt", "officer")
    with house.db.write() as session:
        session.execute(sa.text("DELETE FROM passkeys"))
    token = house.sign_in_alone(username="lan.nt").json["token"]
    assert house.ask("GET", "/me", token=token).status_code == 200
    house.configure()
    assert problem(house.ask("GET", "/me", token=token)) == "second-factor-required"
    with house.db.read() as session:
        assert session.scalar(sa.text("SELECT factor FROM sessions WHERE ended_at IS NULL")) is None
    answer = house.ask("POST", "/sessions/current/refresh", token=token)
    assert answer.status_code in (401, 403)


# ------------------------------------------------------------ codes of an app


def test_a_totp_code_is_never_taken_twice_nor_an_earlier_one_after_it(house: Desk) -> None:
    app, _token, _codes = with_app(house)
    seen = app.code()
    assert prove(house, step(house), totp=seen).status_code == 201
    assert prove(house, step(house), totp=seen).status_code == 422
    assert prove(house, step(house), totp=app.code(-1)).status_code == 422
    assert prove(house, step(house), totp=app.code(1)).status_code == 201


def test_codes_beyond_one_step_are_not_taken(house: Desk) -> None:
    app, _token, _codes = with_app(house)
    for ahead in (2, 3, -2, -3, 20):
        assert prove(house, step(house), totp=app.code(ahead)).status_code == 422


def test_totp_codes_cannot_be_guessed_with_the_password_and_the_owner_gets_in_meanwhile(house: Desk) -> None:
    house.configure(trusted_proxies=1)
    app, _token, _codes = with_app(house)
    own = prove(house, step(house, headers=HOME), totp=app.code(), headers=HOME).json["device_token"]
    tried = refused = 0
    for guess in range(20):
        elsewhere = {"X-Forwarded-For": f"198.51.100.{guess}"}  # another address for each
        asked = step(house, headers=elsewhere)
        for _ in range(2):
            answer = prove(house, asked, totp=other_than(app.code(1)), headers=elsewhere)
            tried, refused = tried + (answer.status_code == 422), refused + (answer.status_code == 429)
    assert tried == 20, "STRANGER_SECOND_FACTORS_PER_DAY"
    assert refused == 20
    # not even the right code lets the stranger in now, and the owner's device does not notice (A13)
    assert prove(house, step(house, headers=elsewhere), totp=app.code(1), headers=elsewhere).status_code == 429
    mine = {**HOME, "X-Device-Token": own}
    assert prove(house, step(house, headers=mine), totp=app.code(1), headers=mine).status_code == 201


def test_one_step_takes_five_guesses(house: Desk) -> None:
    app, _token, _codes = with_app(house)
    asked = step(house)
    for _ in range(5):
        assert prove(house, asked, totp=other_than(app.code())).status_code == 422
    assert prove(house, asked, totp=app.code()).status_code == 422
    assert prove(house, step(house), totp=app.code()).status_code == 201


def test_who_steals_the_database_has_no_secret_of_an_app(house: Desk) -> None:
    token = house.staff("lan.nt", "officer")
    secret = house.ask("POST", "/second-factor/totp", token=token).json["secret"]
    with house.db.read() as session:
        kept = session.scalars(sa.select(Totp.sealed)).one()
    assert secret not in kept
    raw = Path(house.database_url.removeprefix("sqlite:///"))
    files = [raw, *raw.parent.glob(f"{raw.name}-*")]
    assert not any(secret.encode() in file.read_bytes() for file in files)


# ------------------------------------------------------------ steps


def test_a_stolen_step_opens_nothing_and_is_good_once_and_minutes_only(house: Desk, later: Callable[..., None]) -> None:
    app, _token, _codes = with_app(house)
    asked = step(house)
    for wrong in ({"totp": "123456"}, {"passkey": {"id": "x", "rawId": "eA", "type": "public-key", "response": {}}}):
        assert prove(house, asked, **wrong).status_code == 422
    assert prove(house, asked, totp=app.code()).status_code == 201
    assert prove(house, asked, totp=app.code(1)).status_code == 422
    late = step(house)
    later(minutes=6)
    assert prove(house, late, totp=app.code()).status_code == 422


def test_a_step_of_one_purpose_does_not_serve_another(house: Desk) -> None:
    app, token, _codes = with_app(house)
    signing_in = step(house)
    proof = {"step": signing_in["step"], "totp": app.code()}
    assert house.ask("POST", "/password/reset/second-factor", proof).status_code == 422
    assert house.ask("POST", "/second-factor/step-up/confirm", proof, token).status_code == 422
    again = house.ask("POST", "/second-factor/step-up", token=token).json
    assert prove(house, again, totp=app.code()).status_code == 422
    # nor does the step of somebody else's session
    other = house.staff("hoa.tt", "officer")
    assert house.ask("POST", "/second-factor/step-up/confirm", {**proof, "step": again["step"]}, other).status_code == 422


def test_a_new_password_voids_the_steps_of_the_old_one(house: Desk) -> None:
    app, token, _codes = with_app(house)
    asked = step(house)
    body = {"current_password": NEW_PASSWORD, "new_password": LONG}
    challenge = house.ask("POST", "/password/change", body, token).json["challenge"]
    assert house.ask("POST", "/password/confirm", {"challenge": challenge, "otp": house.code()}, token).status_code == 200
    assert prove(house, asked, totp=app.code()).status_code == 422


# ------------------------------------------------------------ passkeys


@pytest.mark.parametrize(
    "forged",
    [{"origin": "https://localhost.evil.example"}, {"rp_id": "evil.example"}, {"verifies": False}],
    ids=["another origin", "another domain", "nobody verified"],
)
def test_a_passkey_of_elsewhere_is_neither_enrolled_nor_shown(house: Desk, forged: dict[str, Any]) -> None:
    token = house.staff("lan.nt", "officer")
    begun = house.ask("POST", "/second-factor/passkeys", token=token).json
    body = {"step": begun["step"], "name": "giả", "passkey": SoftPasskey(**forged).create(begun["passkey"])}
    assert house.ask("POST", "/second-factor/passkeys/confirm", body, token).status_code == 422
    # the right key, used through a page of somebody else's
    real, asked = house.passkeys["lan.nt"], step(house)
    for name, value in forged.items():
        setattr(real, "_flags" if name == "verifies" else name, 1 if name == "verifies" else value)
    assert prove(house, asked, passkey=real.get(asked["passkey"])).status_code == 422


def test_a_passkey_of_another_person_or_another_key_with_its_id_is_refused(house: Desk) -> None:
    house.staff("lan.nt", "officer")
    house.staff("hoa.tt", "officer")
    asked = step(house)
    assert prove(house, asked, passkey=house.passkeys["hoa.tt"].get(asked["passkey"])).status_code == 422
    imitation = SoftPasskey()
    imitation.id = house.passkeys["lan.nt"].id
    assert prove(house, asked, passkey=imitation.get(asked["passkey"])).status_code == 422


def test_an_answer_of_a_passkey_is_not_taken_again_and_a_copied_one_is_noticed(house: Desk) -> None:
    house.staff("lan.nt", "officer")
    key, asked = house.passkeys["lan.nt"], step(house)
    answer = key.get(asked["passkey"])
    assert prove(house, asked, passkey=answer).status_code == 201
    assert prove(house, asked, passkey=answer).status_code == 422
    assert prove(house, step(house), passkey=answer).status_code == 422
    key.count = 0  # a copy that was made before: its counter lies behind
    asked = step(house)
    assert prove(house, asked, passkey=key.get(asked["passkey"])).status_code == 422


# ------------------------------------------------------------ resets, recovery codes, sheets


def test_an_administrator_is_not_taken_over_by_their_sms(house: Desk) -> None:
    app, _token, codes = with_app(house, "admin", "admin", office=None, province=None)
    asked = sms_reset(house, "admin")
    assert (asked.status_code, problem(asked)) == (409, "second-factor-needed")
    assert house.sign_in_alone(LONG, "admin").status_code == 401, "the password is the old one"

    def go_on(**proof: Any) -> int:
        return int(house.ask("POST", "/password/reset/second-factor", {"step": asked.json["step"], **proof}).status_code)

    assert go_on(totp=other_than(app.code())) == 422
    assert go_on(enrolment_code="cdfh-jkmn-prtw") == 422
    assert go_on(recovery_code=codes[3]) == 204
    assert house.sign_in_alone(LONG, "admin").status_code == 409


def test_new_staff_are_not_taken_over_by_one_sms_either(house: Desk) -> None:
    admin = house.staff("admin", "admin", office=None, province=None)
    person = {"username": "moi", "full_name": "Cán bộ Mới", "phone": "0912345677", "role": "officer"}
    made = house.ask("POST", "/staff", person | {"office": "01", "province": "01"} | WHY, admin).json
    asked = sms_reset(house, "moi")
    assert (asked.status_code, asked.json["factors"]) == (409, [])
    sheet = house.ask("POST", f"/staff/{made['id']}/sheet", WHY, admin).json
    assert sms_reset(house, "moi", "mười bốn ký tự"[:14]).status_code == 422, "15 characters while it stands alone"
    asked = sms_reset(house, "moi").json
    proof = {"step": asked["step"], "enrolment_code": sheet["code"].upper().replace("-", " ")}
    assert house.ask("POST", "/password/reset/second-factor", proof).status_code == 204


def test_a_recovery_code_is_taken_once(house: Desk) -> None:
    _app, _token, codes = with_app(house)
    assert prove(house, step(house), recovery_code=codes[0]).status_code == 201
    assert prove(house, step(house), recovery_code=codes[0]).status_code == 422
    wrong_number = f"03{codes[1][2:]}"
    assert prove(house, step(house), recovery_code=wrong_number).status_code == 422
    typed = codes[1].upper().replace("-", " ")
    assert prove(house, step(house), recovery_code=typed).status_code == 201


def test_of_two_who_show_one_step_and_code_at_the_same_moment_one_gets_in(
    house: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have been compared before either is used up: whoever looked over a shoulder is as fast as the owner."""
    _app, _token, codes = with_app(house)
    asked, together, matches = step(house), Barrier(2, timeout=60), hashing.matches

    def compared(typed: str, hash_: str | None) -> bool:
        right = matches(typed, hash_)
        together.wait()
        return right

    monkeypatch.setattr(hashing, "matches", compared)
    with ThreadPoolExecutor(2) as pool:
        shown = [pool.submit(prove, house, asked, recovery_code=codes[0]) for _ in range(2)]
        assert sorted(each.result().status_code for each in shown) == [201, 422]


def test_a_found_sheet_opens_nothing_and_its_session_can_only_enrol(house: Desk) -> None:
    admin = house.staff("admin", "admin", office=None, province=None)
    house.staff("lan.nt", "officer")
    [lan] = [one for one in house.accounts() if one.username == "lan.nt"]
    first, sheet = (house.ask("POST", f"/staff/{lan.id}/sheet", WHY, admin).json["code"] for _ in range(2))
    assert house.sign_in_alone(sheet, "lan.nt").status_code == 401, "it is no password"
    assert prove(house, step(house), enrolment_code=first).status_code == 422, "a newer one voids it"
    begun = prove(house, step(house), enrolment_code=sheet).json
    assert begun["role"] == "enrolling"
    for method, path in (("GET", "/me"), ("GET", "/staff"), ("POST", "/second-factor/step-up")):
        assert problem(house.ask(method, path, token=begun["token"])) == "second-factor-required", path
    new = SoftPasskey()
    asked = house.ask("POST", "/second-factor/passkeys", token=begun["token"]).json
    body = {"step": asked["step"], "name": "mới", "passkey": new.create(asked["passkey"])}
    enrolled = house.ask("POST", "/second-factor/passkeys/confirm", body, begun["token"]).json
    assert enrolled["token"]["role"] == "officer"
    # what was lost is void, and so is the paper
    asked = step(house)
    assert "enrolment_code" not in asked["factors"]
    assert prove(house, asked, enrolment_code=sheet).status_code == 422
    assert prove(house, asked, passkey=house.passkeys["lan.nt"].get(asked["passkey"])).status_code == 422


def test_nobody_prints_a_sheet_for_themselves_nor_beyond_what_they_may_grant(house: Desk) -> None:
    admin = house.staff("admin", "admin", office=None, province=None)
    director = house.staff("director", "director")
    ids = {one.username: one.id for one in house.accounts()}
    assert house.ask("POST", f"/staff/{ids['admin']}/sheet", WHY, admin).status_code == 403
    assert house.ask("POST", f"/staff/{ids['admin']}/sheet", WHY, director).status_code == 403
    assert house.ask("POST", f"/staff/{ids['director']}/sheet", WHY, director).status_code == 403
    assert house.ask("POST", f"/staff/{ids['director']}/sheet", WHY, admin).status_code == 201


# ------------------------------------------------------------ changes of staff


def test_a_stolen_token_of_an_administrator_changes_nobodys_rights(house: Desk, later: Callable[..., None]) -> None:
    admin = house.staff("admin", "admin", office=None, province=None)
    house.staff("lan.nt", "officer")
    lan = next(one.id for one in house.accounts() if one.username == "lan.nt")
    later(minutes=11)
    person = {"username": "moi", "full_name": "Cán bộ Mới", "phone": "0912345677", "role": "admin"}
    for method, path, body in (
        ("POST", "/staff", person),
        ("PATCH", f"/staff/{lan}", {"role": "admin"}),
        ("POST", f"/staff/{lan}/sheet", {}),
    ):
        refused = house.ask(method, path, body | WHY, admin)
        assert (refused.status_code, problem(refused)) == (403, "fresh-second-factor-required"), path
    asked = house.ask("POST", "/second-factor/step-up", token=admin).json
    fresh = house.prove(asked, "admin", "/second-factor/step-up/confirm", token=admin).json["token"]
    assert house.ask("PATCH", f"/staff/{lan}", {"role": "approver"} | WHY, fresh).status_code == 200


def test_nothing_of_a_second_factor_is_left_behind_when_somebody_is_disabled(house: Desk) -> None:
    app, _token, _codes = with_app(house)
    admin = house.staff("admin", "admin", office=None, province=None)
    asked = step(house)
    lan = next(one.id for one in house.accounts() if one.username == "lan.nt")
    assert house.ask("PATCH", f"/staff/{lan}", {"active": False} | WHY, admin).status_code == 200
    assert prove(house, asked, totp=app.code()).status_code == 422
    assert house.value(sa.select(sa.func.count()).select_from(PendingStep).where(PendingStep.closed_at.is_(None))) == 0
