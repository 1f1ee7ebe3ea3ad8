"""Decide a case: assess it (V6), record HGĐ's advice and its answer (V7).

Each function: guards, one change, one fact. Facts are recorded in the transaction of the change.
"""

from datetime import date, datetime
from typing import Any

from services.chassis import clock, jobs
from services.chassis.calendar import today_in_vietnam
from services.chassis.uploads.distinct import must_all_differ
from services.verification.attachments.rules import attachments_of
from services.verification.cases.phones import must_have_proved_phone
from services.verification.cases.rules import Case
from services.verification.cases.statuses import (
    APPROVED,
    BIRTH_DIFFERS,
    CHECKING,
    CODE_NOT_FOUND,
    NAME_DIFFERS,
    NAME_NEAR,
    OPEN,
    REJECTED,
    UNREACHABLE,
    WAITING,
)
from services.verification.comparisons import hgd
from services.verification.comparisons.hgd import examine
from services.verification.decisions import identity, reasons
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityQuestioned, IdentityVerified
from services.verification.decisions.refusals import DossierIncomplete, NotReceived
from services.verification.decisions.situation import comes_first, is_assessable, is_for_child, situation_of
from services.verification.directory.port import Answer
from services.verification.letters.rules import hold_for_visit, proves_sender
from services.verification.officers.rules import Officer

#: names of the job kinds that ask HGĐ: for the decision, and for advice before it
LOOK_UP, ADVISE = "hgd_look_up", "hgd_advise"
_STATUS_AFTER = {
    hgd.UNKNOWN_CODE: CODE_NOT_FOUND,
    hgd.NAME_NEAR: NAME_NEAR,
    hgd.NAME_DIFFERS: NAME_DIFFERS,
    hgd.ADULT: BIRTH_DIFFERS,
    hgd.BIRTH_DIFFERS: BIRTH_DIFFERS,
    hgd.MATCH: APPROVED,
}
#: what the person is told of a difference (`IdentityQuestioned.what`)
_QUESTIONED = {NAME_NEAR: "name_differs", NAME_DIFFERS: "name_differs", BIRTH_DIFFERS: "birth_differs"}


def assess_valid(case: Case, by: Officer, *, id_shown: bool, lease_seconds: float, parent_id_shown: bool = False) -> None:
    """Record "hồ sơ hợp lệ" (V6) and ask HGĐ by a job (V7). At a counter, record that the person has come.

    :raises NotReceived: before the person has come for what was filed at the portal (V3).
    :raises DossierIncomplete: while something is missing (V3).
    :raises PhoneUnproved: while nobody has proved the phone (I11).
    :raises SamePicture: if one picture stands for two papers (V3).
    """
    _must_be_assessable(case)
    identity.must_be_for(case, by)
    case.must_not_be_past_expiry()
    must_have_proved_phone(case)
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
    case.take_stock()
    case.assessed_by, case.assessed_office_code = by.account_id, by.office_code
    case.free()
    case.revision += 1
    case.log("assessed_valid", by)
    question = {"case_id": str(case.id), "check_no": case.check_no}
    jobs.add(case.session, LOOK_UP, question, key=f"{case.id}:{case.check_no}", correlation_id=case.dossier_no)


def assess_invalid(
    case: Case, by: Officer, *, reason_code: str, words: str | None, insists_because: str | None, lease_seconds: float
) -> None:
    """Record "hồ sơ không hợp lệ" and the reason sent to the person (V6, V8); never for missing pictures (V4).

    :param insists_because: why words that speak of missing papers or of another office are sent all the same; reported.
    :raises NotReceived: before the person has come for what was filed at the portal (V3).
    :raises Refused: as `reasons.must_be_available` and `reasons.in_words` do.
    """
    _must_be_assessable(case)
    identity.must_be_for(case, by)
    case.hold(by, lease_seconds)
    reason = reasons.must_be_available(reason_code, situation_of(case))
    own_office = [case.office["name"]] if case.office_code == by.office_code else []
    sentence, phrases = reasons.in_words(reason, words, own_office=own_office, insists=insists_because is not None)
    _must_be_received(case)
    case.status, case.decided_at = REJECTED, clock.now()
    case.set_clock()
    case.reason_code, case.reason = reason_code, sentence
    case.assessed_by, case.assessed_office_code = by.account_id, by.office_code
    if phrases:
        case.insisted_because = insists_because
        case.log("insisted_on_words", by, phrases=len(phrases))
    case.free()
    case.log("rejected", by, reason_code=reason_code)
    case.tell(
        DeclarationRejected(
            **_decision(case),
            reason_code=reason_code,
            reason=sentence,
            insisted=bool(phrases),
            phone_proved=case.phone_proved,
        )
    )


