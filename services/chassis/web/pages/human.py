r"""Hold off machines without asking anything of people (A6): proof of work where there is script, and a pause where there is none.

    failed = …                                              # wrong tries of this name and address
    verdict = human.judge(form_value(human.FIELD), about=f"{name}\n{address}", failed=failed)
    if not verdict.passed: …                                # `verdict.wait_seconds`: shown beside a button "Thử lại"

A form shows `ui.human(human.challenge(failed))`. With script the browser finds the answer while the form is filled in (`static/human.js`, altcha's
worker). Without, the first `HARDER_AFTER` tries pass: the limits count them anyway. After that there is a pause: one ticket for who tries, good from
`PAUSE_SECONDS` after it was given out to `TICKET_SECONDS`, for one try. Answers that were used and tickets are rows of `http_budgets`, as hashes.
"""

import hashlib
import hmac
import json
import random
from dataclasses import dataclass
from datetime import timedelta

import altcha
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.web.budgets import Spent
from services.chassis.web.pages import key as page_keys
from services.chassis.web.resources import resources

FIELD = "human"
#: wrong tries after which the work is harder, and who has no script waits
HARDER_AFTER = 3
PAUSE_SECONDS, TICKET_SECONDS = 30, 600
_ALGORITHM, _COST = "PBKDF2/SHA-256", 1000
#: tries of the browser: 300 of a thousand iterations are about a second on a telephone of 2018
_EASY, _TIMES_HARDER = (100, 300), 8
_CHALLENGE_SECONDS = 1800
_LONGEST = 4000
_HARD = "hard"


@dataclass(frozen=True)
class Verdict:
    """Whether to go on; if not, how long to wait before trying again: 0 with script, where the next form has harder work."""

    passed: bool
    wait_seconds: int = 0


def challenge(failed: int = 0) -> str:
    """Return the work for a form that is drawn now, as JSON.

    :param failed: wrong tries so far, as far as they are known.
    """
    hard = failed >= HARDER_AFTER
    least, most = (bound * (_TIMES_HARDER if hard else 1) for bound in _EASY)
    made = altcha.create_challenge(
        _ALGORITHM,
        _COST,
        counter=random.SystemRandom().randrange(least, most),
        expires_at=int(clock.now().timestamp()) + _CHALLENGE_SECONDS,
        data={_HARD: hard},
        hmac_secret=_secret("challenges"),
        hmac_key_secret=_secret("answers"),
    )
    return json.dumps(made.to_dict())


def judge(answer: str, *, about: str, failed: int) -> Verdict:
    """Tell whether who sent this form has done the work, or has waited.

    :param answer: the form's field, empty without script.
    :param about: who tries, and what: the name that was typed and the address.
    :param failed: wrong tries of either so far.
    """
    hard = failed >= HARDER_AFTER
    if answer and (signature := _signature_of_right(answer, hard=hard)) is not None:
        with resources.db.write() as session:
            if _take(session, f"answer\n{signature}", _CHALLENGE_SECONDS):
                return Verdict(True)
    if not hard:
        return Verdict(True)
    if answer:
        return Verdict(False)
    with resources.db.write() as session:
        wait = _wait(session, f"ticket\n{about}")
    return Verdict(wait == 0, wait)


def _signature_of_right(answer: str, *, hard: bool) -> str | None:
    """Return the signature of the work that was done, or None."""
    if len(answer) > _LONGEST:
        return None
    result = altcha.verify_solution(answer, _secret("challenges"), hmac_key_secret=_secret("answers"))
    if not result.verified:
        return None
    payload = altcha.Payload.from_base64(answer)
    if hard and not (payload.challenge.parameters.data or {}).get(_HARD):
        return None
    return str(payload.challenge.signature)


def _wait(session: Session, what: str) -> int:
    """Use the ticket up and return 0; or give one out, and return how long to wait for it."""
    now, key = clock.now(), _key(what)
    ready = now - timedelta(seconds=PAUSE_SECONDS)
    used = sa.delete(Spent).where(Spent.key == key, Spent.since <= ready, Spent.until > now).returning(Spent.key)
    if session.scalar(used) is not None:
        return 0
    if _take(session, what, TICKET_SECONDS):
        return PAUSE_SECONDS
    since = session.scalars(sa.select(Spent.since).where(Spent.key == key)).one()
    return max(1, PAUSE_SECONDS - int((now - since).total_seconds()))


def _take(session: Session, what: str, seconds: int) -> bool:
    """Keep a row for so long; False if there is one already."""
    now = clock.now()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"count": 1, "since": now, "until": now + timedelta(seconds=seconds)}
    taken = insert(Spent).values(key=_key(what), **row)
    taken = taken.on_conflict_do_update(index_elements=["key"], set_=row, where=Spent.until <= now)
    return session.scalar(taken.returning(Spent.key)) is not None


def _key(what: str) -> str:
    return hashlib.sha256(f"human:{what}".encode()).hexdigest()


def _secret(purpose: str) -> bytes:
    key = page_keys.key_of(resources.settings, resources.db)
    return hmac.digest(key.encode(), f"human:{purpose}".encode(), "sha256")
