"""Bearer tokens: only what accounts has signed for us, and still stands by, lets anybody in."""

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey, RSAKey

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})
OTHER = OKPKey.generate_key("Ed25519", {"kid": "two"})


def jwks(*keys):
    return KeySet(list(keys)).as_dict(private=False)


def claims(**changes):
    now = int(clock.now().timestamp())
    found = {"iss": "accounts", "aud": "vss", "sub": "a-1", "role": "officer", "office": "079", "iat": now, "exp": now + 900}
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def token(key=KEY, **changes):
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims(**changes), key, algorithms=["Ed25519"])


def verifier(published=None, **options):
    return auth.JwtVerifier(published or (lambda: jwks(KEY)), issuer="accounts", audience="vss", **options)


def test_a_good_token_tells_who_is_calling():
    who = verifier()(token())
    assert (who.id, who.role, who.claims["office"]) == ("a-1", "officer", "079")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"exp": None},
        {"exp": "soon"},
        {"exp": int(clock.now().timestamp()) - 60},
        {"nbf": int(clock.now().timestamp()) + 86_400},
    ],
)
def test_a_token_with_wrong_claims_proves_nothing(changes):
    with pytest.raises(auth.InvalidToken):
        verifier()(token(**changes))


def test_a_role_that_is_no_text_is_no_role():
    assert verifier()(token(role=["admin"])).role == ""


def unsigned(alg):
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "one"}).encode()).decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).decode().rstrip("=")
    return f"{head}.{body}."


def test_a_token_not_signed_by_a_published_key_proves_nothing():
    secret = OctKey.import_key(json.dumps(jwks(KEY)))  # the public key taken for a shared secret
    good = token()
    forgeries = [
        token(OKPKey.generate_key("Ed25519", {"kid": "one"})),
        token(OTHER),
        jwt.encode({"alg": "Ed25519"}, claims(), KEY, algorithms=["Ed25519"]),
        unsigned("none"),
        unsigned("Ed25519"),
        jwt.encode({"alg": "HS256", "kid": "one"}, claims(), secret),
        jwt.encode({"alg": "RS256", "kid": "one"}, claims(), RSAKey.generate_key(2048)),
        good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB"),
        good + "A",
        good.replace(".", "", 1),
        good + "." + good,
        "é",
        "",
        "x" * 5000,
    ]
    for forgery in forgeries:
        with pytest.raises(auth.InvalidToken):
            verifier()(forgery)


def test_a_token_expires_with_the_movable_clock(tmp_path):
    check, given = verifier(), token()
    check(given)
    offset = tmp_path / "offset"
    offset.write_text(str(timedelta(minutes=16).total_seconds()))
    clock.use_offset_file(offset)
    try:
        with pytest.raises(auth.InvalidToken):
            check(given)
    finally:
        clock.use_offset_file(None)


def test_a_revoked_token_proves_nothing():
    check = verifier(is_revoked=lambda found: found["sub"] == "a-1")
    check(token(sub="a-2"))
    with pytest.raises(auth.InvalidToken):
        check(token())


def test_a_new_key_is_asked_for_once_and_then_known():
    published = [KEY]
    asked = []

    def ask():
        asked.append(1)
        return jwks(*published)

    check = verifier(ask, refresh_seconds=0)
    check(token())
    published.append(OTHER)
    check(token(OTHER))
    check(token(OTHER))
    assert len(asked) == 2


def test_tokens_of_unknown_keys_do_not_make_us_ask_again_and_again():
    asked = []

    def keys():
        asked.append(1)
        return jwks(KEY)

    check = verifier(keys)
    for _ in range(20):
        with pytest.raises(auth.InvalidToken):
            check(token(OTHER))
    assert len(asked) == 1


def test_a_withdrawn_key_stops_working_when_the_keys_are_old():
    published = [KEY, OTHER]
    check = verifier(lambda: jwks(*published), max_age_seconds=0)
    check(token(OTHER))
    published.remove(OTHER)
    with pytest.raises(auth.InvalidToken):
        check(token(OTHER))


