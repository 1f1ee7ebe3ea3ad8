"""Show people their sessions, and let them end them (A15)."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.known.rules import forget_others
from services.accounts.sessions.rules import DeviceSession, end_session
from services.accounts.sessions.tokens import require_session
from services.accounts.settings import Settings
from services.chassis.web import paging
from services.chassis.web.problem import Problem

_BY = (DeviceSession.started_at, DeviceSession.id)


def list_sessions(
    session: Session, claims: Mapping[str, Any], settings: Settings, query: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a page of the caller's sessions, newest first.

    :raises Problem: 401 if the caller's own is over.
    """
    paging.judge_cursor(query, by=_BY)
    account, current = require_session(session, claims, settings)
    own = sa.select(DeviceSession).where(DeviceSession.account_id == account.id)
    page = paging.fetch(session, own, by=_BY, query=query)
    return page | {"items": [_shown(each, current) for each in page["items"]]}


def end_one(session: Session, claims: Mapping[str, Any], settings: Settings, session_id: uuid.UUID) -> None:
    """End one of the caller's sessions.

    :raises Problem: 401 if the caller's own is over; 404 for somebody else's.
    """
    account, _current = require_session(session, claims, settings)
    asked = session.get(DeviceSession, session_id)
    if asked is None or asked.account_id != account.id:
        raise Problem(404)
    if asked.ended_at is None:
        end_session(account, reason="signed_out")


def end_others(session: Session, claims: Mapping[str, Any], settings: Settings) -> None:
    """Forget all devices and addresses of the caller's account but this device: a unique index lets no other session be open (A7).

    :raises Problem: 401 if the caller's own session is over.
    """
    account, current = require_session(session, claims, settings)
    forget_others(session, account, device=current.device)


def _shown(each: DeviceSession, current: DeviceSession) -> dict[str, Any]:
    return {
        "session_id": each.id,
        "started_at": each.started_at,
        "used_at": each.used_at,
        "ended_at": each.ended_at,
        "end_reason": each.end_reason,
        "current": each.id == current.id,
        "this_device": each.device == current.device,
    }
