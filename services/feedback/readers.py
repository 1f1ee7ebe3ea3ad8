"""The facts that feedback reads from other services: sessions that end before their tokens expire (A7)."""

from datetime import datetime

from marshmallow import fields

from services.chassis.facts import Reader, reads


class SessionRevoked(Reader, service="accounts", name="session_revoked", version=1):
    session_id: str = reads(fields.String(required=True))
    tokens_until: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
