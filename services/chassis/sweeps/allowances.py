"""What operators have allowed sweeps to do beyond their usual number of rows: one row for each sweep, in the service's database.

A row and no setting, since whoever is called at night should restart nothing, and every process of the service must see it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Instant, chassis_metadata

sweep_allowances = sa.Table(
    "sweep_allowances",
    chassis_metadata,
    sa.Column("sweep", sa.Text(), primary_key=True),
    sa.Column("rows_left", sa.BigInteger(), nullable=False),
    sa.Column("until", Instant(), nullable=False),
    sa.Column("allowed_by", sa.Text(), nullable=False),
)


@dataclass(frozen=True)
class Allowance:
    """``rows_left`` more rows may be acted on before ``until``."""

    rows_left: int
    until: datetime
    allowed_by: str


def allow(session: Session, sweep: str, rows: int, *, until: datetime, by: str) -> None:
    """Let ``sweep`` act on ``rows`` rows before ``until``; replaces what was allowed before, 0 takes it back."""
    session.execute(sa.delete(sweep_allowances).where(sweep_allowances.c.sweep == sweep))
    if rows:
        values = {"sweep": sweep, "rows_left": rows, "until": until, "allowed_by": by}
        session.execute(sa.insert(sweep_allowances).values(values))


def find(session: Session, sweep: str, now: datetime) -> Allowance | None:
    """Return what is left of an allowance, if there is any."""
    live = (sweep_allowances.c.sweep == sweep, sweep_allowances.c.until > now, sweep_allowances.c.rows_left > 0)
    columns = (sweep_allowances.c.rows_left, sweep_allowances.c.until, sweep_allowances.c.allowed_by)
    row = session.execute(sa.select(*columns).where(*live)).first()
    return Allowance(*row) if row else None


def rows_left(session: Session, sweep: str, now: datetime) -> int:
    """Return how many rows are left of an allowance; 0 without one."""
    found = find(session, sweep, now)
    return found.rows_left if found else 0


def use(session: Session, sweep: str, rows: int) -> bool:
    """Take ``rows`` from the allowance; ``False`` if it does not hold as many any more."""
    enough = (sweep_allowances.c.sweep == sweep, sweep_allowances.c.rows_left >= rows)
    less = sa.update(sweep_allowances).where(*enough).values(rows_left=sweep_allowances.c.rows_left - rows)
    return session.execute(less.returning(sweep_allowances.c.sweep)).first() is not None
