"""What a browser keeps for accounts: the id of the device (A7), and how far a sign-in has come.

The device's id is 128 random bits that no script can read and that survive signing out, so that the same browser is never "another device". As
nobody else can know it, it also says that the account knows this device (A13): a browser needs no token for that.
"""

import re
import secrets
from typing import Any

from flask import Response, g, request
from flask import session as kept

from services.accounts.sessions.rules import hash_device
from services.accounts.throttles.sources import Asker
from services.chassis.web.addresses import client_address
from services.chassis.web.pages import cookies
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.resources import resources

_ID_BYTES = 16
_ID = re.compile(f"[0-9a-f]{{{2 * _ID_BYTES}}}")
_MAX_AGE = 400 * 86_400
_UNDER_WAY = "under_way"


def pages(name: str, import_name: str) -> Pages:
    """Return a blueprint of pages that keep the device's cookie."""
    made = Pages(name, import_name)
    made.after_request(_keep_device)
    return made


def device_id() -> str:
    """Return the id of the browser in hand, a new one if it has none."""
    if "device_id" not in g:
        shown = request.cookies.get(_name(), "")
        g.device_id = shown if _ID.fullmatch(shown) else secrets.token_hex(_ID_BYTES)
        g.device_is_new = g.device_id != shown
    return str(g.device_id)


def asker() -> Asker:
    """Return what the request in hand says of who asks, as `known.asking.asker` does for the API."""
    return Asker(client_address(), None, device=hash_device(device_id()), browser=True)


def keep(step: str, **values: Any) -> None:
    """Remember how far this browser has come, in the signed cookie of these pages: ids and hours, nothing about people."""
    kept[_UNDER_WAY] = {"step": step} | values
    kept.permanent = True


def under_way(step: str) -> dict[str, Any] | None:
    """Return what was kept for this step; None if this browser is at another one, or at none."""
    found = kept.get(_UNDER_WAY)
    return found if isinstance(found, dict) and found.get("step") == step else None


def forget() -> None:
    """Forget how far it has come."""
    kept.pop(_UNDER_WAY, None)


def _name() -> str:
    return "__Host-vss-device" if cookies.is_secure(resources.settings) else "vss-device"


def _keep_device(response: Response) -> Response:
    if g.get("device_is_new"):
        secure = cookies.is_secure(resources.settings)
        response.set_cookie(_name(), device_id(), max_age=_MAX_AGE, path="/", secure=secure, httponly=True, samesite="Lax")
    return response
