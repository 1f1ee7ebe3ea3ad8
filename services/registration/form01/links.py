"""Links that open one form in any browser: the SMS about a child has one (702 app. 1; child step 6).

A link carries a token and nothing else: no number, no name. It opens that one form for ten days, and gives no other right.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import tracking
from services.chassis.seal import Sealer
from services.registration.schema import Base

#: letters of a token: 80 random bits, and short enough for an SMS
_LENGTH = 16
_GOOD_FOR = timedelta(days=10)


class FormLink(Base):
    """A token as its hash, and the declaration whose form it opens."""

    __tablename__ = "form_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    dossier_no: Mapped[str]
    expires_at: Mapped[datetime]


def seal_new_link(session: Session, sealer: Sealer, dossier_no: str, now: datetime) -> str:
    """Make a token that opens this declaration's form for ten days, and return it sealed for notifications.

    The box holds ``{"form_token": "…"}``, sealed with the context ``form-link:<dossier number>``.
    """
    token = tracking.new_code(length=_LENGTH)
    session.add(FormLink(token_hash=tracking.digest(token), dossier_no=dossier_no, expires_at=now + _GOOD_FOR))
    return sealer.seal({"form_token": token}, context=f"form-link:{dossier_no}")


def opened_by(session: Session, token: str, now: datetime) -> str | None:
    """Return the number of the declaration that a token opens; None for one that is unknown or too old."""
    found = sa.select(FormLink.dossier_no).where(FormLink.token_hash == tracking.digest(token), FormLink.expires_at > now)
    return session.scalar(found)


def forget_links(session: Session, dossier_no: str) -> None:
    """Delete the links to a declaration whose data are deleted."""
    session.execute(sa.delete(FormLink).where(FormLink.dossier_no == dossier_no))
