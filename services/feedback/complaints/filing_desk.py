"""Take in a complaint by any channel, as the API and the page of a clerk both do: who may file by it, its number and code, limits."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from services.chassis.recovery.counters import note_lease
from services.chassis.resources import Resources
from services.chassis.seal import Sealer
from services.chassis.serials import Serials
from services.chassis.web import auth
from services.chassis.web.numbered import Number
from services.chassis.web.problem import Problem
from services.feedback.complaints import access, filing, limits, views
from services.feedback.complaints.numbers import FORM, counters
from services.feedback.directory.actors import CITIZEN, OFFICE_ROLES, Actor
from services.feedback.directory.callers import calling_staff, wrong_role
from services.feedback.settings import Settings

#: the roles that record complaints received by phone or e-mail, and at a counter
RECORDED_BY: Final = {"hotline": (*OFFICE_ROLES, "support"), "email": (*OFFICE_ROLES, "support"), "counter": OFFICE_ROLES}


class FilingDesk:
    """Where complaints are taken in; one for each blueprint, as each leases numbers."""

    def __init__(self, resources: Resources[Settings]) -> None:
        self._settings = settings = resources.settings
        self.numbers = Serials(resources.db, FORM, counters, block=settings.number_block, on_lease=note_lease)
        self._sealer = Sealer(settings.seal_public_key) if settings.seal_public_key else None

    def take_in(self, session: Session, data: dict[str, Any], number: Number) -> dict[str, Any]:
        """File a complaint for the caller (F1); return what they must keep, as `CreatedSchema` shows it.

        :raises Problem: 401 or 403 for a channel that is not the caller's; 422 for an unknown office or category; 429 for too many.
        """
        by, account_id = _who_files(data["channel"])
        no, code = number.use(), filing.new_code()
        box = self._sealer.seal({"tracking_code": code}, context=f"tracking:{no}") if self._sealer else None
        complaint = filing.file(
            session, data, no=no, code=code, by=by, account_id=account_id, settings=self._settings, sealed_tracking=box
        )
        access.must_be_of_own_province(complaint, by)
        session.flush()
        limits.complaints(self._settings, complaint.contact).count(session)  # last: its rows stay locked until the commit
        return {
            "complaint_no": no,
            "tracking_code": code,
            "status": complaint.status,
            "answer_due": complaint.answer_due,
            "accountable": views.accountable(complaint)["title"],
        }


def _who_files(channel: str) -> tuple[Actor, str | None]:
    """Return the actor who files by this channel, and the account that the complaint belongs to."""
    who, roles = auth.caller(), RECORDED_BY.get(channel)
    if roles is None:
        return CITIZEN, who.id if who is not None and who.role == "citizen" else None
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in roles:
        raise wrong_role(roles)
    return calling_staff(), None
