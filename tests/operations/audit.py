"""Compare the five databases and the sandbox's inbox: every dossier, account, complaint and message.

What one service has decided must have reached each of the others, once and for the same person, and each person must have
been told once. Call it when all is at rest (`Survey.settle`); it knows nothing of what was intended, so it fits any run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.operations.survey import Survey

Row = dict[str, Any]
_SHOWN = 30
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
_ABOUT_DOSSIERS = """SELECT template, ref, address, status FROM messages WHERE channel = 'sms' AND template IN
    ('declaration_submitted', 'child_submitted', 'account_activated', 'child_activated', 'declaration_rejected',
     'declaration_expired', 'code_not_found', 'account_adjusted', 'account_stopped')"""


@dataclass
class Audit:
    """What was compared, and a sentence for each thing that is wrong."""

    compared: Counter[str] = field(default_factory=Counter)
    #: happened in one service, and unknown in another or to the person
    lost: list[str] = field(default_factory=list)
    #: happened more often than once
    doubled: list[str] = field(default_factory=list)
    #: arrived at a phone or mailbox more often than once: when its sender is killed, a provider cannot be asked exactly once
    repeated: list[str] = field(default_factory=list)
    #: one number that stands for two people
    mixed_up: list[str] = field(default_factory=list)
    #: parked, waiting, given up, not sent
    unsettled: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Return the counts, and the first sentences."""
        found = {
            "lost": self.lost,
            "doubled": self.doubled,
            "repeated": self.repeated,
            "mixed_up": self.mixed_up,
            "unsettled": self.unsettled,
        }
        counts: dict[str, Any] = {name: len(sentences) for name, sentences in found.items()}
        shown = [f"{name}: {each}" for name, sentences in found.items() for each in sentences][:_SHOWN]
        return counts | {"compared": dict(self.compared), "findings": shown}

    def expect(self, subject: str, told: int, due: int) -> None:
        """Count a thing that must have happened `due` times."""
        if told < due:
            self.lost.append(f"{subject}: {told} instead of {due}")
        elif told > due:
            self.doubled.append(f"{subject}: {told} instead of {due}")


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
    _people_told(found, survey, declarations, cases)
    _complaints(found, survey)
    _copies(found, survey)
    _phones(found, survey, declarations)
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


def _people_told(found: Audit, survey: Survey, declarations: dict[str, Row], cases: dict[str, Row]) -> None:
    """Each SMS about a dossier is one row, to one phone."""
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


def _complaints(found: Audit, survey: Survey) -> None:
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


def _phones(found: Audit, survey: Survey, declarations: dict[str, Row]) -> None:
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
        for row in survey.rows(
            service, "SELECT kind, state, count(*) AS number FROM jobs WHERE state <> 'finished' GROUP BY kind, state"
        ):
            found.unsettled.append(f"{service}: {row['number']} jobs {row['kind']} {row['state']}")
        if unsent := survey.count(service, "outbox"):
            found.unsettled.append(f"{service}: {unsent} facts not sent")
