"""Signing keys: published, replaced without anybody noticing, forgotten; and what tokens say."""

import json

import pytest
import sqlalchemy as sa
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OKPKey

from services.accounts.signing import tokens
from services.accounts.signing.keys import keys_of
from services.accounts.signing.rules import SigningKey
from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.secretbox import CannotOpen, UnknownKey, generate_key
from services.chassis.settings import Secret
from services.chassis.web import auth
from tests.integration.accounts.desk import Desk


def published(house: Desk):
    answer = house.ask("GET", "/jwks.json")
    assert answer.status_code == 200
    return answer.json


def other_service(house: Desk) -> auth.JwtVerifier:
    """How every other service checks tokens: it reads the published keys when it must."""
    return auth.JwtVerifier(lambda: published(house), issuer="vss-accounts", audience="vss")


def sweep(house: Desk) -> None:
    """A round of everything that is due, and five seconds later as far as the keys are concerned."""
    house.sweep()
    keys_of(house.resources).reread()


def test_a_token_is_an_ed25519_jwt_that_any_service_can_check(lite: Desk):
    account_id = lite.settled()
    answer = lite.sign_in()
    who = other_service(lite)(answer.json["token"])
    assert (who.id, who.role, who.claims["sid"]) == (account_id, "citizen", answer.json["session_id"])
    decoded = jwt.decode(answer.json["token"], KeySet.import_key_set(published(lite)), algorithms=["Ed25519"])
    assert decoded.header["alg"] == "Ed25519"
    assert decoded.claims["exp"] - decoded.claims["iat"] == pytest.approx(900, abs=1)
    assert set(decoded.claims) == {"iss", "aud", "iat", "exp", "sub", "sid", "role"}


def test_only_public_parts_of_keys_are_published_and_they_may_be_cached_for_a_minute(lite: Desk):
    [key] = published(lite)["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert "d" not in key
    assert lite.ask("GET", "/jwks.json").headers["Cache-Control"] == "public, max-age=60"


def test_a_new_key_is_published_before_it_signs_and_the_old_one_until_its_tokens_have_ended(house: Desk, later):
    house.settled()
    [first] = [key["kid"] for key in published(house)["keys"]]
    later(days=91)
    sweep(house)
    kids = [key["kid"] for key in published(house)["keys"]]
    assert len(kids) == 2
    old_token = house.token()
    assert jwt_kid(old_token) == first  # others have not read the new one yet
    later(seconds=601)
    new_token = house.token()
    assert jwt_kid(new_token) in set(kids) - {first}
    check = other_service(house)
    assert check(new_token).role == check(old_token).role == "citizen"
    later(seconds=1600)  # a token that the old key signed last may still be good: a browser's, for 30 minutes
    sweep(house)
    assert len(published(house)["keys"]) == 2
    later(seconds=801)
    sweep(house)
    assert {key["kid"] for key in published(house)["keys"]} == set(kids) - {first}
    with house.db.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SigningKey)) == 1


def test_accounts_accepts_a_token_of_a_new_key_though_it_has_only_just_read_the_old_ones(lite: Desk, later):
    lite.settled()
    check = tokens.verifier(lite.resources)
    old_token = lite.token()
    check(old_token)
    later(days=91)
    sweep(lite)
    later(seconds=601)
    new_token = lite.token()
    assert jwt_kid(new_token) != jwt_kid(old_token)
    assert check(new_token).role == "citizen"


def jwt_kid(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


def test_keys_from_the_environment_sign_with_the_first_and_verify_with_all(sqlite_url, tmp_path):
    new, old = (OKPKey.generate_key("Ed25519", auto_kid=True) for _ in range(2))
    house = Desk(sqlite_url)
    both = Secret(json.dumps({"keys": [key.as_dict(private=True) for key in (new, old)]}))
    house.db = Database(sqlite_url)  # another process
    house.configure(signing_key=both)
    house.settled()
    assert jwt_kid(house.token()) == new.kid
    assert [key["kid"] for key in published(house)["keys"]] == [new.kid, old.kid]
    with house.db.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SigningKey)) == 0
    house.db.dispose()


