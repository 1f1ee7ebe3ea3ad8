"""``vss doctor``: ask everything that a service needs whether it is there, and say what to do where it is not.

Exit codes: 0 all is well, 1 something is unwell, 2 asked for wrongly.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text

from services.chassis import clock
from services.chassis.cli import options
from services.chassis.cli.console import Code, clean, err, out, report_errors, show_json
from services.chassis.cli.doctor_broker import of_broker
from services.chassis.cli.doctor_facts import of_facts
from services.chassis.database import Database
from services.chassis.discovery import Service, load
from services.chassis.errors import SettingsError, StartUpError
from services.chassis.probes import Finding, Probe, run
from services.chassis.probes.own import of_database
from services.chassis.resources import Resources, collect
from services.chassis.settings import settings_class


@report_errors()
def doctor(
    service: Annotated[str, typer.Argument(help="A service's name, or module:Class.")], *, as_json: options.Json = False
) -> None:
    """Ask everything that SERVICE needs whether it is there: settings, database, clock, broker and rights, documents, outside systems.

    Run it where the service runs, with its environment. It sends nothing to anybody and changes nothing (a probe document is
    written and deleted; what the service declares at its start is declared). Exit code 1 if anything is unwell.
    """
    loaded = load(service)
    found: list[Finding] = []
    for finding in _findings(loaded):
        found.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        show_json([{"service": loaded.name, **asdict(finding)} for finding in found])
    unwell = sum(not finding.well for finding in found)
    if unwell:
        err().print(f"{loaded.name}: {unwell} of {len(found)} probes are unwell.")
        raise typer.Exit(Code.REMAINS)


def _findings(service: type[Service]) -> Iterator[Finding]:
    try:
        settings = settings_class(service).from_environment()
        database = Database(settings.database_url.reveal(), pool_size=4)
    except (SettingsError, StartUpError) as error:
        # nothing else can be asked without them
        for fault in getattr(error, "faults", [str(error)]):
            yield Finding("settings", False, fault, f"`vss settings {service.name}` shows all of them.", 0.0)
        return
    doubts = [f"{name} is not read; perhaps {near} is meant" for name, near in settings.doubts()]
    yield Finding("settings", True, "; ".join([f"VSS_ENV is {settings.vss_env}", *doubts]), "", 0.0)
    clock.use_offset_file(settings.clock_offset_file)
    resources = Resources(service.name, settings, database)
    yield from run(_probes(service, resources), resources)


def _probes(service: type[Service], resources: Resources[Any]) -> list[Probe]:
    return [
        *of_database(getattr(service, "migrations", None)),
        *of_broker(service),
        *of_facts(service),
        *collect(resources, getattr(service, "probes", ())),
    ]


def _show(finding: Finding) -> None:
    mark = Text("well  ", style="green") if finding.well else Text("UNWELL", style="red")
    line = Text.assemble(mark, f"  {finding.probe:<18} {finding.seconds:6.3f} s  ", clean(finding.said))
    out().print(line, soft_wrap=True)
    if finding.remedy:
        out().print(Text(f"{'':28}→ {finding.remedy}"), soft_wrap=True)
