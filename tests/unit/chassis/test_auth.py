"""Bearer tokens: only what accounts has signed for us, and still stands by, lets anybody in."""

import base64
import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey
from structlog.testing import capture_logs

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from tests.stand.tokens import KEY, OTHER, claims, jwks, token, verifier


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
        {"iat": "now"},
        {"iat": True},
    ],
)
def test_a_token_with_wrong_claims_proves_nothing(changes):
    with pytest.raises(auth.InvalidToken):
        verifier()(token(**changes))


def test_a_role_that_is_no_text_is_no_role():
    assert verifier()(token(role=["admin"])).role == ""


def encoded(text):
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def nested():
    """A header deeper than Python reads."""
    return f"{encoded(b'[' * 2900)}.{encoded(b'{}')}.{encoded(b'x' * 64)}"


def unsigned(alg):
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "one"}).encode()).decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).decode().rstrip("=")
    return f"{head}.{body}."


@pytest.mark.parametrize(
    ("type_", "good"), [("at+jwt", True), ("JWT", True), ("application/at+jwt", True), ("logout+jwt", False)]
)
def test_a_token_that_we_signed_for_another_purpose_lets_nobody_in(type_, good):
    signed = jwt.encode({"alg": "Ed25519", "typ": type_, "kid": KEY.kid}, claims(), KEY, algorithms=["Ed25519"])
    if good:
        assert verifier()(signed).role == "officer"
    else:
        with pytest.raises(auth.InvalidToken, match="other type"):
            verifier()(signed)


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
        nested(),
        "bm9uZQ." + good.partition(".")[2],  # its header is JSON's beginning only
        encoded(b"[]") + "." + good.partition(".")[2],
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


@pytest.mark.parametrize("changes", [{}, {"role": "approver", "acr": "aal1"}], ids=["another role", "no second factor"])
def test_the_log_says_who_was_refused_and_which_route(client, changes):
    with capture_logs() as logged:
        assert client.post("/verification/cases/decide", headers=bearer(token(**changes))).status_code == 403
        client.post("/verification/cases/decide", headers=bearer(token(role="approver")))
    refused, let_in = (line for line in logged if line["event"] == "http_request")
    assert (refused["status"], refused["route"]) == (403, "/verification/cases/decide")
    assert (refused["account_id"], refused["role"]) == ("a-1", changes.get("role", "officer"))
    assert "account_id" not in let_in


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
