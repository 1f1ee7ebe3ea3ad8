"""Options that several commands have."""

from typing import Annotated

import typer

from services.chassis.text.quoted import as_given_out

Service = Annotated[str, typer.Option("--service", "-s", help="A service by name, or as module:Class.", metavar="SERVICE")]
Dossier = Annotated[
    str | None,
    typer.Option(
        "--dossier", "--subject", help="About this dossier, account or complaint.", metavar="NUMBER", parser=as_given_out
    ),
]
AmqpUri = Annotated[
    str | None, typer.Option("--amqp-uri", help="The broker; else AMQP_URI.", metavar="URI", show_default=False)
]
ManagementUrl = Annotated[
    str | None,
    typer.Option(
        "--management-url",
        help="The broker's management plugin, http://host:15672; else RABBITMQ_MANAGEMENT_URL. User and password, if they are "
        "not the broker's: http://user:password@…",
        metavar="URL",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every one that fits what else is given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]
