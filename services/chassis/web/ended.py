"""Sessions of staff that accounts has ended, read from accounts itself: `session_revoked` comes by the broker, and the broker may be down.

A member of staff who is disabled must not go on for the fifteen minutes of their last token. So each process also asks, at most every `ENDED_SESSIONS_SECONDS` and only while
staff call it, for the short list that accounts publishes beside its keys. It holds hashes of session ids, so that it tells nothing about people.

Where the list cannot be read, tokens are taken until they expire, 15 minutes at most: without accounts nobody gets another one, and refusing all staff at once would
make each restart of accounts an outage of every counter (decision 60). `vss_ended_sessions_unread_total` counts it.
"""

import hashlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from services.chassis.fetching import open_url
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.web.second_factor import is_of_staff

log = get_logger(__name__)

#: beside the keys, whatever the address of those is
NAME = "ended-sessions.json"
#: of accounts' answer: newest first
MOST = 10_000
_SECONDS, _MOST_BYTES = 3.0, 1024**2
_HASH_BYTES = 16


def hash_session(session_id: str) -> str:
    """Return the hash under which a session is published."""
    return hashlib.sha256(session_id.encode()).hexdigest()[: 2 * _HASH_BYTES]


def read(jwks_url: str) -> frozenset[str]:
    """Return the published hashes.

    :raises OSError: if there is no answer in time; ``ValueError`` for one that is none.
    """
    asked = urllib.request.Request(urljoin(jwks_url, NAME), headers={"Cache-Control": "no-cache"})  # noqa: S310  # the scheme is checked by the setting
    with open_url(asked, _SECONDS) as answer:
        ended: list[str] = json.loads(answer.read(_MOST_BYTES))["ended"]
    return frozenset(ended)


class EndedSessions:
    """Tell whether accounts has ended the session of these claims. Safe for threads.

    Only whoever comes before the first reading waits for it; later ones go on with what is known while it is read anew.
    """

    def __init__(self, read_list: Callable[[], frozenset[str]], *, service: str, seconds: float) -> None:
        self._read_list, self._seconds = read_list, seconds
        self._unread = metrics.of(service).ended_sessions_unread
        self._ended: frozenset[str] = frozenset()
        self._began_at = float("-inf")
        self._first = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, claims: Mapping[str, Any]) -> bool:
        if not is_of_staff(claims.get("role")):
            return False
        with self._lock:
            due = time.monotonic() - self._began_at >= self._seconds
            if due:
                self._began_at = time.monotonic()
        if due:
            threading.Thread(target=self._refresh, name="ended-sessions", daemon=True).start()
        self._first.wait(_SECONDS + 1)
        return hash_session(str(claims.get("sid"))) in self._ended

    def _refresh(self) -> None:
        try:
            self._ended = self._read_list()
        except Exception as error:  # whatever it is: the next reading tries again
            self._unread.inc()
            log.warning("ended_sessions_not_read", error=error)
        finally:
            self._first.set()
