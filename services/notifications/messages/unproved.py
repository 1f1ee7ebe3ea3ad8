"""Phones that nobody has proved yet get one SMS with the number of their dossier, and nothing else (I11)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Instant
from services.notifications.schema import Base


class PhoneProof(Base):
    """What is known of the phone of a dossier whose submission or confirmation said something about it."""

    __tablename__ = "phone_proofs"

    dossier_no: Mapped[str] = mapped_column(sa.Text(), primary_key=True)
    proved: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant())


_UNPROVED = sa.select(
    sa.exists().where(PhoneProof.dossier_no == sa.bindparam("no", type_=sa.Text()), PhoneProof.proved.is_(False))
)


def record_unproved(session: Session, dossier_no: str) -> None:
    """Hold messages about this dossier back, unless its phone has been confirmed: that message may have overtaken this one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(PhoneProof).values(dossier_no=dossier_no, proved=False, at=clock.now())
    session.execute(row.on_conflict_do_nothing(index_elements=["dossier_no"]))


def record_proved(session: Session, dossier_no: str) -> None:
    """Let messages about this dossier go out from now on."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(PhoneProof).values(dossier_no=dossier_no, proved=True, at=clock.now())
    session.execute(row.on_conflict_do_update(index_elements=["dossier_no"], set_={"proved": True}))


def is_unproved(session: Session, dossier_no: str) -> bool:
    """Tell whether messages about this dossier are held back."""
    return bool(session.scalar(_UNPROVED, {"no": dossier_no}))
