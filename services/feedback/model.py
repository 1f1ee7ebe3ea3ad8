"""Complaints: what may be done with one, from its receipt to its end. Its methods are the rules; see domain.md, Feedback.

::

    received ─▶ acknowledged ─▶ routed ─▶ answered ─▶ closed
                                 │  ▲         │
                          waiting┘  └─reopened┘

Each method: guards, one change, one fact, a line in the history. No method changes `province_code`: accountability never moves
(F4). Its first steps: model_base.py. Answering and what follows: model_end.py. What the clocks do by themselves: escalation.py. Other offices: coordination.py.
"""

from __future__ import annotations

from services.chassis import clock
from services.feedback import addressees, events
from services.feedback.actors import CITIZEN, CLOCK, Actor
from services.feedback.complaint_row import OPEN, ROUTED, WAITING
from services.feedback.model_end import Ending
from services.feedback.refusals import PausedOnce, WrongStatus


class Complaint(Ending):
    """One complaint."""

    __tablename__ = "complaints"

    def receive(self, by: Actor, *, sealed_tracking: str | None) -> None:
        """It has come in (F1): told to the citizen, the accountable director (F3) and the monitoring board (F2)."""
        self._log("received", by, channel=self.channel)
        if self.linked_to:
            self._log("linked", CLOCK, to=self.linked_to)
        self.watch()
        session = self._session
        self._tell(
            events.ComplaintReceived(
                **self._named(),
                channel=self.channel,
                anonymous=self.anonymous,
                received_at=self.received_at,
                acknowledge_due=self.acknowledge_due,
                answer_due=self.answer_due,
                contact=self.contact,
                sealed_tracking=sealed_tracking,
                staff=addressees.director(session, self.province_code) + addressees.board(session, self.board_code),
            )
        )

    def recategorise(self, by: Actor, *, category_code: str, board_code: str, reason: str) -> None:
        """It is of another kind: another board may watch from now on (F2). Counted; the province stays (F4), and so do the clocks."""
        self._must_be(*OPEN)
        old_category, old_board = self.category_code, self.board_code
        self.category_code, self.board_code = category_code, board_code
        self.recategorised += 1
        if board_code != old_board:
            self.board_seen_at = None
        self._log(
            "recategorised", by, category=category_code, previous_category=old_category, board=board_code, reason=reason
        )
        self._tell(
            events.ComplaintRecategorised(
                **self._named(),
                previous_category_code=old_category,
                previous_board_code=old_board,
                recategorised_at=clock.now(),
                answer_due=self.answer_due,
                staff=addressees.board(self._session, board_code) if board_code != old_board else [],
            )
        )

    def ask(self, by: Actor, *, question: str) -> None:
        """Ask the citizen something: the clocks wait for the reply, once, for so many days at most (F7)."""
        self.take_up(by)
        self._must_be(ROUTED)
        if self.paused_once:
            raise PausedOnce
        now = clock.now()
        self.status, self.paused_once, self.question = WAITING, True, question
        self.paused_at, self.paused_until = now, self._calendar.deadline(now, self._terms.wait_days)
        self._log("question_asked", by)
        self.watch()
        self._tell(
            events.QuestionAsked(
                **self._named(), asked_at=now, answer_until=self.paused_until, question=question, contact=self.contact
            )
        )

    def hear_reply(self, words: str) -> None:
        """The citizen has replied: the clocks run on."""
        self._must_be(WAITING)
        self.reply = words
        self._resume(CITIZEN, replied=True)

    def wait_no_longer(self) -> None:
        """The days of waiting are over: the clocks run on without a reply."""
        self._must_be(WAITING)
        self._resume(CLOCK, replied=False)

    def _resume(self, by: Actor, *, replied: bool) -> None:
        """The answer is due as many working days later as the citizen was waited for; one that was late already stays late."""
        now = clock.now()
        if self.paused_at is None:
            raise WrongStatus(self.status)
        if self.answer_due > self.paused_at:
            waited = min(self._calendar.count(self._day(self.paused_at), self._day(now)), self._terms.wait_days)
            self.answer_due = self._calendar.postpone(self.answer_due, waited)
        self.status, self.paused_at = ROUTED, None
        self._log("reply_received" if replied else "waiting_ended", by)
        self.watch()
        self._tell(events.ComplaintResumed(**self._named(), resumed_at=now, replied=replied, answer_due=self.answer_due))

    # ------------------------------------------------------------ the board (F5)

    def seen_by_board(self, by: Actor) -> None:
        """The board has taken note of it; the office's clock runs on."""
        if self.board_seen_at is None:
            self.board_seen_at = clock.now()
            self._log("seen_by_board", by, board=by.board_code)

    def remind(self, by: Actor, *, board_name: str, words: str | None) -> None:
        """The board urges the province (đôn đốc, F5)."""
        self._must_be(*OPEN)
        self.reminders += 1
        self._log("reminded", by, board=by.board_code, words=words)
        self._tell(
            events.ComplaintReminded(
                **self._named(),
                reminded_at=clock.now(),
                by_board={"code": by.board_code or "", "name": board_name},
                due_at=self.due_at,
                words=words,
                staff=addressees.director(self._session, self.province_code),
            )
        )