def test_known_keys_serve_on_while_the_publisher_is_away():
    answers = [jwks(KEY)]
    check = verifier(answers.pop, max_age_seconds=0)
    check(token())
    check(token())


def test_without_any_key_it_cannot_tell():
    with pytest.raises(Transient):
        verifier(lambda: 1 / 0)(token())


@pytest.mark.parametrize("known", [[], [KEY]], ids=["a process that has just started", "a new key"])
def test_who_comes_while_the_keys_are_asked_for_waits_for_them(known):
    asked, answering = threading.Event(), threading.Event()
    published = [list(known)]

    def keys():
        if published:
            return jwks(*published.pop())
        asked.set()
        assert answering.wait(10)
        return jwks(*known, OTHER)

    check = verifier(keys, refresh_seconds=0.3)
    if known:
        check(token())
        time.sleep(0.35)
    else:
        published.clear()
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(check, token(OTHER))
        assert asked.wait(10)
        second = callers.submit(check, token(OTHER))
        time.sleep(0.1)
        answering.set()
        assert (first.result(10).id, second.result(10).id) == (claims()["sub"],) * 2


def test_keys_of_other_kinds_are_not_used():
    rsa = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(Transient):
        verifier(lambda: jwks(rsa))(token())


@pytest.fixture
def client(tmp_path):
    api = Blueprint("cases", url_prefix="/cases")

    @api.route("/mine")
    @auth.requires()
    @api.response(200)
    def mine():
        return {"id": auth.principal().id}

    @api.route("/decide", methods=["POST"])
    @auth.requires("approver", "director")
    @api.response(200)
    def decide():
        return {}

    @api.route("/open")
    @auth.recognises
    @api.response(200)
    def anybody():
        who = auth.caller()
        return {"id": who.id if who else None}

    resources = Resources("verification", ChassisSettings(), Database(f"sqlite:///{tmp_path / 'auth.db'}"))
    return create_app(resources, [api], verifier=verifier()).test_client()


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_a_signed_in_caller_is_let_in(client):
    assert client.get("/verification/cases/mine", headers=bearer(token())).json == {"id": "a-1"}
    assert client.get("/verification/cases/mine", headers={"Authorization": f"bearer  {token()}"}).status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x", "Bearer x", "Bearer a.b.c"])
def test_anybody_else_is_told_to_sign_in(client, header):
    answer = client.get("/verification/cases/mine", headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.json["type"] == "urn:vss:problem:unauthenticated"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json) <= {"type", "title", "title_en", "status", "detail", "detail_en", "trace_id"}


@pytest.mark.parametrize(("changes", "status"), [({"role": "approver"}, 200), ({}, 403), ({"role": None}, 403)])
def test_only_the_right_role_is_let_in(client, changes, status):
    answer = client.post("/verification/cases/decide", headers=bearer(token(**changes)))
    assert answer.status_code == status


def test_the_documentation_says_which_operations_need_a_token(client):
    operation = client.get("/verification/openapi.json").json["paths"]["/verification/cases/mine"]["get"]
    assert operation["security"] == [{"bearer": []}]
    assert {"401", "403"} <= set(operation["responses"])


def test_a_view_that_recognises_people_lets_anybody_in_but_no_bad_token(client):
    assert client.get("/verification/cases/open").json == {"id": None}
    assert client.get("/verification/cases/open", headers=bearer(token())).json == {"id": "a-1"}
    assert client.get("/verification/cases/open", headers=bearer("x")).status_code == 401
    operation = client.get("/verification/openapi.json").json["paths"]["/verification/cases/open"]["get"]
    assert operation["security"] == [{}, {"bearer": []}]
    assert "401" in operation["responses"]


def test_a_view_that_requires_somebody_lets_nobody_in_when_there_is_no_verifier(client):
    client.application.extensions["vss-verifier"] = None
    client.application.testing = False
    assert client.get("/verification/cases/mine", headers=bearer(token())).status_code == 500
