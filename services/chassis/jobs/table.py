"""The table of jobs, and the states of a row.

::

            add                 claim                done
    (none) ─────▶ waiting ────────────▶ running ────────────▶ finished
                     ▲  ▲                │ │ │    given_up
                     │  └── failed, ─────┘ │ └─────────────▶ given_up ──┐
                     │      back-off; held │                            │ retry
                     └──── lease ran out ──┘◀───────────────────────────┘ (waiting)
"""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from services.chassis.database import Instant, chassis_metadata


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    GIVEN_UP = "given_up"


jobs = sa.Table(
    "jobs",
    chassis_metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("key", sa.Text()),
    #: JSON as text: PostgreSQL's jsonb refuses NUL characters, which a provider's answer may bring
    sa.Column("payload", sa.Text()),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("added_at", Instant(), nullable=False),
    sa.Column("run_after", Instant(), nullable=False),
    #: attempts begun: counted at the claim, so that a job which kills its worker is given up too
    sa.Column("attempts", sa.Integer(), nullable=False),
    #: an attempt began and nobody knows what became of it
    sa.Column("may_have_run", sa.Boolean(), nullable=False),
    #: … and how often that happened: so many copies there may be
    sa.Column("unknown_outcomes", sa.Integer(), nullable=False, server_default="0"),
    #: only an operator can help (``Held``): since when, and why. It waits like any other, with longer pauses
    sa.Column("held_at", Instant()),
    sa.Column("held_for", sa.Text()),
    #: whose the row is; kept when settled, so that a worker whose commit went unanswered finds that it came through
    sa.Column("lease_token", sa.Uuid()),
    sa.Column("lease_until", Instant()),
    #: why it is given up, or is about to be
    sa.Column("reason", sa.Text()),
    sa.Column("last_error", sa.Text()),
    sa.Column("ended_at", Instant()),
    sa.Column("traceparent", sa.Text()),
    sa.Column("correlation_id", sa.Text()),
    sa.Column("causation_id", sa.Text()),
    sa.UniqueConstraint("kind", "key", name="jobs_kind_key"),
)


def in_state(state: State) -> sa.ColumnElement[Any]:
    """``state = '…'`` written out: with a bound value PostgreSQL could not use the partial indexes."""
    return jobs.c.state == sa.literal_column(f"'{state.value}'", sa.Text())


def is_held() -> sa.ColumnElement[bool]:
    """Return the condition for a job that is held for an operator: it waits, and says why."""
    return sa.and_(in_state(State.WAITING), jobs.c.held_for.is_not(None))
