"""Request and response schemas of signing in."""

import marshmallow as ma

from services.accounts.accounts.roles import ANYBODY
from services.accounts.accounts.schemas import password_field, user_name_field
from services.chassis.web.fields import Moment
from services.chassis.web.problem import ProblemSchema


class SignIn(ma.Schema):
    username = user_name_field()
    password = password_field()
    device_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 200),
        metadata={"description": "a random value that the app or browser keeps, to tell devices apart (A7)"},
    )
    warn_first = ma.fields.Boolean(
        load_default=False,
        metadata={
            "description": "on a second device answer 409 without sending a code; `takeover/code` sends it once the person goes on, as A7 has it. "
            "False, as clients of before this release have it: the code is sent at once"
        },
    )


class SignedIn(ma.Schema):
    token = ma.fields.String(required=True, metadata={"description": "bearer token, Ed25519 JWT"})
    session_id = ma.fields.String(required=True)
    expires_at = Moment(required=True, metadata={"description": "when the token ends; refresh before"})
    must_change_password = ma.fields.Boolean(required=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ANYBODY))
    device_token = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "after signing in and taking over: keep it on this device and send it as `X-Device-Token` when signing in to "
            "this account or resetting its password, so that guesses from elsewhere do not lock this device out (A13). It opens nothing. "
            "null in other answers: what the device has stays good"
        },
    )


class SessionShown(ma.Schema):
    session_id = ma.fields.UUID(required=True)
    started_at = Moment(required=True)
    used_at = Moment(required=True, metadata={"description": "when its latest token was issued"})
    ended_at = Moment(
        required=True, allow_none=True, metadata={"description": "null while nobody has ended it; it may have idled out"}
    )
    end_reason = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "signed_out, takeover, password_changed, password_reset, account_stopped, locked; more may come"
        },
    )
    current = ma.fields.Boolean(required=True, metadata={"description": "the session that asks"})
    this_device = ma.fields.Boolean(required=True, metadata={"description": "of the same device as the session that asks"})


class AnotherDevice(ProblemSchema):
    challenge = ma.fields.UUID(
        required=True, metadata={"description": "for `takeover` if the code was sent, else for `takeover/code`"}
    )
    expires_at = Moment(required=True)
    code_sent = ma.fields.Boolean(required=True)
    phone_end = ma.fields.String(required=True, metadata={"description": "the last three digits of the registered phone"})


class SignInRefused(ProblemSchema):
    tries_left = ma.fields.Integer(
        metadata={"description": "tries before a pause, from three down; the same for names that nobody has"}
    )


class GoOn(ma.Schema):
    """The person has read the warning, and goes on."""

    challenge = ma.fields.UUID(required=True)


class SessionEnd(ma.Schema):
    """What has become of the session of a token, for whoever holds the token."""

    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(("open", "idle", "ended")),
        metadata={"description": "idle: nobody ended it, it was not used for too long"},
    )
    at = Moment(required=True, allow_none=True, metadata={"description": "when it ended"})
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "as in the list of sessions"})
