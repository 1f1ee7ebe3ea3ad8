"""Sign in to an account, change its password, take it over on another device."""

from __future__ import annotations

import uuid
from typing import Any

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

    def call(self, method: str, path: str, **how: Any) -> Any:
        """Call accounts with this account's token."""
        return self.web.call(method, f"/accounts{path}", **{"token": self.token} | how)

    def sign_in(self, password: str, expect: Status = 201) -> Any:
        """Sign in; keep the token, if any, and return the response."""
        body = {"username": self.username, "password": password, "device_id": self.device}
        return self._keep(self.call("POST", "/sessions", json=body, token=None, headers=self._shown(), expect=expect))

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
        """Reset a forgotten password with the OTP from the SMS."""
        seen = self.inbox.sms()
        body = {"username": self.username}
        asked = self.call("POST", "/password/reset", json=body, token=None, headers=self._shown(), expect=202)
        challenge = asked["challenge"]
        self.confirms_reset(challenge, self.inbox.otp(skip=seen), new)

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


def other_than(otp: str) -> str:
    """Return a wrong code of the same format."""
    return f"{(int(otp) + 1) % 1_000_000:06d}"


def until_status(web: Web, status: int, path: str, token: str | None) -> None:
    """Wait until a GET with this token returns `status`."""

    def look() -> int:
        return web.send("GET", web.url(path), headers={"Authorization": f"Bearer {token}"}).status_code

    web.until(look, lambda seen: seen == status, f"answering {status} to GET {path}")
