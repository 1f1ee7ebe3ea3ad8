"""The options by which the commands of `vss parked` choose messages."""

import functools
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from services.chassis import clock
from services.chassis.bus.held import State
from services.chassis.cli.console import duration
from services.chassis.cli.parked_rows import Selection


def _age(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


_Ids = Annotated[list[str] | None, typer.Option("--id", help="The id begins like this.", metavar="ID")]
_Group = Annotated[str | None, typer.Option("--group", "-g", help="A group by its name in the list.", metavar="GROUP")]
_Facts = Annotated[list[str] | None, typer.Option("--fact", help="Of this fact.", metavar="FACT")]
_Reasons = Annotated[list[str] | None, typer.Option("--reason", help="Parked for this reason.", metavar="REASON")]
_Error = Annotated[str | None, typer.Option("--error", help="This text is in the error.", metavar="TEXT")]
_Dossier = Annotated[
    str | None, typer.Option("--dossier", "--subject", help="About this dossier, account or complaint.", metavar="NUMBER")
]
_Since = Annotated[
    timedelta | None, typer.Option("--since", parser=_age, help="Parked in the last 90s, 2h, 3d.", metavar="AGE")
]
_Before = Annotated[
    timedelta | None, typer.Option("--before", parser=_age, help="Parked longer ago than 90s, 2h, 3d.", metavar="AGE")
]
_Waiting = Annotated[bool, typer.Option("--waiting", help="Those that wait for another try, instead of the parked ones.")]


def select(
    *,
    id_: _Ids = None,
    group: _Group = None,
    fact: _Facts = None,
    reason: _Reasons = None,
    error: _Error = None,
    dossier: _Dossier = None,
    since: _Since = None,
    before: _Before = None,
    waiting: _Waiting = False,
) -> Selection:
    """Return what the options choose."""
    now = clock.now()
    return Selection(
        state=State.WAITING if waiting else State.PARKED,
        ids=tuple(id_ or ()),
        group=group,
        facts=tuple(fact or ()),
        reasons=tuple(reason or ()),
        error=error,
        subject=dossier,
        since=now - since if since else None,
        before=now - before if before else None,
    )


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` the options that choose messages; it gets what they say as ``selection``."""
    choosing = inspect.signature(select).parameters
    own = {name: one for name, one in inspect.signature(command).parameters.items() if name != "selection"}

    @functools.wraps(command)
    def run(**given: Any) -> None:
        chosen = select(**{name: given.pop(name) for name in choosing})
        command(selection=chosen, **given)

    parameters = [*own.values(), *choosing.values()]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
