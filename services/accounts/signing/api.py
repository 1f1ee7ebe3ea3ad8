"""`/jwks.json`: publish the keys with which every service checks tokens."""

import marshmallow as ma
from flask import Response, jsonify

from services.accounts.signing.keys import keys_of
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

_CACHE_SECONDS = 60

keys = Blueprint("keys", description="Published keys")
blueprints = (keys,)


class KeySetSchema(ma.Schema):
    """JWK set (RFC 7517)."""

    keys = ma.fields.List(ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Raw()), required=True)


@keys.route("/jwks.json")
@budgets.uncounted(
    "answered from memory, and every service depends on it: a count would let strangers and a slow database cut off all who sign in"
)
@keys.response(200, KeySetSchema)
def jwks() -> Response:
    """Return the public keys of access tokens (RFC 7517)"""
    response = jsonify(keys_of(resources).published())
    response.headers["Cache-Control"] = f"public, max-age={_CACHE_SECONDS}"
    return response
