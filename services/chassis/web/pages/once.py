"""A double click does its work once: each form drawn carries a number, and the second click gets the first one's answer.

The number, with what was typed and who is signed in, is a key in the table of `Idempotency-Key`, written in the transaction of the work itself.
Going back, changing a word and sending again is another request, which the rules judge as ever.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, request, session
from sqlalchemy.orm import Session

from services.chassis.web import idempotency
from services.chassis.web.pages.csrf import FIELD as CSRF_FIELD
from services.chassis.web.pages.held import NUMBER_FIELD
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

_LONGEST = 100
_STILL_RUNNING, _WAITS, _WAIT_SECONDS = "urn:vss:problem:idempotency-key-running", 50, 0.1
_NOTICES = "_flashes"


def once(work: Callable[[Session], Any]) -> Response:
    """Do `work` in one write transaction, or return what it answered to the first click; waits up to five seconds while that one runs."""
    number = request.form.get(NUMBER_FIELD, "")[:_LONGEST]
    if not number:
        return make_response(resources.db.transact(work))
    sent = sorted((name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD)
    asked = json.dumps([request.path, sent]).encode()
    for left in reversed(range(_WAITS)):
        try:
            return _notices_kept(
                idempotency.once(idempotency.Key(f"{number} {asked.hex()}", asked), lambda db: _run(work, db))
            )
        except Problem as problem:
            if problem.members["type"] != _STILL_RUNNING or not left:
                raise
            time.sleep(_WAIT_SECONDS)
    raise AssertionError


def _run(work: Callable[[Session], Any], db: Session) -> Response:
    before = len(session.get(_NOTICES, ()))
    response = make_response(work(db))
    told = [text for _, text in session.get(_NOTICES, ())[before:]]
    if told:
        response.headers[idempotency.NOTICES] = json.dumps(told)
    return response


def _notices_kept(response: Response) -> Response:
    told = response.headers.pop(idempotency.NOTICES, "")
    if told and response.headers.pop("Idempotency-Replayed", ""):
        for text in json.loads(told):
            flash(text)
    return response
