"""Adopt what registration knows of a case, after this service's database was restored from a backup."""

from datetime import datetime

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.errors import Transient
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED, CHECKING, CODE_NOT_FOUND, NEW, OPEN, RECEIVED, REJECTED
from services.verification.decisions.rules import tell_decision
from services.verification.readers import DeclarationGivenBack

_DECIDED = {"rejected": REJECTED, "verified": APPROVED, "activated": APPROVED, "adjusted": APPROVED, "stopped": APPROVED}


def adopt(session: ServiceSession, fact: DeclarationGivenBack) -> None:
    """Bring a case to the state that registration heard of; one that is as far, or further, stays as it is.

    A decision is told again: some reader may not have had it. Those that have know it by the dossier's number.

    :raises Transient: until registration has told the declaration again.
    """
    case = Case.locked(session, fact.dossier_no)
    if case is None:
        raise Transient("this case is not in the backup: has registration told its declaration again?")
    if case.status not in (*OPEN, CHECKING):
        return
    if fact.received_at is not None and case.received_at is None:
        case.received_at = fact.received_at
        case.status = RECEIVED if case.status == NEW else case.status
    if fact.status == CODE_NOT_FOUND and case.status != CODE_NOT_FOUND:
        case.status, case.hgd_outcome = CODE_NOT_FOUND, "unknown_code"
        _changed(case, fact.status)
    elif fact.status in _DECIDED:
        _decide(case, fact, fact.ended_at or clock.now())


def _decide(case: Case, fact: DeclarationGivenBack, at: datetime) -> None:
    case.status, case.decided_at = _DECIDED[fact.status], at
    case.reason_code, case.reason = fact.reason_code, fact.reason
    # who assessed it is not known any more; the form's own office stands for it
    case.assessed_office_code = case.assessed_office_code or case.office_code
    _changed(case, fact.status)
    tell_decision(case)


def _changed(case: Case, status: str) -> None:
    case.set_clock()
    case.free()
    case.revision += 1
    case.log("given_back", status=status)
