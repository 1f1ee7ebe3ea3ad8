"""Whatever anybody does in whatever order: one accountable province, one monitoring board, and no clock that runs backwards.

A state machine of hypothesis does what citizens, offices, boards and the clock could do, allowed or not, by the HTTP API; after
each step it looks at every complaint in the database.
"""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from services.chassis.calendar import VIETNAM
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints.history import Step
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import CHANNELS, OPEN, STATUSES
from tests.integration.feedback.desk import ANSWER, BHYT, CENTRE, DIRECTOR, ELSEWHERE, ELSEWHERE_DIRECTOR, OFFICER, THU, Desk
from tests.stand.later import Later

#: mostly those who may, so that complaints get far
STAFF = st.sampled_from([*[OFFICER] * 4, *[DIRECTOR] * 4, ELSEWHERE, ELSEWHERE_DIRECTOR, THU, BHYT, CENTRE])
#: a long way takes few complaints
MOST = 2
#: what never moves to an earlier moment, once it is there
DUE = ("acknowledge_due", "routed_due", "answer_due", "paused_until")
#: what happened once and is never written again
ONCE = ("received_at", "acknowledged_at", "routed_at", "closed_at")
#: what each status may be followed by, in one step or in several of one request
FOLLOWS = {
    "received": set(STATUSES) - {"closed"},
    "acknowledged": {"acknowledged", "routed", "waiting", "answered"},
    "routed": {"routed", "waiting", "answered"},
    "waiting": {"waiting", "routed"},
    "answered": {"answered", "routed", "closed"},
    "closed": {"closed"},
}


