"""HGĐ over HTTP, behind a circuit breaker (V7).

What each answer means: hgd.toml. `Transient` if HGĐ gives no usable answer now, `Held` if it refuses us or answers what nobody knows,
`Permanent` if it refuses the request itself or has no name for this code. Only an outage opens the circuit: an answer that came,
however odd, is one person's matter. No library's exception escapes, and no error text contains a name, a code or our key.
"""

import json
import ssl
from pathlib import Path
from typing import Any

import pybreaker
import requests
from marshmallow import ValidationError
from prometheus_client import Gauge

from services.chassis import tls
from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Held, Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.observe.logs import get_logger
from services.chassis.text.phones import mobile_in_e164
from services.chassis.verdicts import Fault, Verdicts, retry_after
from services.verification.directory.births import parse
from services.verification.directory.port import Answer

log = get_logger(__name__)

_MAX_BYTES = 64 * 1024
_MAX_CONNECT_SECONDS = 3.0
_MOST_WRAPPED = 10
_OK = 200
_OUTAGE = "outage"
TABLE = Verdicts.load(Path(__file__).with_name("hgd.toml"))

REACHABLE = Gauge("vss_hgd_reachable", "1 while HGĐ is called, 0 while the circuit is open after failures")


class Unreachable(Transient):
    """HGĐ is not there, as far as we can tell: the one failure that the circuit counts."""


class NotUnderstood(Held):
    """HGĐ refuses us, or answers what nobody knows."""


class _StateListener(pybreaker.CircuitBreakerListener):
    def state_change(self, _cb: Any, _old: Any, new: Any) -> None:
        REACHABLE.set(0 if new.name == pybreaker.STATE_OPEN else 1)
        log.warning("hgd_circuit_changed", state=new.name)


class HttpDirectory:
    """HGĐ over HTTP. After `failures` outages in a row no call goes out for `pause_seconds`; then one tries."""

    def __init__(self, url: str, api_key: str, *, failures: int = 5, pause_seconds: float = 10.0) -> None:
        self._url = url.rstrip("/") + "/lookups"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy named in the environment must not see whom we ask about
        if authorities := tls.own_authorities():
            self._session.verify = str(authorities)
        self._session.headers.update({"X-Api-Key": api_key, "Accept": "application/json"})
        REACHABLE.set(1)
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failures,
            reset_timeout=pause_seconds,
            exclude=[lambda error: not isinstance(error, Unreachable)],
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
        except Exception as error:  # requests' own, and urllib3's, raised while reading the body
            raise _failure(_class_of(error), detail=f"hgd: {type(error).__name__}") from None
        _check_status(response)
        return _read(body)


def _class_of(error: Exception) -> str:
    """Return the class that the table has of an error or of its causes; `ConnectionError` for none."""
    names = [each.__name__ for cause in (*_causes(error), error) for each in type(cause).__mro__]
    return next((name for name in names if TABLE.find(name).source), "ConnectionError")


def _causes(error: Exception) -> list[Exception]:
    """Return what an error wraps, the innermost first: of a certificate that is refused only that tells."""
    found: list[Exception] = []
    inner: object = error
    while isinstance(inner, Exception) and len(found) < _MOST_WRAPPED:
        inner = getattr(inner, "reason", None) or next((each for each in inner.args if isinstance(each, Exception)), None)
        if isinstance(inner, ssl.SSLCertVerificationError):
            found.insert(0, inner)
    return found


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status != _OK:
        seconds = retry_after(response.headers.get("Retry-After"), date=response.headers.get("Date")) or 0.0
        group = f"HTTP {status // 100}xx"
        raise _failure(f"HTTP {status}", group, detail=f"hgd: answered {status}", after_seconds=seconds)


def _failure(*answers: str, detail: str, after_seconds: float = 0.0) -> Exception:
    verdict = TABLE.find(*answers)
    match verdict.fault:
        case Fault.MESSAGE:
            return Permanent(detail)
        case Fault.PASSING if verdict.code == "busy":
            return RetryAfter(detail, after_seconds=after_seconds)
        case Fault.PASSING:
            return Unreachable(detail) if verdict.code == _OUTAGE else Transient(detail)
        case _:
            return NotUnderstood(verdict.code, f"{detail} ({verdict.says})")


def _read(body: bytes) -> Answer:
    """Parse a response body. What is no record is no answer: a captive gateway responds with 200 too.

    Only the name must be there; what else is odd in a record, or new to us, is ignored.
    """
    try:
        if len(body) > _MAX_BYTES:
            raise ValueError
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _failure("not JSON", detail="hgd: the answer is no JSON") from None
    found = data.get("found") if isinstance(data, dict) else None
    if found is False:
        return Answer(found=False)
    if found is not True:
        raise _failure("no record", detail="hgd: the answer is not understood")
    name = data.get("full_name")
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        raise _failure("no name", detail="hgd: the record has no name that can be read")
    birth = parse(data.get("date_of_birth"), today=today_in_vietnam())
    return Answer(found=True, full_name=name, birth=birth, phone=_mobile(data.get("phone")))


def _mobile(phone: object) -> str | None:
    """Return a mobile number in E.164; None for anything else, which says nothing about HGĐ."""
    try:
        return mobile_in_e164(phone) if isinstance(phone, str) else None
    except ValidationError:
        return None
