"""The rules of a complaint, from its receipt to its end (domain.md, Feedback).

::

    received ─▶ acknowledged ─▶ routed ─▶ answered ─▶ closed
                                 │  ▲         │
                          waiting┘  └─reopened┘

Each method: guards, one change, one history entry, one fact. No method changes `province_code`: accountability never moves
(F4). Drafts and approval: answers/rules.py. Other offices: coordination/rules.py. Reminders and escalation: deadlines/escalation.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.chassis import clock
from services.chassis.calendar import day_in_vietnam, end_of
from services.feedback.answers import facts as answer_facts
from services.feedback.complaints import facts, handling
from services.feedback.complaints.refusals import AlreadyPaused, ReopeningOver
from services.feedback.complaints.row import AS_DUE, FIRST, ComplaintRow
from services.feedback.complaints.vocabulary import ACKNOWLEDGED, ANSWER, ANSWERED, CLOSED, OPEN, RECEIVED, ROUTED, WAITING
from services.feedback.deadlines.clocks import schedule
from services.feedback.directory import addressees
from services.feedback.directory.actors import CITIZEN, CLOCK, Actor


class Complaint(ComplaintRow):
    """One complaint or suggestion."""

    __tablename__ = "complaints"

    # ------------------------------------------------------------ first steps (F1-F3, F7)

    def receive(self, by: Actor, *, sealed_tracking: str | None) -> None:
        """Receive the complaint (F1), and notify citizen, accountable director (F3) and monitoring board (F2)."""
        self.log("received", by, channel=self.channel)
        if self.linked_to:
            self.log("linked", CLOCK, to=self.linked_to)
        schedule(self)
        self.tell(
            facts.ComplaintReceived(
                **self.header(),
                channel=self.channel,
                anonymous=self.anonymous,
                received_at=self.received_at,
                acknowledge_due=self.acknowledge_due,
                answer_due=self.answer_due,
                contact=self.contact,
                sealed_tracking=sealed_tracking,
                staff=handling.staff(self) + self._board(),
            )
        )
        if self.clock_terms.urgent:
            handling.alert(self)

    def acknowledge(self, by: Actor) -> None:
        """Acknowledge the complaint, as the office (F7)."""
        self.must_be(RECEIVED)
        self.status, self.acknowledged_at = ACKNOWLEDGED, clock.now()
        self.log("acknowledged", by)
        schedule(self)
        self.tell(facts.ComplaintAcknowledged(**self.header(), acknowledged_at=self.acknowledged_at, contact=self.contact))

    def route(self, by: Actor, *, unit: str) -> None:
        """Route the complaint to a department of the office (F7). Call again to re-route."""
        self.must_be(RECEIVED, ACKNOWLEDGED, ROUTED)
        if self.status == RECEIVED:
            self.acknowledge(by)
        now = clock.now()
        self.status, self.unit, self.routed_at = ROUTED, unit, self.routed_at or now
        self.log("routed", by, unit=unit)
        schedule(self)
        self.tell(facts.ComplaintRouted(**self.header(), routed_at=now))

    def take_up(self, by: Actor) -> None:
        """Catch up on the first steps before a later one: asking or answering implies acknowledging and routing to one's office."""
        if self.status in (RECEIVED, ACKNOWLEDGED):
            self.route(by, unit=str(self.office["name"]))

    def attach(self, document: dict[str, Any], by: Actor) -> str | None:
        """Store a document in its slot, until the complaint is answered; return the id of the document it replaces."""
        self.must_be(*OPEN)
        slot = document["slot"]
        replaced = next((each["document_id"] for each in self.attachments if each["slot"] == slot), None)
        others = [each for each in self.attachments if each["slot"] != slot]
        self.attachments = sorted([*others, document], key=lambda each: int(each["slot"]))
        self.log("attached", by, slot=slot)
        return replaced

    # ------------------------------------------------------------ board (F2, F5)

    def recategorise(self, by: Actor, *, category_code: str, board_code: str, urgent: bool, reason: str) -> None:
        """Move it to another category, and so perhaps to another board (F2). Counted; province (F4) and clocks do not change.

        :param urgent: whether complaints of that category cannot wait: then whoever is on duty is told, and it comes first (F10).
        """
        self.must_be(*OPEN)
        old_category, old_board = self.category_code, self.board_code
        self.category_code, self.board_code = category_code, board_code
        self.recategorised += 1
        if board_code != old_board:
            self.board_seen_at = None
        self.log(
            "recategorised", by, category=category_code, previous_category=old_category, board=board_code, reason=reason
        )
        self.tell(
            facts.ComplaintRecategorised(
                **self.header(),
                previous_category_code=old_category,
                previous_board_code=old_board,
                recategorised_at=clock.now(),
                answer_due=self.answer_due,
                staff=self._board() if board_code != old_board else [],
            )
        )
        if urgent and self.place != FIRST:
            handling.alert(self)
        self.place = FIRST if urgent else AS_DUE

    def mark_seen_by_board(self, by: Actor) -> None:
        """Record that the board has acknowledged it; the office's clock keeps running."""
        if self.board_seen_at is None:
            self.board_seen_at = clock.now()
            self.log("seen_by_board", by, board=by.board_code)

    def remind(self, by: Actor, *, board_name: str, words: str | None) -> None:
        """Send the province a reminder, as the board (đôn đốc, F5)."""
        self.must_be(*OPEN)
        self.reminders += 1
        self.log("reminded", by, board=by.board_code, words=words)
        self.tell(
            facts.ComplaintReminded(
                **self.header(),
                reminded_at=clock.now(),
                by_board={"code": by.board_code or "", "name": board_name},
                due_at=self.due_at,
                words=words,
                staff=handling.staff(self),
            )
        )

    # ------------------------------------------------------------ waiting for the citizen (F7)

    def ask(self, by: Actor, *, question: str) -> None:
        """Ask the citizen; the clocks are paused until the reply, once, for at most `wait_days` (F7)."""
        self.take_up(by)
        self.must_be(ROUTED)
        if self.paused_once:
            raise AlreadyPaused
        now = clock.now()
        self.status, self.paused_once, self.question = WAITING, True, question
        self.paused_at, self.paused_until = now, self.clock_terms.deadline(self.calendar, now, "wait")
        self.log("question_asked", by)
        schedule(self)
        self.tell(
            facts.QuestionAsked(
                **self.header(), asked_at=now, answer_until=self.paused_until, question=question, contact=self.contact
            )
        )

    def record_reply(self, words: str) -> None:
        """Record the citizen's reply; the clocks resume."""
        self.must_be(WAITING)
        self.reply = words
        self._resume(CITIZEN, replied=True)

    def stop_waiting(self) -> None:
        """Resume the clocks without a reply: the waiting days are over."""
        self.must_be(WAITING)
        self._resume(CLOCK, replied=False)

    def _resume(self, by: Actor, *, replied: bool) -> None:
        """Extend the answer's deadline by the working days waited; an answer that was already late stays late."""
        now, since = clock.now(), self.paused_at
        if since is not None and self.answer_due > since:
            self.answer_due = self.clock_terms.resumed(self.calendar, self.answer_due, since, now)
        self.status, self.paused_at = ROUTED, None
        self.log("reply_received" if replied else "waiting_ended", by)
        schedule(self)
        self.tell(facts.ComplaintResumed(**self.header(), resumed_at=now, replied=replied, answer_due=self.answer_due))

    # ------------------------------------------------------------ answer and after (F7, F8)

    def mark_answered(self, by: Actor, *, version: int, text: str, insisted: bool) -> None:
        """Record the approved answer and notify citizen and board; the last of `reopen_days` to reopen it ends at 24:00 (F8)."""
        self.must_be(ROUTED)
        self.status, self.answered_at = ANSWERED, clock.now()
        self.reopen_until = end_of(day_in_vietnam(self.answered_at) + timedelta(days=self.clock_terms.reopen_days))
        self.log("answered", by, version=version)
        schedule(self)
        self.tell(
            answer_facts.ComplaintAnswered(
                **self.header(),
                answered_at=self.answered_at,
                reopen_until=self.reopen_until,
                answer=text,
                insisted=insisted,
                contact=self.contact,
                staff=self._board(),
            )
        )

    def reopen(self, reason: str) -> None:
        """Reopen the complaint: the same province must answer again (F8), and the answer's clock restarts."""
        now = clock.now()
        if self.status == CLOSED or (self.status == ANSWERED and self.reopen_until and now >= self.reopen_until):
            raise ReopeningOver(self.reopen_until)
        self.must_be(ANSWERED)
        self.status, self.answered_at, self.reopened_at, self.reopen_reason = ROUTED, None, now, reason
        self.rating = self.rating_comment = self.rated_at = None
        self.reopened_count += 1
        self.escalation_level = 0
        self.overdue_steps = {step: late for step, late in self.overdue_steps.items() if step != ANSWER}
        self.warned_steps = [step for step in self.warned_steps if step != ANSWER]
        self.answer_due = max(self.answer_due, self.clock_terms.deadline(self.calendar, now, ANSWER))
        self.log("reopened", CITIZEN)
        schedule(self)
        self.tell(
            answer_facts.ComplaintReopened(
                **self.header(),
                reopened_at=now,
                answer_due=self.answer_due,
                contact=self.contact,
                staff=handling.staff(self) + self._board(),
            )
        )

    def rate(self, rating: int, comment: str | None) -> None:
        """Record the citizen's rating of the answer, 1 to 5 (F8). Call again to replace it."""
        self.must_be(ANSWERED, CLOSED)
        self.rating, self.rating_comment, self.rated_at = rating, comment, clock.now()
        self.log("rated", CITIZEN, rating=rating)
        self.tell(answer_facts.ComplaintRated(**self.header(), rated_at=self.rated_at, rating=rating))

    def close(self) -> None:
        """Close the complaint: the days for reopening are over (F8)."""
        self.must_be(ANSWERED)
        self.status, self.closed_at = CLOSED, clock.now()
        self.log("closed", CLOCK)
        schedule(self)
        in_time = self.answered_at is not None and self.answered_at < self.answer_due
        self.tell(answer_facts.ComplaintClosed(**self.header(), closed_at=self.closed_at, in_time=in_time))

    def _board(self) -> list[dict[str, Any]]:
        return addressees.board(self.session, self.board_code)
