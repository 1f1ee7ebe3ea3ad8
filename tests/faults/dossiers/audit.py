"""The count afterwards: every accepted dossier has one outcome, every approved person one account and one password."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from playground.account import Account
from playground.citizen import Dossier
from playground.inbox import Inbox
from playground.officer import Officer
from tests.faults.dossiers import wire
from tests.faults.dossiers.campaign import Campaign
from tests.faults.dossiers.patience import PatientWeb
from tests.faults.dossiers.people import APPROVED, Filing
from tests.operations.audit import audit

_OUTCOME_FACTS = ("identity_verified", "declaration_rejected", "code_not_found")


@dataclass
class Report:
    """What was counted. Every field but the first four, `sms_repeated` and `details` must be 0."""

    dossiers: int
    kills: int
    approved: int = 0
    passwords_tried: int = 0
    #: accepted, and not where it should have ended
    lost: int = 0
    #: more than one outcome, one account or one password
    doubled: int = 0
    #: one person's SMS that came twice: a provider cannot be asked exactly once
    sms_repeated: int = 0
    #: nobody was told
    unsent: int = 0
    #: the password of the SMS does not sign in
    locked_out: int = 0
    #: parked, waiting, given up
    unsettled: int = 0
    #: requests that failed for good
    faults: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        wrong = (self.lost, self.doubled, self.unsent, self.locked_out, self.unsettled, self.faults)
        return not any(wrong)


def count(campaign: Campaign, sign_ins: int) -> Report:
    """Look at everything. `sign_ins`: how many of the approved sign in with their password, at most."""
    load, plan = campaign.load, campaign.plan
    report = Report(dossiers=len(load.done), kills=sum(campaign.kills.values()), faults=len(load.faults))
    if len(load.done) != plan.count:
        load.faults.append(f"{plan.count - len(load.done)} dossiers were never accepted")
        report.faults = len(load.faults)
    wrong: Counter[str] = Counter()
    report.lost = _statuses(campaign, load.done, wrong)
    _facts(campaign, load.done, report, wrong)
    passwords = _passwords(campaign, load.done, report, wrong)
    report.approved = len(passwords)
    report.locked_out = _signs_in(campaign, dict(list(passwords.items())[:sign_ins]), wrong)
    report.passwords_tried = min(sign_ins, len(passwords))
    compared = audit(campaign.survey)
    report.lost += len(compared.lost)
    report.doubled += len(compared.doubled) + len(compared.mixed_up)
    report.unsettled = len(compared.unsettled)
    report.details |= {
        "seed": plan.seed,
        "database": "postgresql",
        "killed": dict(campaign.kills),
        "outcomes": dict(Counter(filing.outcome.registration for filing in load.done)),
        "requests_sent_again": dict(load.again),
        "seconds": campaign.seconds,
        "sms": len(campaign.survey.messages),
        "wrong": dict(wrong),
        "faults_seen": load.faults[:20],
        "audit": compared.figures(),
    }
    return report


def _statuses(campaign: Campaign, done: list[Filing], wrong: Counter[str]) -> int:
    """How many have another status than they should, here or there."""
    officer_token = campaign.stage.staff("approver", "79").token

    def look(web: PatientWeb, filing: Filing) -> bool:
        here = Dossier(web, filing.no, filing.tracking).status
        there = Officer(web, officer_token, "79", "approver").opens(filing.no)["status"]
        if good := (here, there) == filing.outcome[:2]:
            return good
        wrong[f"{filing.sort} is {here} here and {there} there"] += 1
        return good

    return sum(not good for good in _each(campaign, look, done))


def _facts(campaign: Campaign, done: list[Filing], report: Report, wrong: Counter[str]) -> None:
    heard = wire.heard(campaign.system.amqp_uri)
    for filing in done:
        facts = heard.get(filing.no, {})
        expected = {"declaration_submitted": 1, filing.outcome.fact: 1}
        if filing.outcome is APPROVED:
            expected["account_activated"] = 1
        for fact in ("declaration_submitted", *_OUTCOME_FACTS, "account_activated"):
            told, due = len(facts.get(fact, ())), expected.get(fact, 0)
            if told != due:
                wrong[f"{filing.sort}: {told} {fact} instead of {due}"] += 1
                report.lost += told < due
                report.doubled += told > due


def _passwords(campaign: Campaign, done: list[Filing], report: Report, wrong: Counter[str]) -> dict[str, str]:
    """The first password of each BHXH code; counts those who were told nothing, or different things."""
    told: dict[str, list[str]] = defaultdict(list)
    texts: Counter[tuple[str, str]] = Counter()
    numbers = {filing.no for filing in done}
    for message in campaign.survey.messages:
        texts[message.to, message.text] += 1
        for no in numbers & set(message.words):
            told[no].append(message.text)
    report.sms_repeated = sum(times - 1 for times in texts.values())
    found: dict[str, str] = {}
    for filing in done:
        passwords = {password for text in told[filing.no] if (password := _password(text))}
        approved = filing.outcome is APPROVED
        # one SMS says that it has come, another what became of it
        if len(set(told[filing.no])) < 2 or (approved and not passwords):
            report.unsent += 1
            wrong[f"{filing.sort}: told {len(set(told[filing.no]))} things, {len(passwords)} passwords"] += 1
        if len(passwords) > approved:
            report.doubled += 1
            wrong[f"{filing.sort}: {len(passwords)} passwords"] += 1
        if approved and len(passwords) == 1:
            found[filing.human.bhxh_code] = passwords.pop()
    return found


def _password(text: str) -> str | None:
    _, found, rest = text.partition("Mat khau: ")
    return rest.split()[0] if found and rest.split() else None


def _signs_in(campaign: Campaign, passwords: dict[str, str], wrong: Counter[str]) -> int:
    def sign_in(web: PatientWeb, item: tuple[str, str]) -> bool:
        account = Account(web, item[0], Inbox(web, ""))
        try:
            return bool(account.sign_in(item[1])["role"] == "newcomer")
        except AssertionError as error:
            wrong[f"sign-in: {str(error)[:80]}"] += 1
            return False

    return sum(not good for good in _each(campaign, sign_in, list(passwords.items())))


def _each(campaign: Campaign, work: Callable[[PatientWeb, Any], bool], things: list[Any]) -> Iterator[bool]:
    """`work` on each thing, four at a time, each thread with a client of its own."""

    def share(number: int) -> list[bool]:
        web = PatientWeb(campaign.stage.web.bases)
        return [work(web, thing) for thing in things[number::4]]

    with ThreadPoolExecutor(4) as threads:
        for results in threads.map(share, range(4)):
            yield from results
