"""Tell that the legal clock of a case runs out: the office before, the office at its end, then the director, once each (N)."""

from datetime import datetime
from typing import Any

from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.verification.cases.rules import Case
from services.verification.deadlines.clock import DIRECTOR_TOLD, OFFICE_TOLD, UNTOLD, WARNED
from services.verification.deadlines.facts import CaseDueSoon, CaseOverdue
from services.verification.deadlines.metrics import NOBODY_TO_ALERT
from services.verification.deadlines.terms import Terms
from services.verification.officers import addresses

log = get_logger(__name__)


def act_on_clock(case: Case, terms: Terms) -> None:
    """Do all that has become due, level by level, and set when the next level is due."""
    case.set_clock()
    now = clock.now()
    while case.due_at is not None and case.alert_at is not None and case.alert_at <= now:
        level = case.alert_level or UNTOLD
        if level == UNTOLD:
            _warn(case, now)
            case.alert_level, case.alert_at = WARNED, case.due_at
        elif level == WARNED and _tell_office(case):
            case.alert_level, case.alert_at = OFFICE_TOLD, case.due_at + terms.director_after
        else:
            _tell_director(case)
            case.alert_level, case.alert_at = DIRECTOR_TOLD, None


def _warn(case: Case, now: datetime) -> None:
    if case.due_at is None or case.due_at <= now:
        return  # no process ran for a while: it is late already, and that is told instead
    case.log("due_soon", due_at=case.due_at.isoformat())
    staff = _at_office(case) or _directors(case)
    case.tell(CaseDueSoon(**_about(case), staff=staff))
    if not staff:
        _note_nobody(case)


def _tell_office(case: Case) -> bool:
    """Tell the office that it is late; return False if nobody there has an address, so that the director is told at once."""
    staff = _at_office(case)
    if staff:
        case.log("overdue", level=1)
        case.tell(CaseOverdue(**_about(case), staff=staff, level=1))
    return bool(staff)


def _tell_director(case: Case) -> None:
    case.log("overdue", level=2)
    staff = _directors(case)
    case.tell(CaseOverdue(**_about(case), staff=staff, level=2))
    if not staff:
        _note_nobody(case)


def _note_nobody(case: Case) -> None:
    """Say where staff without an e-mail address can be seen by those who run the system: an alarm counts them."""
    log.warning("nobody_to_alert", dossier_no=case.dossier_no, office_code=_office_code(case))
    NOBODY_TO_ALERT.inc()


def _office_code(case: Case) -> str:
    return case.received_office_code or case.office_code


def _at_office(case: Case) -> list[dict[str, Any]]:
    return addresses.at_office(case.session, _office_code(case))


def _directors(case: Case) -> list[dict[str, Any]]:
    """Return the director above the office; of a centre that is in no province, the one of the province that the form names."""
    named = case.office_code
    if (office := _office_code(case)) != named and (found := addresses.directors_above(case.session, office, None)):
        return found
    return addresses.directors_above(case.session, named, case.province_code)


def _about(case: Case) -> dict[str, Any]:
    office = _office_code(case)
    return {
        "dossier_no": case.dossier_no,
        "route": case.route,
        "office_code": office,
        "office_name": case.office["name"] if office == case.office_code else "",
        "complete_at": case.clock_started_at,
        "due_at": case.due_at,
    }
