"""`Idempotency-Key`: a repeated request gets the first response again and creates nothing twice.

The key, a hash of the request and the response are written in the transaction of the work itself, so a crash leaves all of it
or nothing; there is no "running" row to get stuck. A failed request keeps nothing: it may be corrected and sent again under the
same key.

A kept response may hold what only the caller should know, so it is encrypted with a key derived from the caller's
Idempotency-Key, of which the table holds only a hash. Even so, do not use it for responses that carry a token.

A key is its asker's: who is signed in, and which tracking code was shown, are part of it. Whoever has the key alone gets no response of
somebody else's; the request is then one of their own, and what it may do is judged as ever (decision 54).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Response, g, make_response, request
from nacl.secret import SecretBox
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.chassis import clock, tracking
from services.chassis.database import Instant, chassis_metadata
from services.chassis.sweeps import Pruning
from services.chassis.web.body import typed_header
from services.chassis.web.documented import View, described
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

HEADER = "Idempotency-Key"
#: of a page: what its second answer says again; taken off before it leaves
NOTICES = "Vss-Notices"
KEPT_FOR = timedelta(hours=24)

table = sa.Table(
    "http_idempotency",
    chassis_metadata,
    sa.Column("key_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("answered_at", Instant(), nullable=False),
    sa.Index("http_idempotency_answered_at", "answered_at"),
)

# built once: building them for each request costs more than running them
_KEPT = sa.select(table).where(table.c.key_hash == sa.bindparam("key_hash"))
# PostgreSQL: lock and read in one statement. It may miss what another process committed just before we got the lock; then our
# insert fails, and the whole transaction with it
_lock = sa.select(sa.func.pg_try_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger())).label("alone")).subquery()
_LOCK_AND_KEPT = sa.select(_lock.c.alone, table).select_from(
    _lock.outerjoin(table, table.c.key_hash == sa.bindparam("key_hash"))
)
_KEEP = sa.insert(table)

_KEY = re.compile(r'"?([\x21\x23-\x7e]{8,200})"?', re.ASCII)
#: responses are forgotten here and nowhere else: a process whose clock is wrong must not do a request's work a second time
FORGET_RESPONSES = Pruning(
    "forget_responses", lambda now: sa.select(table.c.key_hash).where(table.c.answered_at < now - KEPT_FOR)
)
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Content-Language", NOTICES)
_FIRST_ERROR = 400
_LOCK_BYTES = 8

# keys in use in this process; PostgreSQL holds a lock against other processes
_running: set[bytes] = set()


class _RefusedError(Exception):
    """Carries an error response out of the transaction, which it rolls back."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def idempotent(view: View) -> View:
    """Run the view in one write transaction, given to it as `session`, and once per `Idempotency-Key`.

    Stands between `@blueprint.arguments` and `@blueprint.response`. Without the header the view simply runs. The
    transaction is rolled back when the view raises or answers with an error. Answers: 400 for a key that is none (8 to
    200 visible ASCII characters), 409 while the first request is still running, 422 when the key came with another
    request before.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        request.get_data(cache=True)  # reading may wait for the network, which a transaction must not
        given = request.headers.get(HEADER)
        try:
            if given is None:
                return resources.db.transact(lambda session: _run(view, args, kwargs, session))
            return once(_of_header(given), lambda session: _run(view, args, kwargs, session))
        except _RefusedError as refused:
            return refused.response

    return described(wrapper, view, idempotent=True)


def _run(view: Callable[..., Any], args: Any, kwargs: Any, session: Session) -> Response:
    response = make_response(view(*args, session=session, **kwargs))
    if response.status_code >= _FIRST_ERROR:
        raise _RefusedError(response)
    return response


def once(key: Key, work: Callable[[Session], Response]) -> Response:
    """Do `work` in one write transaction, once per key; later calls get the first one's response.

    :raises Problem: 409 while the first one runs, 422 when the key came with another request before.
    """
    with key.alone():
        return resources.db.transact(lambda session: _once(key, session, lambda: work(session)))


def _of_header(given: str) -> Key:
    match = _KEY.fullmatch(given.strip())
    if match is None:
        raise Problem(400, "bad-idempotency-key")
    parts = [request.method, request.full_path, request.mimetype]
    return Key(match[1], json.dumps(parts).encode() + b"\n" + request.get_data())


class Key:
    """A caller's key for one request.

    :param given: what the caller chose. `asked`: the request, so that the key is refused with another one.
    """

    def __init__(self, given: str, asked: bytes) -> None:
        asker = [str(g.get("principal_id", ""))]
        if (
            code := typed_header(tracking.HEADER)
        ) is not None:  # else as the release before has it, which may run beside this one
            asker.append(tracking.digest(code).hex())
        secret = json.dumps([*asker, given]).encode()
        self.hash = hashlib.sha256(b"vss idempotency key" + secret).digest()
        self._box = SecretBox(hashlib.sha256(b"vss idempotency box" + secret).digest())
        self.request_hash = hashlib.sha256(asked).digest()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refuse (409) while this process works on the same key."""
        if self.hash in _running:
            raise _still_running()
        _running.add(self.hash)
        try:
            yield
        finally:
            _running.discard(self.hash)

    def seal(self, response: Response) -> bytes:
        headers = [(name, response.headers[name]) for name in _KEPT_HEADERS if name in response.headers]
        head = json.dumps([response.status_code, headers]).encode()
        return bytes(self._box.encrypt(head + b"\n" + response.get_data()))

    def unseal(self, answer: bytes) -> Response:
        head, _, body = self._box.decrypt(answer).partition(b"\n")
        status, headers = json.loads(head)
        response = Response(body, status, [tuple(header) for header in headers])
        response.headers["Idempotency-Replayed"] = "true"
        return response


def _once(key: Key, session: Session, work: Callable[[], Response]) -> Response:
    kept = _kept(key, session)
    if kept is not None:
        if kept.request_hash != key.request_hash:
            raise Problem(422, "idempotency-key-reused")
        return key.unseal(kept.answer)
    response = work()
    row = {"key_hash": key.hash, "request_hash": key.request_hash, "answer": key.seal(response), "answered_at": clock.now()}
    session.flush()  # so that a violation by the view's own rows is not mistaken for ours
    try:
        session.execute(_KEEP, row)
    except IntegrityError:
        raise _still_running() from None
    return response


def _kept(key: Key, session: Session) -> Any:
    """Return the row of the first response, if there is one.

    :raises Problem: 409 while another process works on the same key.
    """
    if not resources.db.is_postgresql:
        return session.execute(_KEPT, {"key_hash": key.hash}).first()
    number = int.from_bytes(key.hash[:_LOCK_BYTES], signed=True)
    found = session.execute(_LOCK_AND_KEPT, {"number": number, "key_hash": key.hash}).one()
    if not found.alone:
        raise _still_running()
    return found if found.key_hash is not None else None


def _still_running() -> Problem:
    return Problem(409, "idempotency-key-running", headers={"Retry-After": "1"})
