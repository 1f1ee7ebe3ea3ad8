"""Whatever people, officers, the bus and the calendar do: no dossier is left that nobody and no clock can move (I6, I8), nobody has two
accounts (V15), nothing is approved without its papers (V3), and nothing is sent back for missing ones (V4).

A state machine of hypothesis files, receives, opens letters, corrects, decides, adjusts, stops and lets time pass, on registration,
verification and accounts as they are; only the bus between them is played, and may stand still for days.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from services.chassis import clock
from services.chassis.calendar import day_in_vietnam
from services.chassis.errors import Transient
from services.registration.declarations.rules import OPEN, Declaration
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED
from services.verification.deadlines.clock import DIRECTOR_TOLD
from services.verification.decisions.conditions import PICTURES
from services.verification.decisions.reasons import NO_GROUND, REASONS
from services.verification.directory.port import Answer
from tests.integration.accounts.desk import Desk as Accounts
from tests.integration.registration.desk import CHILD, FORM
from tests.integration.registration.desk import Desk as Registration
from tests.integration.verification.desk import Desk as Verification
from tests.stand.later import Later

#: of one person, with one personal ID; HGĐ knows the first two: a long way takes few people
CODES = ("0113099841", "0113099842", "0113099843")
NAME = "Nguyễn Thành Biên"
KINDS = st.sampled_from(["register", "register", "register", "adjust", "stop"])
CORRECTIONS = st.sampled_from(
    [
        {"full_name": "Nguyễn Thành Biển"},
        {"full_name": NAME},
        {"bhxh_code": CODES[1]},
        {"id_type": "cccd", "id_number": "001087000001"},
        {"phone": "0912345678"},
    ]
)
#: what no rejection may say (V4)
UNLAWFUL = ("Hồ sơ thiếu ảnh chân dung.", "Đề nghị Ông/Bà đến BHXH Hà Nội để làm thủ tục.")
WORDS = st.sampled_from([*UNLAWFUL, "Ngày sinh trên giấy tờ khác với tờ khai."])
OFFICERS = st.sampled_from(["approver:lan:79", "approver:hoa:48"])
#: a declaration's status, and those of its case
TOGETHER = {
    # a guardian's needs no receipt
    "submitted": {"new", "checking", "name_near", "name_differs", "identity_in_use"},
    "received": {"received", "checking", "name_near", "name_differs", "identity_in_use", "identity_unproved"},
    "code_not_found": {"code_not_found", "received", "checking", "name_near", "name_differs", "identity_in_use"},
    "verified": {"identity_in_use", "checking"},  # accounts has found the identity in use after all
    "activated": {"approved"},
    "adjusted": {"approved"},
    "stopped": {"approved"},
    "without_effect": {"approved"},
    "rejected": {"rejected"},
    "expired": {"expired"},
    "withdrawn": {"withdrawn"},
}


class Dossiers(RuleBasedStateMachine):
    """What people and the clock do."""

    dossiers = Bundle("dossiers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vss-dossiers-"))
        self.registration = Registration(f"sqlite:///{self.folder / 'registration.db'}")
        self.verification = Verification(f"sqlite:///{self.folder / 'verification.db'}")
        self.accounts = Accounts(f"sqlite:///{self.folder / 'accounts.db'}")
        self.verification.hgd.people = {code: Answer(found=True, full_name=NAME) for code in CODES[:2]}
        self.later = Later(self.folder / "offset")
        self.desks = (self.registration, self.verification, self.accounts)
        self.carried = {desk.service.name: 0 for desk in self.desks}
        self.waiting: list[tuple[Any, str, dict[str, Any], int]] = []
        self.stands_still = False
        self.days_off: dict[date, str] = {}
        self.lists = 0
        self.codes: dict[str, str] = {}
        self.last_days: dict[str, date] = {}

    def teardown(self) -> None:
        try:
            self.everything_comes_to_an_end()
        finally:
            self.later.end()
            for desk in self.desks:
                desk.close()
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------ the bus

    def carry(self) -> None:
        """Bring each service what the others have told, until there is nothing more; what cannot be handled yet waits."""
        more = not self.stands_still
        while more:
            self._collect()
            more = self._deliver()

    def _deliver(self) -> bool:
        """Hand over what is on the way; tell whether anything was taken, or came of it."""
        before, later = len(self.waiting), []
        for desk, name, body, revision in self.waiting:
            try:
                desk.handle(desk.reader(name), body, revision=revision)
            except Transient:
                later.append((desk, name, body, revision))
        self.waiting = later
        if any(account.status == "pending" for account in self.accounts.accounts()):
            self.accounts.run_jobs()
            return True
        return len(later) < before

    def _collect(self) -> None:
        found = []
        for source in self.desks:
            told = source.facts()[self.carried[source.service.name] :]
            self.carried[source.service.name] += len(told)
            found += [
                (reader, one.fact, one.body, one.revision)
                for one in told
                for reader in self.desks
                if reader is not source and self.reads(reader, source, one.fact)
            ]
        self.waiting += found

    @staticmethod
    def reads(reader: Any, source: Any, fact: str) -> bool:
        return any((each.service, each.fact_name) == (source.service.name, fact) for each in reader.service.reads)

    @rule()
    def the_bus_stops(self) -> None:
        self.stands_still = True

    @rule()
    def the_bus_goes_on(self) -> None:
        self.stands_still = False
        self.carry()

    # ------------------------------------------------------------ people

    @initialize(
        target=dossiers,
        begin=st.sampled_from(["2026-11-30T09:00+07:00", "2027-01-27T16:00+07:00", "2026-12-23T23:58+07:00"]),
        others=st.sampled_from([("portal", "post"), ("counter", "counter"), ("guardian", "counter")]),
    )
    def a_day_with_two_dossiers(self, begin: str, others: tuple[str, str]) -> Any:
        self.later.to(datetime.fromisoformat(begin))
        route, filing = others
        return multiple(
            self.filed(CODES[0], "portal", "register", "counter"), self.filed(CODES[1], route, "register", filing)
        )

    @precondition(lambda self: len(self.codes) < 6)
    @rule(
        target=dossiers,
        code=st.sampled_from(CODES),
        route=st.sampled_from(["portal", "portal", "guardian", "counter"]),
        kind=KINDS,
        filing=st.sampled_from(["counter", "counter", "post"]),
    )
    def file(self, code: str, route: str, kind: str, filing: str) -> Any:
        return self.filed(code, route, kind, filing)

    def filed(self, code: str, route: str, kind: str, filing: str) -> Any:
        """A dossier; None where the service refuses one now."""
        form: dict[str, Any] = FORM
        token, pictures = None, ["id_front", "id_back", "portrait"]
        if route == "guardian":
            form, token, pictures = CHILD, "citizen:g", ["portrait"]
        elif route == "counter":
            token = "officer:o"  # no secret
        changes = {"route": route, "channel": "office" if route == "counter" else "web", "subject": {"bhxh_code": code}}
        if route != "guardian":
            changes |= {"kind": kind, "filing": filing}
        answer = self.registration.post(form, token=token, **changes)
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 409:
            return None
        dossier = SimpleNamespace(no=answer.json["draft_id"], code=answer.json["tracking_code"])
        for kind in pictures:
            self.registration.put(dossier, kind, token=token)
        if self.registration.submit(dossier).status_code == 409:
            return None
        self.codes[dossier.no] = code
        self.carry()
        return dossier

    @rule(dossier=dossiers)
    def withdraw(self, dossier: Any) -> None:
        if dossier is not None:
            assert self.registration.ask("DELETE", dossier).status_code in (204, 409)
            self.carry()

    @rule(dossier=dossiers)
    def send_the_birth_certificate(self, dossier: Any) -> None:
        if dossier is not None:
            assert self.registration.put(dossier, "birth_certificate").status_code in (200, 409)
            self.carry()

    # ------------------------------------------------------------ officers

    def office(self, dossier: Any, method: str, path: str, who: str, **body: Any) -> Any:
        if dossier is None:
            return None
        answer = self.verification.ask(method, f"/{self.no(dossier)}{path}", who, **body)
        assert answer.status_code in (200, 202, 403, 404, 409, 422), answer.text
        self.verification.ask("POST", f"/{self.no(dossier)}/release", who)
        self.carry()
        return answer

    def no(self, dossier: Any) -> str:
        """The number by which offices know it."""
        return str(self.registration.row(dossier).dossier_no)

    def missing(self, case: Case) -> list[str]:
        with self.verification.db.read() as session:
            found = Case.of(session, case.dossier_no)
            return [] if found is None else list(found.missing)

    @rule(dossier=dossiers, who=OFFICERS)
    def receive(self, dossier: Any, who: str) -> None:
        self.office(dossier, "POST", "/receive", who, json={"id_shown": True})

    @rule(dossier=dossiers, who=OFFICERS)
    def confirm_the_phone(self, dossier: Any, who: str) -> None:
        self.office(dossier, "POST", "/phone", who, json={})

    @rule(dossier=dossiers, who=OFFICERS, checked=st.booleans())
    def open_the_letter(self, dossier: Any, who: str, checked: bool) -> None:
        letter = {"posted_on": day_in_vietnam(clock.now()).isoformat(), "identity_checked": checked}
        self.office(dossier, "POST", "/letter", who, json=letter)

    @rule(dossier=dossiers, who=OFFICERS, correction=CORRECTIONS)
    def correct(self, dossier: Any, who: str, correction: dict[str, str]) -> None:
        self.office(dossier, "POST", "/correction", who, json=correction)

    @rule(dossier=dossiers, who=OFFICERS)
    def ask_for_pictures(self, dossier: Any, who: str) -> None:
        self.office(dossier, "POST", "/pictures/request", who)

    @rule(dossier=dossiers, who=OFFICERS, kind=st.sampled_from(["birth_certificate", "signed_form", "signed_form"]))
    def add(self, dossier: Any, who: str, kind: str) -> None:
        if dossier is not None:
            self.verification.put(kind, self.no(dossier), who)
            self.verification.ask("POST", f"/{self.no(dossier)}/release", who)
            self.carry()

    @rule(dossier=dossiers, who=OFFICERS)
    def complete(self, dossier: Any, who: str) -> None:
        """All at one visit: steps taken one by one seldom add up to a complete dossier."""
        self.receive(dossier, who)
        self.confirm_the_phone(dossier, who)
        for kind in ("birth_certificate", "signed_form"):
            self.add(dossier, who, kind)

    @rule(dossier=dossiers, who=OFFICERS)
    def find_valid(self, dossier: Any, who: str) -> None:
        self.office(dossier, "POST", "/decision", who, json={"outcome": "valid", "id_shown": True})

    @rule(dossier=dossiers, who=OFFICERS)
    def serve_whoever_stands_there(self, dossier: Any, who: str) -> None:
        """All that an office does in one visit, so that a short sequence also reaches an account."""
        self.receive(dossier, who)
        self.confirm_the_phone(dossier, who)
        self.add(dossier, who, "signed_form")
        self.find_valid(dossier, who)
        self.hgd_answers()

    @rule(
        dossier=dossiers, who=OFFICERS, code=st.sampled_from([*NO_GROUND, *(reason.code for reason in REASONS)]), words=WORDS
    )
    def find_invalid(self, dossier: Any, who: str, code: str, words: str) -> None:
        if dossier is None:
            return
        case = self.case(self.no(dossier)) if not self.stands_still else None
        body = {"outcome": "invalid", "reason_code": code, "reason": words}
        answer = self.office(dossier, "POST", "/decision", who, json=body)
        if answer.status_code == 202:
            assert code not in NO_GROUND
            assert words not in UNLAWFUL
            if case is not None and code == "other":
                assert not set(self.missing(case)) & set(PICTURES)

    @rule()
    def hgd_answers(self) -> None:
        self.verification.look_up()
        self.carry()

    # ------------------------------------------------------------ time

    @rule(hours=st.one_of(st.integers(1, 30), st.sampled_from([72, 240, 400])))
    def time_passes(self, hours: int) -> None:
        self.later.on(hours=hours)
        self.sweep()

    @rule(dossier=dossiers, minutes=st.sampled_from([-1, 0, 10, 500]))
    def the_last_day_comes(self, dossier: Any, minutes: int) -> None:
        ends = self.registration.row(dossier).expires_at if dossier is not None else None
        if ends is not None and ends + timedelta(minutes=minutes) > clock.now():
            self.later.to(ends + timedelta(minutes=minutes))
            self.sweep()

    @rule(ahead=st.integers(0, 20), kind=st.sampled_from(["off", "work", None]))
    def the_calendar_changes(self, ahead: int, kind: str | None) -> None:
        day = day_in_vietnam(clock.now()) + timedelta(days=ahead)
        self.days_off.pop(day, None)
        if kind is not None:
            self.days_off[day] = kind
        self.lists += 1
        days = [{"day": each.isoformat(), "kind": what, "why": "Quyết định"} for each, what in self.days_off.items()]
        self.registration.hear("calendar_changed", revision=self.lists, corrections=days)
        self.verification.tell("calendar_changed", {"corrections": days}, revision=self.lists)
        self.sweep()

    def sweep(self) -> None:
        self.registration.sweep()
        self.verification.sweep()
        self.carry()

    # ------------------------------------------------------------ what always holds

    def declarations(self) -> list[Declaration]:
        with self.registration.db.read() as session:
            return list(session.scalars(sa.select(Declaration).where(Declaration.submitted_at.is_not(None))))

    def case(self, no: str) -> Case:
        with self.verification.db.read() as session:
            found = Case.of(session, no)
        assert found is not None, f"{no} never reached verification"
        return found

    @invariant()
    def a_last_day_once_told_never_moves_earlier(self) -> None:
        for one in self.declarations():
            if one.last_day is not None:
                before = self.last_days.setdefault(one.dossier_no, one.last_day)
                assert one.last_day >= before or one.awaited is not None, one.dossier_no
                self.last_days[one.dossier_no] = one.last_day
            else:
                self.last_days.pop(one.dossier_no, None)  # the picture came; asked again it has new days

    @invariant()
    def one_registration_of_a_code_is_open(self) -> None:
        filed = [one for one in self.declarations() if one.kind == "register" and one.status in OPEN]
        open_codes = [one.bhxh_code for one in filed if one.bhxh_code]
        assert len(open_codes) == len(set(open_codes))

    @invariant()
    def nobody_has_two_accounts(self) -> None:
        here = [account for account in self.accounts.accounts() if account.status != "stopped"]
        for names in ([one.bhxh_code for one in here], [one.unique_id for one in here if one.unique_id]):
            assert len(names) == len(set(names))

    @invariant()
    def nothing_is_approved_without_its_papers(self) -> None:
        with self.verification.db.read() as session:
            for case in session.scalars(sa.select(Case).where(Case.status == APPROVED)):
                assert list(case.missing) == [], (case.dossier_no, case.missing)
                assert case.phone_proved, case.dossier_no

    @invariant()
    def a_legal_clock_runs_exactly_while_a_complete_dossier_waits_for_us(self) -> None:
        """No step has changed status or papers and left the clock as it was (N11)."""
        self.verification.check_clocks()

    @invariant()
    def of_each_clock_each_level_is_told_once(self) -> None:
        told = [
            (fact.fact, *(fact.body.get(name) for name in ("dossier_no", "complete_at", "level")))
            for fact in self.verification.facts()
            if fact.fact in ("case_due_soon", "case_overdue")
        ]
        assert len(told) == len(set(told))

    @invariant()
    def both_services_agree_once_all_is_carried(self) -> None:
        if self.stands_still:
            return
        for one in self.declarations():
            case = self.case(one.dossier_no)
            crossed = self.decided_first(one, case) or self.accounts_waits(one, case)
            assert case.status in TOGETHER[one.status] or crossed, (one.status, case.status)
            if one.status in ("expired", "withdrawn"):
                assert one.erased
            if one.status == "expired":
                assert (case.subject, case.received_at) == (None, None)
            if one.status == "submitted" and case.expires_at is not None:
                assert case.expires_at == one.expires_at

    @staticmethod
    def decided_first(one: Declaration, case: Case) -> bool:
        """The decision and the withdrawal crossed on the way: verification's is the one that counts."""
        return one.status == "withdrawn" and case.status in ("approved", "rejected")

    def accounts_waits(self, one: Declaration, case: Case) -> bool:
        """An adjustment or a stop without an account waits a while for the registration that may still come (V12)."""
        waiting = {body.get("dossier_no") for desk, _, body, _ in self.waiting if desk is self.accounts}
        return (one.status, case.status) == ("verified", "approved") and one.dossier_no in waiting

    # ------------------------------------------------------------ nothing stays for ever

    def everything_comes_to_an_end(self) -> None:
        """Nobody does anything for three months; then what is still open can be withdrawn, and everybody may file anew."""
        self.stands_still = False
        self.carry()
        for _ in range(3):
            self.later.on(days=30)
            self.sweep()
            self.carry()
        assert self.waiting == []
        self.both_services_agree_once_all_is_carried()
        with self.verification.db.read() as session:
            lying = session.scalars(sa.select(Case).where(Case.due_at.is_not(None))).all()
        assert {case.alert_level for case in lying} <= {DIRECTOR_TOLD}
        told = {fact.body["dossier_no"] for fact in self.registration.facts("declaration_unfinished")}
        for one in self.declarations():
            if one.status not in OPEN:
                continue
            assert one.may_be_withdrawn, (one.status, self.case(one.dossier_no).status)
            assert one.status == "submitted" or one.erased or one.dossier_no in told
        for code in set(CODES) - {one.bhxh_code for one in self.accounts.accounts() if one.status != "stopped"}:
            answer = self.registration.post(subject={"bhxh_code": code})
            assert answer.status_code == 201 or any(
                one.status == "submitted" and one.bhxh_code == code for one in self.declarations()
            ), answer.text


# not shrunk: each step costs what it costs in the services, and the steps printed are few anyway
Dossiers.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
TestWhateverAnybodyDoes = pytest.mark.rule("I6", "I8", "V3", "V4", "V15", "N11")(Dossiers.TestCase)


class LongWays(Dossiers):
    """The same, further and more often."""


LongWays.TestCase.settings = settings(Dossiers.TestCase.settings, max_examples=80, stateful_step_count=40)
TestWhateverAnybodyDoesForLong = LongWays.TestCase
for _mark in (pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.rule("I6", "I8", "V3", "V4", "V15", "N11")):
    TestWhateverAnybodyDoesForLong = _mark(TestWhateverAnybodyDoesForLong)
