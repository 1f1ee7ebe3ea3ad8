"""The end of a complaint: answering it, approving the answer, reopening, rating, closing (F7, F8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.chassis import clock
from services.chassis.ids import uuid7
from services.feedback import addressees, coordination, events
from services.feedback.actors import CITIZEN, CLOCK, Actor
from services.feedback.complaint_row import ANSWERED, CLOSED, OPEN, ROUTED
from services.feedback.model_base import Watched
from services.feedback.records import DRAFT, REPLACED, RETURNED, SENT, Answer, latest_answer
from services.feedback.refusals import NothingToDecide, TooLate


class Ending(Watched):
    """What happens from the first draft of an answer on."""

    __abstract__ = True

    def draft(self, by: Actor, text: str, *, needs_approval: bool) -> Answer:
        """Write an answer. It waits for the director, or is sent at once where none need approve it."""
        self.take_up(by)
        self._must_be(ROUTED)
        now, session = clock.now(), self._session
        last = latest_answer(session, self.complaint_no)
        if last is not None and last.status == DRAFT:
            last.status, last.decided_at, last.decided_by = REPLACED, now, by.account_id
        made = Answer(
            id=uuid7(),
            complaint_no=self.complaint_no,
            version=last.version + 1 if last else 1,
            status=DRAFT,
            text=text,
            drafted_at=now,
            drafted_by=by.account_id or "",
        )
        session.add(made)
        self._log("answer_drafted", by, version=made.version)
        if not needs_approval:
            self._send(by, made)
        session.flush()
        return made

    def approve(self, by: Actor, *, version: int) -> Answer:
        """The director approves the draft of that version: it is the province's answer, and goes to the citizen."""
        draft = self._draft()
        if draft.version != version:
            raise NothingToDecide
        self._log("answer_approved", by, version=draft.version)
        self._send(by, draft)
        return draft

    def give_back(self, by: Actor, *, remark: str) -> Answer:
        """The director wants it written anew, and says why."""
        draft = self._draft()
        draft.status, draft.remark = RETURNED, remark
        draft.decided_at, draft.decided_by = clock.now(), by.account_id
        self._log("answer_returned", by, version=draft.version, remark=remark)
        return draft

    def _draft(self) -> Answer:
        self._must_be(ROUTED)
        draft = latest_answer(self._session, self.complaint_no)
        if draft is None or draft.status != DRAFT:
            raise NothingToDecide
        return draft

    def _send(self, by: Actor, answer: Answer) -> None:
        now = clock.now()
        answer.status, answer.decided_at, answer.decided_by = SENT, now, by.account_id
        self.status, self.answered_at = ANSWERED, now
        self.reopen_until = now + timedelta(days=self._terms.reopen_days)
        self._log("answered", by, version=answer.version)
        coordination.end_all(self)
        self.watch()
        self._tell(
            events.ComplaintAnswered(
                **self._named(),
                answered_at=now,
                reopen_until=self.reopen_until,
                answer=answer.text,
                contact=self.contact,
                staff=addressees.board(self._session, self.board_code),
            )
        )

    def reopen(self, reason: str) -> None:
        """The citizen is not content (F8): the same province answers again, and the answer's clock begins anew."""
        now = clock.now()
        if self.status == CLOSED or (self.status == ANSWERED and self.reopen_until and now >= self.reopen_until):
            raise TooLate(self.reopen_until)
        self._must_be(ANSWERED)
        self.status, self.answered_at, self.reopened_at = ROUTED, None, now
        self.reopen_reason = reason
        self.rating = self.rating_comment = self.rated_at = None
        self.reopened_count += 1
        self.escalation_level = 0
        self.overdue_steps = {step: late for step, late in self.overdue_steps.items() if step != "answer"}
        self.warned_steps = [step for step in self.warned_steps if step != "answer"]
        self.answer_due = max(self.answer_due, self._calendar.deadline(now, self._terms.answer_days))
        self._log("reopened", CITIZEN)
        self.watch()
        session = self._session
        self._tell(
            events.ComplaintReopened(
                **self._named(),
                reopened_at=now,
                answer_due=self.answer_due,
                contact=self.contact,
                staff=addressees.director(session, self.province_code) + addressees.board(session, self.board_code),
            )
        )

    def rate(self, rating: int, comment: str | None) -> None:
        """What the citizen thinks of the answer, 1 to 5; said again, it counts instead (F8)."""
        self._must_be(ANSWERED, CLOSED)
        self.rating, self.rating_comment, self.rated_at = rating, comment, clock.now()
        self._log("rated", CITIZEN, rating=rating)
        self._tell(events.ComplaintRated(**self._named(), rated_at=self.rated_at, rating=rating))

    def close(self) -> None:
        """The days for reopening are over (F8)."""
        self._must_be(ANSWERED)
        self.status, self.closed_at = CLOSED, clock.now()
        self._log("closed", CLOCK)
        self.watch()
        in_time = self.answered_at is not None and self.answered_at < self.answer_due
        self._tell(events.ComplaintClosed(**self._named(), closed_at=self.closed_at, in_time=in_time))

    def attach(self, document: dict[str, Any], by: Actor) -> str | None:
        """Keep a document in its slot, until the complaint is answered; the id of the one that it replaces."""
        self._must_be(*OPEN)
        slot = document["slot"]
        replaced = next((each["document_id"] for each in self.attachments if each["slot"] == slot), None)
        others = [each for each in self.attachments if each["slot"] != slot]
        self.attachments = sorted([*others, document], key=lambda each: int(each["slot"]))
        self._log("attached", by, slot=slot)
        return replaced
