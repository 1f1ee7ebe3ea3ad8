"""`Idempotency-Key`: a creating request that is sent again gets the first answer again, and creates nothing twice.

The key, a hash of the request and the answer are written in the transaction of the work itself, so a crash leaves either
all of it or nothing; there is no "running" row to be stuck on. A request that fails keeps nothing: it may be corrected
and sent again under the same key.

Kept answers may hold what only the caller should know, so an answer is encrypted with a key made from the caller's
Idempotency-Key, of which the table holds a hash only. All the same, do not use it for answers that carry a token.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Response, g, make_response, request
from nacl.secret import SecretBox
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Instant, chassis_metadata
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

HEADER = "Idempotency-Key"
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

# put together once: building them anew for each request costs more than running them
_KEPT = sa.select(table).where(table.c.key_hash == sa.bindparam("key_hash"))
# PostgreSQL: the lock and the look in one. What another process committed just before we got the lock may be missed here;
# keeping our answer then fails, and with it all that we did
_lock = sa.select(sa.func.pg_try_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger())).label("alone")).subquery()
_LOCK_AND_KEPT = sa.select(_lock.c.alone, table).select_from(
    _lock.outerjoin(table, table.c.key_hash == sa.bindparam("key_hash"))
)
_KEEP = sa.insert(table)

_KEY = re.compile(r'"?([\x21\x23-\x7e]{8,200})"?', re.ASCII)
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Content-Language")
_FIRST_ERROR = 400
_LOCK_BYTES = 8

View = TypeVar("View", bound=Callable[..., Any])

# keys being worked on in this process; for other processes PostgreSQL holds a lock
_running: set[bytes] = set()


class _RefusedError(Exception):
    """Carries an error answer out of the transaction, which is rolled back by it."""

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
        request.get_data(cache=True)  # reading may wait for the network, which nothing may do inside the transaction
        given = request.headers.get(HEADER)
        try:
            if given is None:
                with resources.db.write() as session:
                    return _run(view, args, kwargs, session)
            key = _Key(given)
            with key.alone(), resources.db.write() as session:
                return _once(key, session, lambda: _run(view, args, kwargs, session))
        except _RefusedError as refused:
            return refused.response

    wrapper._apidoc = deepcopy(getattr(view, "_apidoc", {})) | {"idempotent": True}  # type: ignore[attr-defined]
    return cast(View, wrapper)


def forget(session: Session, *, before: datetime | None = None) -> int:
    """Delete answers given before `before` (default: 24 hours ago). Returns how many; for a sweep."""
    limit = before or clock.now() - KEPT_FOR
    result = session.execute(sa.delete(table).where(table.c.answered_at < limit))
    return int(cast(Any, result).rowcount)


def _run(view: Callable[..., Any], args: Any, kwargs: Any, session: Session) -> Response:
    response = make_response(view(*args, session=session, **kwargs))
    if response.status_code >= _FIRST_ERROR:
        raise _RefusedError(response)
    return response


class _Key:
    """One caller's key for one request."""

    def __init__(self, given: str) -> None:
        match = _KEY.fullmatch(given.strip())
        if match is None:
            raise Problem(
                400,
                "bad-idempotency-key",
                vi="Idempotency-Key phải có 8 đến 200 ký tự ASCII nhìn thấy được, ví dụ một UUID.",
                en="Idempotency-Key must be 8 to 200 visible ASCII characters, for instance a UUID.",
            )
        # whoever is signed in has keys of their own
        secret = json.dumps([str(g.get("principal_id", "")), match[1]]).encode()
        self.hash = hashlib.sha256(b"vss idempotency key" + secret).digest()
        self._box = SecretBox(hashlib.sha256(b"vss idempotency box" + secret).digest())
        parts = [request.method, request.full_path, request.mimetype]
        self.request_hash = hashlib.sha256(json.dumps(parts).encode() + b"\n" + request.get_data()).digest()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refuse (409) when the same key is being worked on in this process."""
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


def _once(key: _Key, session: Session, work: Callable[[], Response]) -> Response:
    kept = _kept(key, session)
    if kept is not None and kept.answered_at < clock.now() - KEPT_FOR:
        session.execute(sa.delete(table).where(table.c.key_hash == key.hash))
        kept = None
    if kept is not None:
        if kept.request_hash != key.request_hash:
            raise Problem(
                422,
                "idempotency-key-reused",
                vi="Idempotency-Key này đã dùng cho một yêu cầu khác.",
                en="This Idempotency-Key was used for another request.",
            )
        return key.unseal(kept.answer)
    response = work()
    row = {"key_hash": key.hash, "request_hash": key.request_hash, "answer": key.seal(response), "answered_at": clock.now()}
    session.flush()  # whatever the view's own rows break is not to be mistaken for this one
    try:
        session.execute(_KEEP, row)
    except IntegrityError:
        raise _still_running() from None
    return response


def _kept(key: _Key, session: Session) -> Any:
    """The row of the first answer, if there was one.

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
    return Problem(
        409,
        "idempotency-key-running",
        vi="Yêu cầu đầu tiên với Idempotency-Key này còn đang chạy; hãy thử lại sau giây lát.",
        en="The first request with this Idempotency-Key is still running; try again in a moment.",
        headers={"Retry-After": "1"},
    )
