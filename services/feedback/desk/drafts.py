"""Keep what somebody is writing, before it is handed in as a draft answer (G5): one text for each writer, so nobody overwrites another's.

Two windows of one writer are told apart by the version that each has seen. Deleted when the answer is handed in, or with the complaint's words.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.errors import Refused
from services.feedback.directory.actors import Actor
from services.feedback.schema import Base


class Draft(Base):
    """What one member of staff is writing about one complaint."""

    __tablename__ = "drafts"

    complaint_no: Mapped[str] = mapped_column(primary_key=True)
    writer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    text: Mapped[str]
    saved_at: Mapped[datetime]


class DraftChanged(Refused):
    """A newer version was saved meanwhile, from another window; it stays, and the caller keeps what was typed."""

    def __init__(self, name: str, at: datetime, version: int) -> None:
        super().__init__(
            "draft-changed",
            vi=f"{name} đã lưu một bản nháp mới hơn từ cửa sổ khác. Hãy xem bản đó rồi lưu lại.",
            en=f"{name} saved a newer draft from another window. Look at it, then save again.",
            by=name,
            saved_at=at,
            draft_version=version,
        )


def save(session: Session, complaint_no: str, by: Actor, text: str, *, seen: int) -> Draft:
    """Save the caller's text as the next version; call with the complaint locked.

    :param seen: the version that the caller last saw; 0 before the first.
    :raises DraftChanged: if there is a newer one with other words.
    """
    draft = session.get(Draft, (complaint_no, by.account_id))
    if draft is None:
        draft = Draft(complaint_no=complaint_no, writer=by.account_id or "", version=0, text="", saved_at=clock.now())
        session.add(draft)
    elif draft.version != seen and draft.text != text:
        raise DraftChanged(by.name or draft.writer, draft.saved_at, draft.version)
    if draft.text != text or draft.version == 0:
        draft.version, draft.text, draft.saved_at = draft.version + 1, text, clock.now()
    session.flush()
    return draft


def drafts_of(session: Session, complaint_no: str) -> list[Draft]:
    """Return what is being written about a complaint, the newest first."""
    return list(session.scalars(sa.select(Draft).where(Draft.complaint_no == complaint_no).order_by(Draft.saved_at.desc())))


def discard(session: Session, complaint_no: str, writer: str | None = None) -> None:
    """Delete a writer's text, or all about this complaint."""
    statement = sa.delete(Draft).where(Draft.complaint_no == complaint_no)
    if writer is not None:
        statement = statement.where(Draft.writer == writer)
    session.execute(statement, execution_options={"synchronize_session": False})