class Actions(RuleBasedStateMachine):
    """What people and the clock do."""

    complaints = Bundle("complaints")
    requests = Bundle("requests")

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vss-properties-"))
        self.desk = Desk(f"sqlite:///{self.folder / 'feedback.db'}")
        self.later = Later(self.folder / "offset")
        self.later.to(datetime(2026, 11, 2, 9, tzinfo=VIETNAM))
        self.categories = [self.desk.category_of(board) for board in BOARDS]
        self.seen: dict[str, dict[str, Any]] = {}
        self.steps = 0

    def teardown(self):
        self.later.end()
        self.desk.close()
        shutil.rmtree(self.folder)

    @initialize(target=complaints)
    def one_is_there(self):
        return self.filed("79", 0)

    @precondition(lambda self: len(self.seen) < MOST)
    @rule(target=complaints, office=st.sampled_from(["79", "01"]), category=st.integers(0, 3))
    def file(self, office, category):
        return self.filed(office, category)

    def filed(self, office, category):
        complaint = self.desk.filed(office_code=office, category_code=self.categories[category])
        self.seen[complaint.no] = {"province": office}
        return complaint

    # ------------------------------------------------------------ staff

    @rule(complaint=complaints, token=STAFF)
    def acknowledge(self, complaint, token):
        self.fine(self.desk.do(complaint, "acknowledge", token=token))

    @rule(complaint=complaints, token=STAFF)
    def route(self, complaint, token):
        self.fine(self.desk.do(complaint, "route", {"unit": "Phòng Quản lý Thu"}, token=token))

    @rule(complaint=complaints, token=STAFF, category=st.integers(0, 3))
    def recategorise(self, complaint, token, category):
        data = {"category_code": self.categories[category], "reason": "Thuộc loại khác."}
        self.fine(self.desk.do(complaint, "recategorise", data, token=token))

    @rule(complaint=complaints, token=STAFF)
    def ask(self, complaint, token):
        self.fine(self.desk.do(complaint, "ask", {"question": "Tên đơn vị cũ?"}, token=token))

    @rule(complaint=complaints, token=STAFF)
    def answer(self, complaint, token):
        self.fine(self.desk.do(complaint, "answer", {"text": ANSWER}, token=token))

    @rule(complaint=complaints, token=STAFF, version=st.integers(1, 3))
    def approve(self, complaint, token, version):
        self.fine(self.desk.do(complaint, "answer/approve", {"version": version}, token=token))

    @rule(complaint=complaints, again=st.booleans())
    def settle(self, complaint, again):
        token = DIRECTOR if self.seen[complaint.no]["province"] == "79" else ELSEWHERE_DIRECTOR
        draft = self.desk.do(complaint, "answer", {"text": ANSWER}, token=token)
        self.fine(draft)
        if draft.status_code == 202:
            self.fine(self.desk.do(complaint, "answer/approve", {"version": draft.json["version"]}, token=token))
            if again:
                self.reopen(complaint)

    @rule(complaint=complaints, token=STAFF)
    def give_back(self, complaint, token):
        self.fine(self.desk.do(complaint, "answer/return", {"remark": "Nêu rõ căn cứ."}, token=token))

    @rule(complaint=complaints, token=STAFF)
    def remind(self, complaint, token):
        self.fine(self.desk.do(complaint, "remind", token=token))

    @rule(target=requests, complaint=complaints, token=STAFF, office=st.sampled_from(["01", "04", "79"]))
    def coordinate(self, complaint, token, office):
        asked = self.desk.do(complaint, "coordinate", {"office_code": office, "question": "Đề nghị đối chiếu."}, token=token)
        self.fine(asked)
        return asked.json.get("coordination_id")

    @rule(request=consumes(requests), token=STAFF, what=st.sampled_from(["answer", "withdraw", "messages"]))
    def coordination(self, request, token, what):
        if request is not None:
            body: dict[str, Any] = {} if what == "withdraw" else {"json": {"words": "Đã đối chiếu."}}
            self.fine(self.desk.call("POST", f"/coordinations/{request}/{what}", token=token, **body))

    # ------------------------------------------------------------ the citizen and the clock

    @rule(complaint=complaints)
    def reply(self, complaint):
        self.fine(self.desk.say(complaint, "reply", {"words": "Công ty may"}))

    @rule(complaint=complaints)
    def complain_again(self, complaint):
        self.reopen(complaint)

    def reopen(self, complaint):
        self.fine(self.desk.say(complaint, "reopen", {"reason": "Chưa xong việc."}))

    @rule(complaint=complaints, rating=st.integers(1, 5))
    def rate(self, complaint, rating):
        self.fine(self.desk.say(complaint, "rate", {"rating": rating}))

    @rule(hours=st.one_of(st.integers(1, 48), st.integers(100, 800)))
    def time_passes(self, hours):
        self.later.on(hours=hours)

    @rule()
    def clocks_act(self):
        self.desk.sweep()

    # ------------------------------------------------------------ what always holds

    @staticmethod
    def fine(answer):
        """Done, or refused with a reason; never broken."""
        assert answer.status_code in (200, 201, 202, 403, 409, 422), answer.text

    @invariant()
    def it_holds(self):
        with self.desk.db.read() as session:
            for row in session.scalars(sa.select(Complaint)):
                self.looked_at(row)
            steps = session.scalars(sa.select(sa.func.count()).select_from(Step)).one()
        assert steps >= self.steps, "the history only grows"
        self.steps = steps

    def looked_at(self, row):
        before = self.seen[row.complaint_no]
        # F3, F4: exactly one accountable province, and always the same
        assert row.province_code == before["province"] == row.office["province_code"]
        # F2: exactly one monitoring board, and the category's
        assert row.board_code == tuple(BOARDS)[self.categories.index(row.category_code)]
        assert row.channel in CHANNELS
        # F7: no clock runs backwards
        now = SimpleNamespace(**{name: getattr(row, name) for name in (*DUE, *ONCE)})
        if "moments" in before:
            for name in DUE:
                was, is_ = getattr(before["moments"], name), getattr(now, name)
                assert was is None or (is_ is not None and is_ >= was), name
            for name in ONCE:
                was, is_ = getattr(before["moments"], name), getattr(now, name)
                assert was is None or is_ == was, name
            assert row.status in FOLLOWS[before["status"]], (before["status"], row.status)
            assert row.revision >= before["revision"]
            assert (row.reminders, row.recategorised, row.reopened_count) >= before["counted"]
        assert row.received_at <= row.acknowledge_due <= row.routed_due <= row.answer_due
        done = [moment for moment in (row.received_at, row.acknowledged_at, row.routed_at, row.answered_at) if moment]
        assert done == sorted(done)
        # one state at a time
        assert (row.answered_at is None) == (row.status in OPEN)
        assert (row.paused_at is not None) == (row.status == "waiting")
        assert (row.closed_at is not None) == (row.status == "closed")
        assert 0 <= row.escalation_level <= 3
        before.update(
            moments=now,
            status=row.status,
            revision=row.revision,
            counted=(row.reminders, row.recategorised, row.reopened_count),
        )


Actions.TestCase.settings = settings(max_examples=30, stateful_step_count=25, suppress_health_check=list(HealthCheck))
TestWhateverAnybodyDoes = pytest.mark.rule("F2", "F3", "F4", "F7")(Actions.TestCase)
