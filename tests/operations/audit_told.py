"""Compare what happened with what people were told: notifications' messages, and what arrived at the sandbox."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from tests.operations.findings import Audit
from tests.operations.survey import Survey

Row = dict[str, Any]
_ABOUT_DOSSIERS = """SELECT template, ref, address, status FROM messages WHERE channel = 'sms' AND template IN
    ('declaration_submitted', 'child_submitted', 'account_activated', 'child_activated', 'declaration_rejected',
     'declaration_expired', 'code_not_found', 'account_adjusted', 'account_stopped')"""


def compare_dossiers(found: Audit, survey: Survey, declarations: dict[str, Row], cases: dict[str, Row]) -> None:
    """Each person is told each outcome of their dossier once, at one phone."""
    outcomes = {
        row["dossier_no"]: row["outcome"] for row in survey.rows("accounts", "SELECT dossier_no, outcome FROM dossiers")
    }
    told: dict[str, Counter[str]] = defaultdict(Counter)
    phones: dict[str, set[str]] = defaultdict(set)
    for row in survey.rows("notifications", _ABOUT_DOSSIERS):
        told[row["ref"]][row["template"]] += 1
        if row["template"] not in ("account_adjusted", "account_stopped"):  # these go to the account's number
            phones[row["ref"]].add(row["address"])
    for no in told.keys() - declarations.keys():
        found.mixed_up.append(f"people were told of {no}, and registration does not know it")
    for no, declaration in declarations.items():
        case, child = cases.get(no), declaration["route"] == "guardian"
        status, outcome = case["status"] if case else "", outcomes.get(no)
        due = {
            "child_submitted" if child else "declaration_submitted": 1,
            "child_activated" if child else "account_activated": int(outcome == "opened"),
            "declaration_rejected": int(status == "rejected"),
            "declaration_expired": int(declaration["status"] == "expired"),
        }
        for template, times in due.items():
            found.expect(f"{template} to the person of {no}", told[no][template], times)
        if status == "code_not_found" and not told[no]["code_not_found"]:
            found.lost.append(f"nobody told the person of {no} that the code is unknown")
        if len(phones[no]) > 1:
            found.mixed_up.append(f"{no} was told to {len(phones[no])} phones")


def compare_complaints(found: Audit, survey: Survey) -> None:
    """Each filer who left an address is told once that it came, and what the answer is; so are the staff."""
    complaints = survey.rows("feedback", "SELECT complaint_no, anonymous, answered_at FROM complaints")
    found.compared["complaints"] = len(complaints)
    query = "SELECT template, ref, channel FROM messages WHERE template LIKE '%complaint_%'"
    told: Counter[tuple[str, str, str]] = Counter(
        (row["ref"], row["template"], row["channel"]) for row in survey.rows("notifications", query)
    )
    for row in complaints:
        no, named = row["complaint_no"], not row["anonymous"]
        found.expect(f"complaint_received to the filer of {no}", told[no, "complaint_received", "sms"], int(named))
        if row["answered_at"] is not None and named and not told[no, "complaint_answered", "sms"]:
            found.lost.append(f"nobody told the filer of {no} the answer")
        if not told[no, "staff_complaint_received", "email"]:
            found.lost.append(f"nobody told the staff of {no}")
    for ref in {ref for ref, _, _ in told} - {row["complaint_no"] for row in complaints}:
        found.mixed_up.append(f"people were told of {ref}, and feedback does not know it")


def compare_phones(found: Audit, survey: Survey, declarations: dict[str, Row]) -> None:
    """What arrived outside: every SMS that we believe was sent, none twice, one password per dossier."""
    rows = survey.rows("notifications", "SELECT channel, status FROM messages WHERE status <> 'failed'")
    found.compared["messages"] = len(rows)
    for channel in ("sms", "email"):
        here = sum(row["channel"] == channel for row in rows)
        texts = Counter((m.to, m.subject, m.text) for m in survey.messages if m.channel == channel)
        found.expect(f"{channel} delivered", len(texts), here)
        found.repeated += [f"one {channel} arrived {times} times" for times in texts.values() if times > 1]
    passwords: dict[str, set[str]] = defaultdict(set)
    for message in survey.messages:
        if message.channel == "sms" and message.password:
            for no in declarations.keys() & set(message.words):
                passwords[no].add(message.password)
    found.doubled += [f"{no}: {len(sent)} passwords were sent" for no, sent in passwords.items() if len(sent) > 1]
