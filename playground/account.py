"""Sign in to an account, change its password, take it over on another device."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from playground.authenticator import App, SoftPasskey
from playground.inbox import Inbox
from playground.web import Status, Web


class Account:
    """Somebody's account, on one device."""

    def __init__(self, web: Web, username: str, inbox: Inbox, device: str | None = None) -> None:
        self.web = web
        self.username = username
        self.inbox = inbox
        self.device = device or f"device-{uuid.uuid4().hex}"
        self.token: str | None = None
        self.device_token: str | None = None
        #: of staff (A12): an authenticator app, and a passkey; who has both shows the passkey
        self.app: App | None = None
        self.passkey: SoftPasskey | None = None

    def call(self, method: str, path: str, **how: Any) -> Any:
        """Call accounts with this account's token."""
        return self.web.call(method, f"/accounts{path}", **{"token": self.token} | how)

    def sign_in(self, password: str, expect: Status = 201) -> Any:
        """Sign in, as staff with the second factor; keep the token, if any, and return the response."""
        body = {"username": self.username, "password": password, "device_id": self.device}
        if self.app or self.passkey:
            answer = self.call("POST", "/sessions", json=body, token=None, headers=self._shown(), expect=_also(expect, 409))
            return self.proves(answer, expect) if "step" in answer else answer
        return self._keep(self.call("POST", "/sessions", json=body, token=None, headers=self._shown(), expect=expect))

    def proves(self, asked: Any, expect: Status = 201, path: str = "/sessions/second-factor", **proof: Any) -> Any:
        """Show the second factor that a step asks for, or this ``proof``."""
        if not proof:
            shown = self.passkey.get(asked["passkey"]) if self.passkey else None
            proof = {"passkey": shown} if shown else {"totp": self.app.code() if self.app else ""}
        body = {"step": asked["step"]} | proof
        return self._keep(self.call("POST", path, json=body, token=None, headers=self._shown(), expect=expect))

    def steps_up(self) -> None:
        """Show the second factor once more, in the session in hand."""
        asked = self.call("POST", "/second-factor/step-up", expect=202)
        shown = {"passkey": self.passkey.get(asked["passkey"])} if self.passkey else {"totp": self.app and self.app.code()}
        self._keep(self.call("POST", "/second-factor/step-up/confirm", json={"step": asked["step"]} | shown, expect=201))

    def begins_with_a_sheet(self, password: str, code: str) -> None:
        """Set the first password with the code to the phone and that of the sheet, and sign in to enrol."""
        asked = self.asks_to_reset(password, expect=409)
        self.proves(asked, 204, "/password/reset/second-factor", enrolment_code=code)
        self.signs_in_to_enrol(password, code)

    def signs_in_to_enrol(self, password: str, code: str) -> None:
        """Sign in with the password and the code of a sheet: good for enrolling only."""
        body = {"username": self.username, "password": password, "device_id": self.device}
        self.proves(self.call("POST", "/sessions", json=body, token=None, expect=409), enrolment_code=code)

    def enrols_a_passkey(self) -> Any:
        """Enrol a passkey; the token that follows opens everything."""
        passkey = SoftPasskey()
        asked = self.call("POST", "/second-factor/passkeys", expect=201)
        body = {"step": asked["step"], "name": "Khóa ở cơ quan", "passkey": passkey.create(asked["passkey"])}
        enrolled = self.call("POST", "/second-factor/passkeys/confirm", json=body, expect=200)
        self.passkey = passkey
        self._keep(enrolled["token"])
        return enrolled

    def enrols_an_app(self, now: Callable[[], datetime]) -> Any:
        """Enrol an authenticator app, whose clock is `now`; the token that follows opens everything."""
        app = App(self.call("POST", "/second-factor/totp", expect=201)["secret"], now)
        enrolled = self.call("POST", "/second-factor/totp/confirm", json={"totp": app.code()}, expect=200)
        self.app = app
        self._keep(enrolled["token"])
        return enrolled

    def takes_over(self, challenge: str, otp: str, expect: Status = 201) -> Any:
        """Continue on this device, which signs the other one out."""
        return self._keep(
            self.call(
                "POST",
                "/sessions/takeover",
                json={"challenge": challenge, "otp": otp},
                token=None,
                headers=self._shown(),
                expect=expect,
            )
        )

    def asks_to_change(self, old: str, new: str, expect: Status = 202) -> Any:
        """Request a password change: an OTP is sent."""
        return self.call("POST", "/password/change", json={"current_password": old, "new_password": new}, expect=expect)

    def confirms(self, challenge: str, otp: str, expect: Status = 200) -> Any:
        """Confirm the password change with the OTP."""
        return self._keep(self.call("POST", "/password/confirm", json={"challenge": challenge, "otp": otp}, expect=expect))

    def changes_password(self, old: str, new: str) -> Any:
        """Request and confirm a password change, with the OTP from the SMS."""
        seen = self.inbox.sms()
        challenge = self.asks_to_change(old, new)["challenge"]
        return self.confirms(challenge, self.inbox.otp(skip=seen))

    def resets(self, new: str) -> None:
        """Reset a forgotten password with the OTP from the SMS; as staff, with the second factor too."""
        if self.app or self.passkey:
            self.proves(self.asks_to_reset(new, expect=409), 204, "/password/reset/second-factor")
        else:
            self.asks_to_reset(new)

    def asks_to_reset(self, new: str, expect: Status = 204) -> Any:
        """Ask for a reset, and confirm it with the OTP from the SMS."""
        seen = self.inbox.sms()
        body = {"username": self.username}
        asked = self.call("POST", "/password/reset", json=body, token=None, headers=self._shown(), expect=202)
        challenge = asked["challenge"]
        return self.confirms_reset(challenge, self.inbox.otp(skip=seen), new, expect)

    def confirms_reset(self, challenge: str, otp: str, new: str, expect: Status = 204) -> Any:
        body = {"challenge": challenge, "otp": otp, "new_password": new}
        return self.call("POST", "/password/reset/confirm", json=body, token=None, headers=self._shown(), expect=expect)

    def refresh(self) -> Any:
        """Get a fresh token for the same session."""
        return self._keep(self.call("POST", "/sessions/current/refresh", expect=201))

    def signs_out(self) -> None:
        self.call("DELETE", "/sessions/current", expect=204)

    def me(self, expect: Status = 200) -> Any:
        return self.call("GET", "/me", expect=expect)

    def until_refused(self) -> None:
        """Wait until the token is refused."""
        until_status(self.web, 401, "/accounts/me", self.token)

    def _shown(self) -> dict[str, str]:
        """Return the header by which the account knows this device (A13)."""
        return {"X-Device-Token": self.device_token} if self.device_token else {}

    def _keep(self, answer: Any) -> Any:
        if isinstance(answer, dict) and "token" in answer:
            self.token = answer["token"]
            # a release before this one gives none
            self.device_token = answer.get("device_token") or self.device_token
        return answer


def _also(expect: Status, status: int) -> Status:
    return (expect, status) if isinstance(expect, int) else (*expect, status)


def other_than(otp: str) -> str:
    """Return a wrong code of the same format."""
    return f"{(int(otp) + 1) % 1_000_000:06d}"


def until_status(web: Web, status: int, path: str, token: str | None) -> None:
    """Wait until a GET with this token returns `status`."""

    def look() -> int:
        return web.send("GET", web.url(path), headers={"Authorization": f"Bearer {token}"}).status_code

    web.until(look, lambda seen: seen == status, f"answering {status} to GET {path}")
