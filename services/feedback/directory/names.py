"""Keep the names of staff who acted, so that a history shows people and not accounts. The newest name that a token gave counts."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.feedback.directory.actors import Actor
from services.feedback.schema import Base


class StaffName(Base):
    """The name of one account of staff."""

    __tablename__ = "staff_names"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


def remember(session: Session, who: Actor) -> None:
    """Keep the actor's name, if the token gave one; citizens have none here."""
    if who.account_id is None or who.name is None:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(StaffName).values(account_id=who.account_id, name=who.name)
    session.execute(
        row.on_conflict_do_update(index_elements=["account_id"], set_={"name": who.name}, where=StaffName.name != who.name)
    )


def names_of(session: Session, accounts: Iterable[str | None]) -> dict[str, str]:
    """Return the known names of these accounts."""
    wanted = {each for each in accounts if each}
    if not wanted:
        return {}
    rows = session.execute(sa.select(StaffName.account_id, StaffName.name).where(StaffName.account_id.in_(wanted)))
    return {account: name for account, name in rows}  # noqa: C416  # typed rows become typed pairs
