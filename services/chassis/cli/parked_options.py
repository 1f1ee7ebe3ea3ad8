"""The options that the commands of `vss parked` share."""

from datetime import timedelta
from typing import Annotated

import typer

from services.chassis.cli.parked_filter import duration


def _duration(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Service = Annotated[str, typer.Option("--service", "-s", help="Whose parking queue.", metavar="NAME")]
Uri = Annotated[
    str | None,
    typer.Option("--amqp-uri", help="The broker; else <SERVICE>_AMQP_URI or AMQP_URI.", metavar="URI", show_default=False),
]
Reasons = Annotated[list[str] | None, typer.Option("--reason", help="Parked for this reason.", metavar="REASON")]
Types = Annotated[
    list[str] | None, typer.Option("--type", help="Of this type, or part of one between dots; - is none.", metavar="TYPE")
]
Error = Annotated[str | None, typer.Option("--error", help="This text is in the error.", metavar="TEXT")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="The id begins like this.", metavar="ID")]
Older = Annotated[
    timedelta | None, typer.Option("--older-than", parser=_duration, help="Parked before: 90s, 2h, 3d.", metavar="AGE")
]
Newer = Annotated[
    timedelta | None, typer.Option("--newer-than", parser=_duration, help="Parked since: 90s, 2h, 3d.", metavar="AGE")
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show values. They are personal data.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Id = Annotated[str, typer.Argument(help="The message's id, or its beginning.", metavar="ID")]
