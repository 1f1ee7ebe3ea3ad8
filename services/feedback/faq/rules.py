"""Questions that are often asked, with their answers: kept by the IT centre, read by everybody, found by keywords (U1; guide III, utility 10)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, history
from services.chassis.history import Act
from services.chassis.ids import uuid7
from services.feedback.categories.suggestion import Hint, Keyword, suggest
from services.feedback.directory.actors import Actor
from services.feedback.schema import Base

#: what the questions are about, in the order of the page
THEMES: Final = {
    "dang-ky": "Đăng ký giao dịch điện tử",
    "dang-nhap": "Đăng nhập, mật khẩu",
    "so-the": "Sổ BHXH, thẻ BHYT",
    "qua-trinh": "Quá trình tham gia, mức hưởng",
    "phan-anh": "Phản ánh, kiến nghị",
    "khac": "Câu hỏi khác",
}
_MOST_FOUND = 10


class Question(Base):
    """One question with its answer. A closed one is shown to its keepers only."""

    __tablename__ = "faq_questions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    #: in addresses: lower-case words and hyphens
    code: Mapped[str] = mapped_column(unique=True)
    theme: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    question_en: Mapped[str | None]
    answer_en: Mapped[str | None]
    #: as in categories: `quên mật khẩu*4`
    keywords: Mapped[list[str]]
    open: Mapped[bool]
    place: Mapped[int]
    changed_at: Mapped[datetime]


def list_all(session: Session, *, closed: bool = False, theme: str | None = None) -> list[Question]:
    """Return the open questions by theme and place, with ``closed`` the closed ones too."""
    query = sa.select(Question)
    if not closed:
        query = query.where(Question.open)
    if theme is not None:
        query = query.where(Question.theme == theme)
    order = list(THEMES)
    found = session.scalars(query).all()
    return sorted(found, key=lambda each: (order.index(each.theme) if each.theme in order else 99, each.place, each.code))


def find(session: Session, code: str) -> Question | None:
    """Return a question, open or closed."""
    return session.scalar(sa.select(Question).where(Question.code == code))


def search(session: Session, text: str) -> list[Question]:
    """Return the open questions that a text asks for, the likeliest first, by their keywords and the words of the question itself."""
    questions = {each.code: each for each in list_all(session)}
    hints = [Hint(each.code, None, _keywords(each)) for each in questions.values()]
    return [questions[found.code] for found in suggest(text, hints, limit=_MOST_FOUND)]


def put(session: Session, code: str, data: dict[str, Any], by: Actor) -> Question:
    """Add a question, or change, close or reopen one; who did it and why goes into the history."""
    found = find(session, code)
    given = {name: value for name, value in data.items() if name != "reason"} | {"changed_at": clock.now()}
    if found is None:
        found = Question(code=code, **given)
        session.add(found)
        action = "added"
    else:
        action = "changed" if found.open == data["open"] else ("reopened" if data["open"] else "closed")
        for name, value in given.items():
            setattr(found, name, value)
    act = Act(
        actor=by.account_id or "",
        role=by.role,
        office_code=by.office_code or by.board_code,
        province_code=by.province_code,
        action=action,
        kind="faq",
        about=code,
        purpose=data["reason"],
        details={},
    )
    history.add(session, act)
    session.flush()
    return found


def _keywords(question: Question) -> tuple[Keyword, ...]:
    """Return its keywords; the question's own words, taken in a row, count for most."""
    return (*(Keyword.read(each) for each in question.keywords), Keyword(question.question, 9))
