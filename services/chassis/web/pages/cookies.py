"""Flask's session of pages, `vss_<service>`: signed, sent to this service's pages only, and never read by an API call.

It holds the secret of the forms, notices, and who used this browser last; nothing personal but an account's id.
"""

from datetime import timedelta

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from services.chassis.settings import ChassisSettings

LASTS = timedelta(hours=12)


def is_secure(settings: ChassisSettings) -> bool:
    """Tell whether browsers come by TLS: always, but on this machine alone."""
    return not (settings.public_url or "").startswith("http://")


class _Interface(SecureCookieSessionInterface):
    """Flask's own, which reads the key for nobody who brings no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask, service: str, settings: ChassisSettings) -> None:
    """Set the cookie's flags."""
    app.session_interface = _Interface()
    app.config.update(
        SESSION_COOKIE_NAME=f"vss_{service}",
        SESSION_COOKIE_PATH=f"/{service}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure(settings),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LASTS,
    )
