"""Decide a case: assess it (V6), record HGĐ's answer (V7).

Each function: guards, one change, one fact. Facts are recorded in the transaction of the change.
"""

from datetime import date
from typing import Any

from services.chassis import clock, jobs
from services.chassis.uploads.distinct import must_all_differ
from services.verification.attachments.rules import attachments_of
from services.verification.cases.rules import Case
from services.verification.cases.statuses import (
    APPROVED,
    CHECKING,
    CODE_NOT_FOUND,
    NAME_DIFFERS,
    NAME_NEAR,
    OPEN,
    REJECTED,
    WAITING,
)
from services.verification.comparisons.names import compare
from services.verification.decisions import reasons
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityVerified
from services.verification.decisions.refusals import DossierIncomplete, NotReceived
from services.verification.directory.port import Answer
from services.verification.letters.rules import hold_for_visit, proves_sender
from services.verification.officers.rules import Officer

#: name of the job kind that asks HGĐ
LOOK_UP = "hgd_look_up"
#: the outcome of a look-up whose tries are used up
UNREACHABLE = "unreachable"
_STATUS_AFTER = {"near": NAME_NEAR, "differs": NAME_DIFFERS, "match": APPROVED}


def assess_valid(case: Case, by: Officer, *, id_shown: bool, lease_seconds: float, parent_id_shown: bool = False) -> None:
    """Record "hồ sơ hợp lệ" (V6) and ask HGĐ by a job (V7). At a counter, record that the person has come.

    :raises NotReceived: before the person has come for what was filed at the portal (V3).
    :raises DossierIncomplete: while something is missing (V3).
    :raises SamePicture: if one picture stands for two papers (V3).
    """
    _must_be_assessable(case)
    case.must_not_be_past_expiry()
    case.hold(by, lease_seconds)
    _must_be_received(case)
    if case.status in WAITING:
        case.resumed_at = clock.now()
    if (case.needs_visit or id_shown) and case.status in OPEN:
        case.receive(by, id_shown=id_shown, parent_id_shown=parent_id_shown, lease_seconds=lease_seconds)
    if missing := case.missing:
        raise DossierIncomplete(missing)
    must_all_differ({kind: each.sha256 for kind, each in attachments_of(case.session, case.dossier_no).items()})
    case.status, case.check_no = CHECKING, case.check_no + 1
    case.hgd = case.hgd_outcome = case.hgd_at = None
    case.assessed_by, case.assessed_office_code = by.account_id, by.office_code
    case.free()
    case.revision += 1
    case.log("assessed_valid", by)
    question = {"case_id": str(case.id), "check_no": case.check_no}
    jobs.add(case.session, LOOK_UP, question, key=f"{case.id}:{case.check_no}", correlation_id=case.dossier_no)


def assess_invalid(case: Case, by: Officer, *, reason_code: str, words: str | None, lease_seconds: float) -> None:
    """Record "hồ sơ không hợp lệ" and the reason sent to the person (V6, V8); never for missing pictures (V4).

    :raises NotReceived: before the person has come for what was filed at the portal (V3).
    :raises Refused: as `reasons.sentence` does.
    """
    reason = reasons.sentence(reason_code, words, case.route)
    _must_be_assessable(case)
    case.hold(by, lease_seconds)
    _must_be_received(case)
    case.status, case.decided_at = REJECTED, clock.now()
    case.reason_code, case.reason = reason_code, reason
    case.assessed_by, case.assessed_office_code = by.account_id, by.office_code
    case.free()
    case.log("rejected", by, reason_code=reason_code)
    case.tell(DeclarationRejected(**_decision(case), reason_code=reason_code, reason=reason))


def record_hgd_answer(case: Case, answer: Answer, check_no: int) -> None:
    """Approve the case if HGĐ knows the code under this full name; otherwise leave it to an officer (V7).

    An answer to an earlier look-up changes nothing.
    """
    if case.status != CHECKING or check_no != case.check_no:
        return
    case.hgd_at = asked_at = clock.now()
    full_name = str((case.subject or {})["full_name"])
    if not answer.found:
        case.status, case.hgd_outcome = CODE_NOT_FOUND, "unknown_code"
        case.log("hgd_answered", outcome=case.hgd_outcome)
        case.tell(CodeNotFound(**_common(case), full_name=full_name, asked_at=asked_at))
        return
    likeness = compare(full_name, answer.full_name)
    born = answer.date_of_birth.isoformat() if answer.date_of_birth else None
    case.hgd, case.hgd_outcome = {"full_name": answer.full_name, "date_of_birth": born}, likeness
    case.status = _STATUS_AFTER[likeness]
    case.log("hgd_answered", outcome=likeness)
    if case.status == APPROVED and not proves_sender(case, answer):
        hold_for_visit(case)
        return
    if case.status != APPROVED:
        case.revision += 1
        return
    case.decided_at = clock.now()
    case.free()
    case.log("approved", assessed_by=case.assessed_by)
    case.tell(IdentityVerified(**_decision(case)))


def record_hgd_unreachable(case: Case, check_no: int) -> None:
    """Record that all tries are used up, and keep "valid" (V7). Assess the case again to repeat the look-up."""
    if case.status == CHECKING and check_no == case.check_no:
        case.hgd_outcome, case.hgd_at = UNREACHABLE, clock.now()
        case.revision += 1
        case.log("hgd_not_reached")


def tell_decision(case: Case) -> None:
    """Tell an earlier decision again: after a restored backup (`cases.adoption`)."""
    if case.status == REJECTED:
        case.tell(DeclarationRejected(**_decision(case), reason_code=case.reason_code or "", reason=case.reason or ""))
    else:
        case.tell(IdentityVerified(**_decision(case)))


def _must_be_assessable(case: Case) -> None:
    """Check that it is open, or still "valid" because HGĐ could not be reached.

    :raises WrongStatus: otherwise.
    """
    if not (case.status == CHECKING and case.hgd_outcome == UNREACHABLE):
        case.must_be(*OPEN)


def _must_be_received(case: Case) -> None:
    """Check that what was filed at the portal, or by post, has been received; at a counter the person stands there (V3).

    :raises NotReceived: otherwise.
    """
    if (case.route == "portal" or case.by_post) and case.received_at is None:
        raise NotReceived


def _common(case: Case) -> dict[str, Any]:
    """Return the fields that every fact of a decision has."""
    return {name: getattr(case, name) for name in ("dossier_no", "kind", "route", "contact", "office")}


def _decision(case: Case) -> dict[str, Any]:
    """Return the fields that approval and rejection share. For an incomplete dossier the legal clock starts at the decision."""
    subject = case.subject or {}
    born = subject.get("date_of_birth")  # JSON has dates as text
    return _common(case) | {
        "subject": subject | {"date_of_birth": date.fromisoformat(born) if born else None},
        "guardian": case.guardian,
        "filing": case.filing,
        "decided_office_code": case.assessed_office_code,
        "complete_at": case.complete_at or case.decided_at,
        "decided_at": case.decided_at,
    }
