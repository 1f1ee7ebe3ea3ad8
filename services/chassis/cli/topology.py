"""`vss topology`: the exchanges, queues and bindings that services need, against a broker or as a file.

Exit codes: 0 as it should be, 1 something differs, 2 asked for wrongly, 3 no broker.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pika
import typer

from services.chassis.bus.topology import Topology, definitions, merge
from services.chassis.cli import broker, broker_compare, options
from services.chassis.cli.console import Code, err, fail, out, report_errors, show_rows
from services.chassis.discovery import Service, load_all
from services.chassis.settings import Url, settings_class

_SETTINGS = ("queue_max_bytes", "delivery_limit")
_FILE = Path("deploy/rabbitmq/definitions.json")

app = typer.Typer(
    no_args_is_help=True,
    help="Exchanges, queues and bindings of the services. "
    "Exit codes: 0 as it should be, 1 something differs, 2 asked for wrongly, 3 no broker.",
)

_Services = Annotated[
    list[str] | None,
    typer.Argument(help="Services by name, or as module:Class; all installed if none is named.", metavar="[SERVICE]..."),
]
_Service = Annotated[
    list[str] | None, typer.Option("--service", "-s", help="The same as an option; may be given again.", metavar="SERVICE")
]
_Defaults = Annotated[
    bool, typer.Option("--defaults", help="Limits and delays as a release has them, whatever the environment says.")
]


@app.command()
@report_errors()
def show(
    services: _Services = None,
    *,
    service: _Service = None,
    defaults: _Defaults = False,
    as_json: Annotated[bool, typer.Option("--json", help="As RabbitMQ's own import format.")] = False,
) -> None:
    """What the services need."""
    topology = _wanted(services, service, {} if defaults else os.environ)
    if as_json:
        typer.echo(_document(topology), nl=False)
        return
    show_rows(({"exchange": exchange.name, "type": "topic"} for exchange in topology.exchanges), ("exchange", "type"))
    show_rows(
        (
            {
                "queue": queue.name,
                "arguments": "  ".join(f"{k.removeprefix('x-')}={json.dumps(v)}" for k, v in queue.arguments.items()),
            }
            for queue in topology.queues
        ),
        ("queue", "arguments"),
    )
    show_rows((asdict(binding) for binding in topology.bindings), ("exchange", "key", "queue"))


@app.command()
@report_errors()
def check(
    services: _Services = None, *, service: _Service = None, amqp_uri: options.AmqpUri = None, defaults: _Defaults = False
) -> None:
    """Compare with the broker; nothing is made or changed there."""
    topology = _wanted(services, service, {} if defaults else os.environ)
    uri, findings = _at_the_broker(broker_compare.compare, topology, amqp_uri)
    out().print(
        f"{uri}: {len(topology.exchanges)} exchanges and {len(topology.queues)} queues compared, "
        f"{len({(f.what, f.name) for f in findings})} not as they should be. "
        f"The {len(topology.bindings)} bindings are not compared: without the management plugin a broker does not tell them; "
        "`vss topology declare` makes those that are missing."
    )
    if findings:
        raise typer.Exit(Code.REMAINS)


@app.command()
@report_errors()
def declare(
    services: _Services = None, *, service: _Service = None, amqp_uri: options.AmqpUri = None, defaults: _Defaults = False
) -> None:
    """Make in the broker what is missing. What exists with other arguments is told, and left alone."""
    topology = _wanted(services, service, {} if defaults else os.environ)
    uri, findings = _at_the_broker(broker_compare.declare, topology, amqp_uri)
    if findings:
        raise typer.Exit(Code.REMAINS)
    out().print(
        f"{uri}: {len(topology.exchanges)} exchanges, {len(topology.queues)} queues "
        f"and {len(topology.bindings)} bindings are there."
    )


@app.command()
@report_errors()
def export(
    services: _Services = None,
    *,
    service: _Service = None,
    file: Annotated[Path, typer.Option("--out", help="Where to.")] = _FILE,
    environment: Annotated[
        bool, typer.Option("--environment", help="Limits and delays from the environment, not a release's.")
    ] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Write nothing; is the file as it should be?")] = False,
) -> None:
    """Write what `rabbitmqctl import_definitions` reads."""
    document = _document(_wanted(services, service, os.environ if environment else {}))
    if check_only:
        if not file.exists() or file.read_text(encoding="utf-8") != document:
            fail(f"{file} is not what the services need. Write it anew: vss topology export --out {file}", Code.REMAINS)
        out().print(f"{file} is up to date.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document, encoding="utf-8")
    out().print(f"Wrote {file}.")


def _wanted(services: list[str] | None, more: list[str] | None, environ: Mapping[str, str]) -> Topology:
    from services.chassis.bus.extensions import topology_of  # here: it loads nameko

    found = load_all([*(services or ()), *(more or ())])
    return merge(topology_of(service, _settings(service, environ)) for service in found)


def _settings(service: type[Service], environ: Mapping[str, str]) -> Any:
    """The few settings that make a topology; all others (an SMS gateway's token) may be missing here."""
    declared = settings_class(service)
    return SimpleNamespace(**{name: declared.read_one(name, environ) for name in _SETTINGS})


def _document(topology: Topology) -> str:
    return json.dumps(definitions(topology), indent=2, ensure_ascii=False) + "\n"


def _at_the_broker(
    act: Callable[[pika.BlockingConnection, Topology], Iterator[broker_compare.Finding]], topology: Topology, uri: str | None
) -> tuple[Url, list[broker_compare.Finding]]:
    """Let ``act`` do its work there; print what it finds, and what to do about it."""
    address = broker.address(uri)
    with broker.connected(address) as connection:
        findings = list(act(connection, topology))
    for finding in findings:
        out().print(str(finding))
    if any(f.argument is not None for f in findings):
        err().print(
            "A queue's arguments cannot be changed. Restore the setting that was changed, or: stop the service, let the "
            "queue run empty, delete it (`rabbitmqctl delete_queue NAME --if-empty`), then `vss topology declare`.",
            style="yellow",
        )
    elif findings:
        err().print("`vss topology declare` makes what is missing; so does the service when it starts.", style="yellow")
    return address, findings