def stored(house: Desk) -> list[SigningKey]:
    with house.db.read() as session:
        return list(session.scalars(sa.select(SigningKey).order_by(SigningKey.signs_from)))


def restart(house: Desk, **settings: object) -> None:
    """Another process of the service, with other settings."""
    house.db = Database(house.database_url)
    house.configure(**settings)


def test_whoever_steals_the_database_finds_no_key_that_signs_tokens(house: Desk, later):
    restart(house, secrets_key=generate_key())
    house.settled()
    assert other_service(house)(house.token()).role == "citizen"
    later(days=91)
    sweep(house)
    keys = stored(house)
    assert len(keys) == 2
    for key in keys:
        assert not OKPKey.import_key(json.loads(key.jwk)).is_private
        assert '"d"' not in f"{key.jwk}{key.box}"


def test_keys_that_stood_in_clear_are_sealed_and_their_tokens_stay_valid(house: Desk):
    key = generate_key()
    restart(house, secrets_key=key, previous_release_beside=True)
    house.settled()
    token = house.token()
    assert OKPKey.import_key(json.loads(stored(house)[0].jwk)).is_private, "as the release before has left it"
    restart(house, secrets_key=key)
    assert other_service(house)(token).role == "citizen"
    assert jwt_kid(house.token()) == jwt_kid(token)
    [kept] = stored(house)
    assert kept.box
    assert not OKPKey.import_key(json.loads(kept.jwk)).is_private


def test_a_new_secrets_key_seals_the_keys_anew_and_the_old_one_can_go(house: Desk):
    old, new = generate_key(), generate_key()
    restart(house, secrets_key=old)
    house.settled()
    token = house.token()
    restart(house, secrets_key=Secret(f"{new.reveal()},{old.reveal()}"))
    assert jwt_kid(house.token()) == jwt_kid(token)
    restart(house, secrets_key=new)
    assert jwt_kid(house.token()) == jwt_kid(token)
    restart(house, secrets_key=old)
    with pytest.raises(UnknownKey):
        keys_of(house.resources).signing()


def test_a_sealed_key_moved_to_another_row_does_not_open(house: Desk, later):
    restart(house, secrets_key=generate_key())
    house.settled()
    house.token()
    later(days=91)
    sweep(house)
    old, new = stored(house)
    with house.db.write() as session:
        session.execute(sa.update(SigningKey).where(SigningKey.kid == old.kid).values(box=new.box))
    keys_of(house.resources).reread()
    with pytest.raises(CannotOpen):
        keys_of(house.resources).signing()


def test_the_release_before_finds_its_keys_in_clear_again(house: Desk):
    key = generate_key()
    restart(house, secrets_key=key)
    house.settled()
    token = house.token()
    restart(house, secrets_key=key, previous_release_beside=True)
    assert jwt_kid(house.token()) == jwt_kid(token)
    [row] = stored(house)
    assert row.box is None
    assert OKPKey.import_key(json.loads(row.jwk)).is_private


def test_two_processes_that_start_at_once_take_each_others_tokens(house: Desk):
    house.settled()
    neighbour = Database(house.database_url)
    theirs = Resources("accounts", house.resources.settings, neighbour)
    token = house.token()
    assert tokens.verifier(theirs)(token).role == "citizen"
    neighbour.dispose()


def test_a_token_of_somebody_elses_key_opens_nothing(lite: Desk):
    lite.settled()
    real = lite.token()
    forged_key = OKPKey.generate_key("Ed25519", {"kid": jwt_kid(real)})
    claims = json.loads(jws.extract_compact(real.encode()).payload) | {"role": "admin"}
    forged = jwt.encode({"alg": "Ed25519", "kid": forged_key.kid}, claims, forged_key, algorithms=["Ed25519"])
    assert lite.ask("GET", "/staff", token=forged).status_code == 401
