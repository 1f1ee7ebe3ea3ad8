"""``vss documents``: encrypt what was put before documents were, and bring keys under the newest DOCUMENTS_KEY.

Exit codes: 0 done, 1 more is left or a document is damaged, 2 asked for wrongly.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from services.chassis.cli import options
from services.chassis.cli.console import Code, err, out, report_errors, show_json
from services.chassis.discovery import load
from services.chassis.documents import Corrupted, DocumentNotFound
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.documents.opening import documents_of
from services.chassis.settings import settings_class

app = typer.Typer(no_args_is_help=True, help="Documents and their keys. Works on the stores of the service's settings.")


@dataclass
class Progress:
    """How far a run came: documents looked at, encrypted or sealed anew, and damaged ones; and when the last of them was put."""

    looked_at: int = 0
    changed: int = 0
    damaged: int = 0
    until: datetime | None = None
    complete: bool = True


@app.command()
@report_errors()
def encrypt(
    *,
    service: options.Service,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"], help="Only documents put since then (UTC): go on where a run ended."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Stop after so many changes.")] = 10_000,
    as_json: options.Json = False,
) -> None:
    """Encrypt documents that lie as they were put, and seal keys anew that are under an older DOCUMENTS_KEY.

    Services may run meanwhile, in this release only. Run it on one machine at a time; repeating it is harmless. When it has gone through
    after a rotation, the old key can be taken out of DOCUMENTS_KEY.
    """
    loaded: Any = load(service)
    store = documents_of(settings_class(loaded).from_environment())
    progress = bring_up_to_date(store, since=since, limit=limit)
    if as_json:
        show_json(progress.__dict__ | {"until": progress.until.isoformat() if progress.until else None})
    else:
        out().print(f"{progress.looked_at} documents looked at, {progress.changed} encrypted or sealed anew.")
    if progress.damaged:
        err().print(f"{progress.damaged} documents are damaged and were left alone (docs/runbooks/restore.md).", style="red")
    if not progress.complete and progress.until:
        err().print(f"More are left. Go on with --since {progress.until:%Y-%m-%dT%H:%M:%SZ}", soft_wrap=True)
    if progress.damaged or not progress.complete:
        raise typer.Exit(Code.REMAINS)


def bring_up_to_date(store: EncryptedDocuments, *, since: datetime | None = None, limit: int) -> Progress:
    """Go through the documents in the order in which they were put, and stop after ``limit`` changes.

    :raises StoreUnavailable, StoreMisconfigured: as the stores do.
    """
    progress = Progress()
    for document_id in store.list_ids(_first_id(since)):
        if progress.changed >= limit:
            progress.complete = False
            break
        try:
            if store.bring_up_to_date(document_id):
                store.get(document_id)  # nobody else was at it
                progress.changed += 1
        except DocumentNotFound:
            continue
        except Corrupted:
            progress.damaged += 1
        progress.looked_at += 1
        progress.until = datetime.fromtimestamp(int(document_id[:12], 16) / 1000, UTC)
    return progress


def _first_id(since: datetime | None) -> str:
    """Return how the ids of that moment begin: their first 48 bits are milliseconds (UUIDv7)."""
    return f"{int(since.replace(tzinfo=UTC).timestamp() * 1000):012x}" if since else ""
