"""The messages that a command of `vss parked` is about: its options, and what they find in the table."""

import functools
import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from services.chassis import clock
from services.chassis.bus import held
from services.chassis.bus.held import State, held_messages
from services.chassis.cli import options
from services.chassis.cli.console import duration
from services.chassis.database import ServiceSession

_GROUPED = (held_messages.c.fact, held_messages.c.reason, held_messages.c.error)
_LARGE = ("headers", "properties", "body")


def _ago(text: str) -> datetime:
    try:
        return clock.now() - duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


_Moment = functools.partial(typer.Option, parser=_ago, metavar="AGE")
Limit = Annotated[int | None, typer.Option(min=1, help="The first so many only.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which held messages are meant: all that is given must fit."""

    id: Annotated[list[str] | None, typer.Option("--id", help="The id begins like this.", metavar="ID")] = None
    group: Annotated[str | None, typer.Option("--group", "-g", help="A group by its name in the list.", metavar="GROUP")] = (
        None
    )
    fact: Annotated[list[str] | None, typer.Option("--fact", help="Of this fact.", metavar="FACT")] = None
    reason: Annotated[list[str] | None, typer.Option("--reason", help="Parked for this reason.", metavar="REASON")] = None
    error: Annotated[str | None, typer.Option("--error", help="This text is in the error.", metavar="TEXT")] = None
    dossier: options.Dossier = None
    since: Annotated[datetime | None, _Moment("--since", help="Parked in the last 90s, 2h, 3d.")] = None
    before: Annotated[datetime | None, _Moment("--before", help="Parked longer ago than 90s, 2h, 3d.")] = None
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those that wait for another try, instead of the parked ones.")
    ] = False

    @property
    def state(self) -> State:
        """Whether parked messages are meant, or those that wait."""
        return State.WAITING if self.waiting else State.PARKED

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it."""
        narrowing = (self.id, self.group, self.fact, self.reason, self.error, self.dossier, self.since, self.before)
        return not any(narrowing)

    def where(self, session: ServiceSession) -> list[sa.ColumnElement[bool]]:
        """Return the conditions."""
        columns, conditions = held_messages.c, [held.in_state(self.state)]
        moment = columns.first_seen_at if self.waiting else columns.parked_at
        if self.id:
            conditions.append(sa.or_(*map(_begins, self.id)))
        if self.fact:
            conditions.append(sa.or_(*map(_of_fact, self.fact)))
        if self.reason:
            conditions.append(columns.reason.in_(self.reason))
        if self.error:
            conditions.append(columns.error.icontains(self.error, autoescape=True))
        if self.dossier:
            conditions.append(columns.subject == self.dossier)
        if self.since:
            conditions.append(moment >= self.since)
        if self.before:
            conditions.append(moment < self.before)
        if self.group:
            found = [group for group in groups(session, conditions) if group["group"] == self.group]
            conditions += [column == found[0][column.name] for column in _GROUPED] if found else [sa.false()]
        return conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk(Selection):
    """Which held messages a command is to change, and how it goes about it."""

    every: options.All = False
    limit: Limit = None
    dry_run: options.DryRun = False
    yes: options.Yes = False
    as_json: options.Json = False


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` the options that are the fields of its parameter ``selection``."""
    own = dict(inspect.signature(command).parameters)
    kind = own.pop("selection").annotation
    fields = inspect.signature(kind).parameters

    @functools.wraps(command)
    def run(**given: Any) -> None:
        command(selection=kind(**{name: given.pop(name) for name in fields}), **given)

    parameters = [*own.values(), *fields.values()]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def groups(session: ServiceSession, where: Sequence[sa.ColumnElement[bool]]) -> list[dict[str, Any]]:
    """Count by fact, reason and error, the biggest group first; each with a short name of its own."""
    columns, number = held_messages.c, sa.func.count().label("messages")
    moments = (
        sa.func.min(columns.first_seen_at).label("first_seen_at"),
        sa.func.max(columns.parked_at).label("last_parked_at"),
    )
    query = sa.select(*_GROUPED, number, *moments).where(*where).group_by(*_GROUPED).order_by(number.desc(), *_GROUPED)
    return [{"group": _short(row[:3]), **row._asdict()} for row in session.execute(query)]


def find(session: ServiceSession, selection: Selection, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the rows without headers and body, in the order in which they were first seen."""
    columns = [column for column in held_messages.c if column.name not in _LARGE]
    size = sa.func.length(held_messages.c.body).label("size_bytes")
    query = sa.select(*columns, size).where(*selection.where(session))
    query = query.order_by(held_messages.c.first_seen_at, held_messages.c.id).limit(limit)
    return [row._asdict() for row in session.execute(query)]


def _begins(id_: str) -> sa.ColumnElement[bool]:
    """The id begins so, or the key does."""
    key = sa.func.replace(sa.cast(held_messages.c.id, sa.Text), "-", "")
    return sa.or_(
        held_messages.c.message_id.startswith(id_, autoescape=True), key.startswith(id_.replace("-", ""), autoescape=True)
    )


def _of_fact(name: str) -> sa.ColumnElement[bool]:
    """``name`` may be a fact, or what a type ends with: `filed.v1`."""
    return sa.or_(held_messages.c.fact == name, held_messages.c.type.endswith(f".{name}", autoescape=True))


def _short(values: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:7]
