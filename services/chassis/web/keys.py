"""The published keys that tokens are checked with, as one process knows them.

    KeysUnavailable (Transient)    nobody can tell at the moment: 503, never 401
    UnknownKey (Permanent)         the publisher was asked after the question came, and has no such key

A key that is not known *yet* must not be taken for a wrong one, and questions about keys that never were must not keep others waiting:

- who asks for a known key never waits. Keys are read anew in the background once they are a minute old, long before the publisher
  signs with the next one (it publishes keys ten minutes ahead), so that a key of an ordinary change is known before its first token;
- who asks for another key waits for a reading that began after the question. All who wait share it, and one begins at most every
  `refresh_seconds`. After two that failed, or `wait_seconds`, nobody can tell;
- a key that was not there is remembered for a moment; only `most_waiting` may wait at once.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.error import HTTPError

from joserfc.jwk import KeySet, OKPKey

from services.chassis.errors import Permanent, Transient
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

ALGORITHM = "Ed25519"
_TRIES = 2
_ABSENT_SECONDS, _MOST_ABSENT = 2.0, 4096
_LONGEST_ID = 200
_CHECK_SECONDS = 1.5


class KeysUnavailable(Transient):
    """The keys cannot be read now; the text says why, and quotes neither URL nor answer."""

    safe_to_log = True
    kind = "keys-unavailable"
    retry_after_seconds = 2


class UnknownKey(Permanent):
    """The publisher has no such key."""


class PublishedKeys:
    """Ed25519 keys by id. `read` gives the JWK set as a dict; it may be slow and may raise anything. Safe for threads."""

    def __init__(
        self,
        read: Callable[[], Mapping[str, Any]],
        *,
        refresh_seconds: float = 0.25,
        max_age_seconds: float = 60.0,
        wait_seconds: float = 5.0,
        most_waiting: int = 200,
    ) -> None:
        self._read = read
        self._refresh_seconds, self._max_age_seconds = refresh_seconds, max_age_seconds
        self._wait_seconds, self._most_waiting = wait_seconds, most_waiting
        self._keys: Mapping[str, OKPKey] = {}
        self._absent: dict[str, float] = {}
        self._changed = threading.Condition()
        self._reading = False
        self._waiting = 0
        #: when the latest reading began, and the latest one that worked
        self._began_at = self._known_since = float("-inf")
        self._failures, self._fault = 0, ""

    def find(self, key_id: object) -> OKPKey:
        """Return the key.

        :raises UnknownKey: there is none.
        :raises KeysUnavailable: nobody can tell at the moment.
        """
        if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_ID:
            raise UnknownKey("no id of a key")
        key = self._keys.get(key_id)
        if key is None:
            with self._changed:
                return self._wait_for(key_id)
        if time.monotonic() - self._began_at >= self._max_age_seconds:
            with self._changed:
                self._begin()
        return key

    def check(self) -> str | None:
        """For `/readyz`: read the keys if that is due; return what is wrong, or None."""
        with self._changed:
            if time.monotonic() - self._began_at >= (self._max_age_seconds if not self._fault else self._refresh_seconds):
                self._begin()
            self._changed.wait_for(lambda: not self._reading, _CHECK_SECONDS)
            if self._keys and not self._fault:
                return None
            why = self._fault or "no answer yet"
            return f"the keys of tokens cannot be read: {why}. " + (
                "Those at hand are used until then." if self._keys else "Nobody who signs in is let in."
            )

    def _wait_for(self, key_id: str) -> OKPKey:
        arrived = time.monotonic()
        if self._absent.get(key_id, arrived) > arrived:
            raise UnknownKey("unknown key")
        if self._waiting >= self._most_waiting:
            raise KeysUnavailable("too many tokens of unknown keys at once")
        self._waiting += 1
        failures, until = self._failures, arrived + self._wait_seconds
        try:
            while (key := self._keys.get(key_id)) is None:
                now = time.monotonic()
                if self._known_since >= arrived:
                    self._remember_absent(key_id, now)
                    raise UnknownKey("unknown key")
                if self._failures - failures >= _TRIES or now >= until:
                    raise KeysUnavailable(f"the keys of tokens cannot be read: {self._fault or 'no answer yet'}")
                again = self._began_at + self._refresh_seconds
                if not self._reading and now >= again:
                    self._begin()
                self._changed.wait(until - now if self._reading else min(until, again) - now)
            return key
        finally:
            self._waiting -= 1

    def _remember_absent(self, key_id: str, now: float) -> None:
        self._absent.pop(key_id, None)
        self._absent[key_id] = now + _ABSENT_SECONDS
        while len(self._absent) > _MOST_ABSENT:
            del self._absent[next(iter(self._absent))]

    def _begin(self) -> None:
        """Start reading on a thread of its own, so that waiting can end before it does. Called with the lock held."""
        if not self._reading:
            self._reading, self._began_at = True, time.monotonic()
            threading.Thread(target=self._refresh, name="keys", daemon=True).start()

    def _refresh(self) -> None:
        keys: dict[str, OKPKey] = {}
        try:
            keys = _usable(self._read())
            fault = "" if keys else f"no {ALGORITHM} key in the answer"
        except Exception as error:
            log.warning("jwks_not_read", error=error)
            fault = f"HTTP {error.code}" if isinstance(error, HTTPError) else type(error).__name__
        with self._changed:
            self._reading, self._fault = False, fault
            if keys:
                self._keys, self._known_since = keys, self._began_at
            else:
                self._failures += 1
            self._changed.notify_all()


def _usable(answer: Mapping[str, Any]) -> dict[str, OKPKey]:
    return {
        key.kid: key
        for key in KeySet.import_key_set(cast(Any, answer)).keys
        if isinstance(key, OKPKey) and key.kid and key.as_dict().get("crv") == ALGORITHM
    }