def ask_for_advice(case: Case) -> None:
    """Ask HGĐ by a job what it holds, as advice to the officer before the decision (V7); an earlier advice is void."""
    case.advice = case.advice_outcome = case.advice_at = None
    key = f"{case.id}:{case.revision}"
    jobs.add(case.session, ADVISE, {"case_id": str(case.id)}, key=key, correlation_id=case.dossier_no)


def record_hgd_advice(case: Case, answer: Answer, bhxh_code: str) -> None:
    """Record what HGĐ holds under a code. It decides nothing, and nobody is told (V7).

    An answer about a code that was corrected meanwhile, or to a case that is no longer open, changes nothing.
    """
    if case.status not in OPEN or case.bhxh_code != bhxh_code:
        return
    finding = examine(case.subject or {}, answer, as_child=is_for_child(case), today=today_in_vietnam())
    case.advice, case.advice_outcome, case.advice_at = finding.record, finding.outcome, clock.now()
    case.log("hgd_advised", outcome=finding.outcome)


def record_hgd_answer(case: Case, answer: Answer, check_no: int) -> None:
    """Approve the case if HGĐ knows the code under this full name and birth; otherwise leave it to an officer (V7).

    The person is told of an unknown code, and once of each difference. An answer to an earlier look-up changes nothing.
    """
    if case.status != CHECKING or check_no != case.check_no:
        return
    case.hgd_at = asked_at = clock.now()
    finding = examine(case.subject or {}, answer, as_child=is_for_child(case), today=today_in_vietnam())
    case.hgd, case.hgd_outcome = finding.record, finding.outcome
    case.status = _STATUS_AFTER[finding.outcome]
    case.set_clock()
    case.log("hgd_answered", outcome=finding.outcome)
    if case.status == CODE_NOT_FOUND:
        full_name = str((case.subject or {})["full_name"])
        case.tell(CodeNotFound(**_common(case), full_name=full_name, asked_at=asked_at))
    elif case.status == APPROVED and identity.is_in_use(case):
        identity.hold(case)
    elif case.status == APPROVED and not proves_sender(case, answer):
        hold_for_visit(case)
    elif case.status == APPROVED:
        case.decided_at = clock.now()
        case.free()
        case.log("approved", assessed_by=case.assessed_by)
        case.tell(IdentityVerified(**_decision(case)))
    else:
        _question(case, _QUESTIONED[case.status], asked_at)


def record_hgd_unreachable(case: Case, check_no: int) -> None:
    """Record that all tries are used up, and keep "valid" (V7). Assess the case again to repeat the look-up."""
    if case.status == CHECKING and check_no == case.check_no:
        case.hgd_outcome, case.hgd_at = UNREACHABLE, clock.now()
        case.revision += 1
        case.log("hgd_not_reached")


def tell_decision(case: Case) -> None:
    """Tell an earlier decision again: after a restored backup (`cases.adoption`)."""
    if case.status == REJECTED:
        insisted = case.insisted_because is not None
        case.tell(
            DeclarationRejected(
                **_decision(case),
                reason_code=case.reason_code or "",
                reason=case.reason or "",
                insisted=insisted,
                phone_proved=case.phone_proved,
            )
        )
    else:
        case.tell(IdentityVerified(**_decision(case)))


def _question(case: Case, what: str, asked_at: datetime) -> None:
    """Tell the person of a difference, unless this is what they were told last; an officer has to look (V7)."""
    if case.questioned == what:
        case.revision += 1
        return
    case.questioned = what
    full_name = str((case.subject or {})["full_name"])
    case.tell(IdentityQuestioned(**_common(case), full_name=full_name, what=what, asked_at=asked_at))


def _must_be_assessable(case: Case) -> None:
    """Check that it is open, or still "valid" because HGĐ could not be reached.

    :raises WrongStatus: otherwise.
    """
    if not is_assessable(case):
        case.must_be(*OPEN)


def _must_be_received(case: Case) -> None:
    """Check that what was filed at the portal, or by post, has been received (V3).

    :raises NotReceived: otherwise.
    """
    if comes_first(case) and case.received_at is None:
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
