"""`vss topology`: the exchanges, queues, bindings, policies and rights that services need, against a broker or as a file.

Exit codes: 0 as it should be, 1 something differs, 2 asked for wrongly, 3 no broker, 4 nothing differs, but not all was compared.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import typer

from services.chassis.bus.topology import Topology, definitions, merge
from services.chassis.cli import broker, broker_compare, options, topology_policies, topology_users, topology_watch
from services.chassis.cli.console import Code, fail, out, report_errors, show_json
from services.chassis.cli.topology_comparison import Source, users_of
from services.chassis.cli.topology_report import advise_on_arguments, show_comparison, show_rights, show_topology
from services.chassis.discovery import load_all, subscriptions
from services.chassis.settings import settings_class

_SETTINGS = ("queue_max_bytes", "delivery_limit")
_FILE = Path("deploy/rabbitmq/definitions.json")

app = typer.Typer(
    no_args_is_help=True,
    help="Exchanges, queues, bindings, policies and rights of the services. Exit codes: 0 as it should be, 1 something "
    "differs, 2 asked for wrongly, 3 no broker, 4 nothing differs, but not all could be compared.",
)

_Services = Annotated[
    list[str] | None,
    typer.Argument(
        help="Services by name, or as module:Class; all of the release if none is named.", metavar="[SERVICE]..."
    ),
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
    topology = _topology(_loaded(services, service), {} if defaults else os.environ)
    if as_json:
        typer.echo(_document(topology), nl=False)
        return
    show_topology(topology)


@app.command()
@report_errors()
def check(
    services: _Services = None,
    *,
    service: _Service = None,
    amqp_uri: options.AmqpUri = None,
    management_url: options.ManagementUrl = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--definitions", help="What `rabbitmqctl export_definitions FILE` wrote, instead of a broker.", metavar="FILE"
        ),
    ] = None,
    defaults: _Defaults = False,
    as_json: options.Json = False,
) -> None:
    """Compare with the broker; nothing is made or changed there.

    Exchanges and queues are compared over AMQP. Bindings, policies, users and what is left over are told only by the management
    plugin or a file of definitions; without either the command says so, and ends with 4 if it has found nothing else.
    """
    loaded = _loaded(services, service)
    source = Source(broker.address(amqp_uri), broker.management_address(management_url), file)
    done = source.compare(_topology(loaded, {} if defaults else os.environ), users_of(loaded))
    if as_json:
        show_json({"broker": str(source.uri)} | done.as_dict())
    else:
        show_comparison(source.file or source.uri, done)
    if any(done.faults.values()):
        raise typer.Exit(Code.REMAINS)
    if done.not_compared:
        raise typer.Exit(Code.NOT_COMPARED)


@app.command()
@report_errors()
def declare(
    services: _Services = None,
    *,
    service: _Service = None,
    amqp_uri: options.AmqpUri = None,
    management_url: options.ManagementUrl = None,
    defaults: _Defaults = False,
) -> None:
    """Make in the broker what is missing. What exists with other arguments is told, and left alone.

    Policies are set through the management plugin; without it the commands that set them are printed.
    """
    topology = _topology(_loaded(services, service), {} if defaults else os.environ)
    address = broker.address(amqp_uri)
    with broker.connected(address) as connection:
        findings = list(broker_compare.declare(connection, topology))
    for finding in findings:
        out().print(str(finding))
    topology_policies.apply(address, broker.management_address(management_url))
    if findings:
        advise_on_arguments()
        raise typer.Exit(Code.REMAINS)
    out().print(
        f"{address}: {len(topology.exchanges)} exchanges, {len(topology.queues)} queues "
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
    passwords: Annotated[
        Path | None,
        typer.Option(
            "--passwords",
            help="With users, their rights and salted hashes of their passwords, from this folder's files USER_amqp_uri.",
            metavar="FOLDER",
        ),
    ] = None,
    agency: Annotated[
        list[str] | None,
        typer.Option("--agency", help="An agency that has a user, too (bca); may be given again.", metavar="NAME"),
    ] = None,
) -> None:
    """Write what `rabbitmqctl import_definitions` reads.

    Without --passwords it names no users: to import a user without its password would take the password away.
    """
    loaded = _loaded(services, service)
    document = _document(_topology(loaded, os.environ if environment else {}))
    if passwords is not None:
        if check_only:
            raise typer.BadParameter("--check knows no passwords: each export salts them anew.")
        users = topology_users.everybody(users_of(loaded), agency or ())
        document = _text(json.loads(document) | topology_users.sections(users, passwords))
    if check_only:
        if not file.exists() or file.read_text(encoding="utf-8") != document:
            fail(f"{file} is not what the services need. Write it anew: vss topology export --out {file}", Code.REMAINS)
        out().print(f"{file} is up to date.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if passwords is not None:
        file.touch(mode=0o600)
    file.write_text(document, encoding="utf-8")
    out().print(f"Wrote {file}.")


@app.command()
@report_errors()
def rights(services: _Services = None, *, service: _Service = None, amqp_uri: options.AmqpUri = None) -> None:
    """Each service's own user at the broker, and the watcher's: the least rights they need, and the commands that give them."""
    show_rights(
        topology_users.everybody(users_of(_loaded(services, service)), ()),
        broker.parameters(broker.address(amqp_uri)).virtual_host,
    )


@app.command()
@report_errors()
def watch(
    services: _Services = None,
    *,
    service: _Service = None,
    amqp_uri: options.AmqpUri = None,
    management_url: options.ManagementUrl = None,
    defaults: _Defaults = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds from one comparison to the next.")] = 60.0,
    listen: Annotated[str, typer.Option(help="Where Prometheus reads the result.", metavar="HOST:PORT")] = "127.0.0.1:9419",
) -> None:
    """Compare again and again, and expose the result at /metrics, until stopped. A broker that is away is waited for."""
    loaded = _loaded(services, service)
    source = Source(broker.address(amqp_uri), broker.management_address(management_url))
    topology, users = _topology(loaded, {} if defaults else os.environ), users_of(loaded)
    topology_watch.run(lambda: source.compare(topology, users), listen, every)


def _loaded(services: list[str] | None, more: list[str] | None) -> list[Any]:
    """The services that are named; if none is, all of the release, also those that are not installed here."""
    loaded = load_all(named := [*(services or ()), *(more or ())])
    return [*loaded, *(() if named else subscriptions.elsewhere(service.name for service in loaded))]


def _topology(services: list[Any], environ: Mapping[str, str]) -> Topology:
    from services.chassis.bus.extensions import topology_of  # here: it loads nameko

    return merge(topology_of(service, _settings(service, environ)) for service in services)


def _settings(service: Any, environ: Mapping[str, str]) -> Any:
    """The few settings that make a topology; all others (an SMS gateway's token) may be missing here."""
    declared = settings_class(service)
    return SimpleNamespace(**{name: declared.read_one(name, environ) for name in _SETTINGS})


def _document(topology: Topology) -> str:
    return _text(definitions(topology) | topology_policies.sections())


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
