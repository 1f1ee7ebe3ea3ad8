"""Compare the five databases and the sandbox's inbox: every dossier, account, complaint and message.

What one service has decided must have reached each of the others, once and for the same person, and each person must have
been told once. Call it when all is at rest (`Survey.settle`); it knows nothing of what was intended, so it fits any run.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.operations.audit_told import compare_complaints, compare_dossiers, compare_phones
from tests.operations.findings import Audit
from tests.operations.survey import JOBS_BY_STATE, Survey

Row = dict[str, Any]
#: a case's status in verification, and what registration may say of the same dossier
_DECLARED = {
    "new": {"submitted"},
    "received": {"received"},
    "checking": {"received", "code_not_found"},
    "name_near": {"received", "code_not_found"},
    "name_differs": {"received", "code_not_found"},
    "code_not_found": {"code_not_found"},
    "rejected": {"rejected"},
    "expired": {"expired"},
    "withdrawn": {"withdrawn"},
}
_BY_KIND = {"register": "activated", "adjust": "adjusted", "stop": "stopped"}
_TWICE = "SELECT origin, number FROM inbox WHERE number IS NOT NULL GROUP BY origin, number HAVING count(*) > 1"


def audit(survey: Survey) -> Audit:
    """Compare everything; all five services must have run."""
    survey.read_inbox()
    found = Audit()
    declarations = {
        row["dossier_no"]: row
        for row in survey.rows(
            "registration", "SELECT dossier_no, kind, route, status, bhxh_code, submitted_at FROM declarations"
        )
        if row["submitted_at"] is not None
    }
    cases = {
        row["dossier_no"]: row
        for row in survey.rows("verification", "SELECT dossier_no, kind, status, bhxh_code FROM cases")
    }
    found.compared["dossiers"] = len(declarations)
    _dossiers(found, declarations, cases)
    _accounts(found, survey, cases)
    compare_dossiers(found, survey, declarations, cases)
    compare_complaints(found, survey)
    _copies(found, survey)
    compare_phones(found, survey, declarations)
    _facts(found, survey)
    _rest(found, survey)
    return found


def _dossiers(found: Audit, declarations: dict[str, Row], cases: dict[str, Row]) -> None:
    for no in cases.keys() - declarations.keys():
        found.mixed_up.append(f"{no} is a case, and registration does not know it")
    for no, declaration in declarations.items():
        case = cases.get(no)
        if case is None:
            if declaration["status"] not in ("withdrawn", "expired"):
                found.lost.append(f"{no} ({declaration['status']}) has no case")
            continue
        codes = {code for code in (declaration["bhxh_code"], case["bhxh_code"]) if code}
        if len(codes) > 1:
            found.mixed_up.append(f"{no} is one person's declaration and another's case")
        allowed = _DECLARED.get(case["status"]) or {_BY_KIND[case["kind"]]}
        if declaration["status"] not in allowed:
            found.lost.append(f"{no} is {case['status']} in verification and {declaration['status']} in registration")


def _accounts(found: Audit, survey: Survey, cases: dict[str, Row]) -> None:
    accounts = survey.rows("accounts", "SELECT id, status, bhxh_code FROM accounts WHERE role = 'citizen'")
    settled = {
        row["dossier_no"]: row for row in survey.rows("accounts", "SELECT dossier_no, account_id, outcome FROM dossiers")
    }
    found.compared["accounts"] = len(accounts)
    by_id = {row["id"]: row for row in accounts}
    for code, number in Counter(row["bhxh_code"] for row in accounts if row["status"] != "stopped").items():
        if number > 1:
            found.doubled.append(f"{code[:2]}… has {number} accounts")
    for no, case in cases.items():
        approved, dossier = case["status"] == "approved", settled.pop(no, None)
        found.expect(f"{no} settled in accounts", int(dossier is not None), int(approved))
        if approved and dossier and case["bhxh_code"] not in (None, by_id[dossier["account_id"]]["bhxh_code"]):
            found.mixed_up.append(f"{no} has settled another person's account")
    for no in settled:
        found.mixed_up.append(f"{no} is settled in accounts, and verification does not know it")
    here = survey.rows("registration", "SELECT account_id, active FROM known_accounts")
    known = {row["account_id"].replace("-", ""): bool(row["active"]) for row in here}
    holders = {
        row["account_id"].replace("-", "") for row in survey.rows("verification", "SELECT account_id FROM account_holders")
    }
    for row in accounts:
        if row["status"] == "pending":
            found.unsettled.append("an account has no first password")
        elif known.get(row["id"]) is not (row["status"] == "active"):
            found.lost.append(f"registration does not know that an account is {row['status']}")
        elif row["id"] not in holders:
            found.lost.append("verification does not know an account")


def _copies(found: Audit, survey: Survey) -> None:
    """What every service keeps a copy of: ended sessions (A7) and the calendar (W1)."""
    ended = {row["id"] for row in survey.rows("accounts", "SELECT id FROM sessions WHERE ended_at IS NOT NULL")}
    for service in ("registration", "verification", "notifications", "feedback"):
        revoked = {
            row["session_id"].replace("-", "") for row in survey.rows(service, "SELECT session_id FROM revoked_sessions")
        }
        found.lost += [f"{service} still accepts a session that has ended"] * len(ended - revoked)
    (latest,) = survey.rows("feedback", "SELECT revision FROM calendar_revision")
    for service in ("registration", "notifications"):
        (copy,) = survey.rows(service, "SELECT revision FROM holiday_list")
        if copy["revision"] < latest["revision"]:
            found.lost.append(f"{service} has revision {copy['revision']} of the calendar, not {latest['revision']}")


def _facts(found: Audit, survey: Survey) -> None:
    """Every fact in the log of its source is in the inbox of each of its readers, under a number that no other has."""
    found.lost += [f"{number} facts of {source} to {reader}" for (source, reader), number in survey.facts_missing().items()]
    for service in survey.services:
        found.compared["facts"] += survey.count(service, "fact_log")
        found.doubled += [
            f"{service}: two facts bear {row['number']} of {row['origin']}" for row in survey.rows(service, _TWICE)
        ]


def _rest(found: Audit, survey: Survey) -> None:
    for service in survey.services:
        for row in survey.rows(
            service, "SELECT state, reason, fact, count(*) AS number FROM held_messages GROUP BY state, reason, fact"
        ):
            found.unsettled.append(f"{service}: {row['number']} {row['fact']} {row['state']} ({row['reason']})")
        for row in survey.rows(service, JOBS_BY_STATE):
            if row["state"] == "finished":
                continue
            found.unsettled.append(f"{service}: {row['number']} jobs {row['kind']} {row['state']}")
        if unsent := survey.count(service, "outbox"):
            found.unsettled.append(f"{service}: {unsent} facts not sent")
