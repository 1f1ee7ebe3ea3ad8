"""HGĐ over HTTP, behind a circuit breaker (V7).

`Transient` if HGĐ gives no usable answer now, `Permanent` if it refuses the request itself or has no name for this code: an odd
record is one person's matter and never opens the circuit. No library's exception escapes,
and no error text contains a name, a code or our key.
"""

import json
from typing import Any

import pybreaker
import requests
from marshmallow import ValidationError
from prometheus_client import Gauge

from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.observe.logs import get_logger
from services.chassis.text.phones import mobile_in_e164
from services.verification.directory.births import parse
from services.verification.directory.port import Answer

log = get_logger(__name__)

_MAX_BYTES = 64 * 1024
_MAX_CONNECT_SECONDS = 3.0
_OK, _TOO_MANY, _SERVER = 200, 429, 500
#: our key is wrong or has expired: an operator must correct it, and no dossier may suffer
_OUR_KEY = (401, 403)
#: a gateway that is not set up, or HGĐ's own time-out, says nothing about the person
_NOT_NOW = (404, 407, 408, 421, 425)

REACHABLE = Gauge("vss_hgd_reachable", "1 while HGĐ is called, 0 while the circuit is open after failures")


class _StateListener(pybreaker.CircuitBreakerListener):
    def state_change(self, _cb: Any, _old: Any, new: Any) -> None:
        REACHABLE.set(0 if new.name == pybreaker.STATE_OPEN else 1)
        log.warning("hgd_circuit_changed", state=new.name)


class HttpDirectory:
    """HGĐ over HTTP. After `failures` transient failures in a row no call goes out for `pause_seconds`; then one tries."""

    def __init__(self, url: str, api_key: str, *, failures: int = 5, pause_seconds: float = 10.0) -> None:
        self._url = url.rstrip("/") + "/lookups"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy named in the environment must not see whom we ask about
        self._session.headers.update({"X-Api-Key": api_key, "Accept": "application/json"})
        REACHABLE.set(1)
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failures,
            reset_timeout=pause_seconds,
            exclude=[Permanent],
            listeners=[_StateListener()],
            throw_new_error_on_trip=False,
        )

    def look_up(self, bhxh_code: str, *, timeout_seconds: float) -> Answer:
        """Return what HGĐ holds under this code (`Directory.look_up`)."""
        try:
            # not breaker.call(): it holds its lock during the call, so that only one call could run at a time
            with self._breaker.calling():
                return self._ask(bhxh_code, timeout_seconds)
        except pybreaker.CircuitBreakerError:
            raise Transient("hgd: not called, the circuit is open after failures") from None

    def _ask(self, bhxh_code: str, timeout_seconds: float) -> Answer:
        try:
            with self._session.post(
                self._url,
                json={"bhxh_code": bhxh_code},
                timeout=(min(timeout_seconds, _MAX_CONNECT_SECONDS), timeout_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = response.raw.read(_MAX_BYTES + 1, decode_content=True)
        except requests.Timeout:
            raise Transient("hgd: no answer in time") from None
        except (requests.RequestException, OSError) as error:
            raise Transient(f"hgd: {type(error).__name__}") from None
        except Exception as error:  # urllib3's own, raised while reading the body
            raise Transient(f"hgd: {type(error).__name__} while reading") from None
        _check_status(response)
        return _read(body)


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == _OK:
        return
    if status == _TOO_MANY:
        after = response.headers.get("Retry-After", "")
        seconds = float(after) if after.isascii() and after.isdigit() else 0.0
        raise RetryAfter("hgd: too many requests", after_seconds=seconds)
    if status in _OUR_KEY:
        raise Transient(f"hgd: our key is refused ({status}); check HGD_API_KEY")
    if status >= _SERVER or status in _NOT_NOW or status < 400:
        raise Transient(f"hgd: answered {status}")
    raise Permanent(f"hgd: refused the request ({status})")


def _read(body: bytes) -> Answer:
    """Parse a response body. What is no record is no answer: a captive gateway responds with 200 too.

    Only the name must be there; what else is odd in a record, or new to us, is ignored.
    """
    try:
        if len(body) > _MAX_BYTES:
            raise ValueError
        data = json.loads(body)
        if data["found"] is False:
            return Answer(found=False)
        if data["found"] is not True:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Transient("hgd: the answer is not understood") from None
    name = data.get("full_name")
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        raise Permanent("hgd: the record has no name that can be read")
    birth = parse(data.get("date_of_birth"), today=today_in_vietnam())
    return Answer(found=True, full_name=name, birth=birth, phone=_mobile(data.get("phone")))


def _mobile(phone: object) -> str | None:
    """Return a mobile number in E.164; None for anything else, which says nothing about HGĐ."""
    try:
        return mobile_in_e164(phone) if isinstance(phone, str) else None
    except ValidationError:
        return None
