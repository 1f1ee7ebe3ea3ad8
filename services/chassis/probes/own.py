"""Probes of what every service has: its database, its clock, its disk."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from services.chassis import jobs
from services.chassis.database import Database, is_gone
from services.chassis.database.clocks import clock_difference
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources

_AT_DATABASE = "Is the database up, and is DATABASE_URL right?"
_LEAST_FREE_BYTES, _LEAST_FREE_SHARE = 1024**3, 0.05


class _RollBack(Exception):  # noqa: N818  # no error: it ends a transaction
    pass


def _reachable(resources: Resources[Any]) -> str:
    resources.db.ping()
    return f"answers at {resources.settings.database_url.place}"


def _writable(resources: Resources[Any]) -> str:
    # a real table and all its rights, rolled back
    try:
        with resources.db.write() as session:
            jobs.add(session, "probe", {})
            raise _RollBack
    except _RollBack:
        return "takes a row (rolled back)"
    except sa.exc.DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        remedy = "Is it a standby or read-only, is its disk full?" if is_gone(error) else "Does its user own the tables?"
        raise Unwell(f"takes no row: {said}", remedy) from None


def _clock(resources: Resources[Any]) -> str:
    with resources.db.read() as session:
        difference = clock_difference(session)
    if difference is None:
        return "not compared: with SQLite there is only this machine's clock"
    seconds = difference.total_seconds()
    said = f"{abs(seconds):.3f} s {'ahead of' if seconds >= 0 else 'behind'} the database's"
    if abs(seconds) > resources.settings.clock_tolerance_seconds:
        remedy = "Correct the clock that is wrong (`chronyc tracking` on both): docs/runbooks/clock-differs.md"
        raise Unwell(f"this machine's clock is {said}", remedy)
    if resources.settings.clock_offset_file is not None:
        return f"{said}; CLOCK_OFFSET_FILE may move it"
    return said


def _disk(resources: Resources[Any]) -> str:
    told = []
    for folder in _folders(resources):
        usage = shutil.disk_usage(folder)
        told.append(f"{folder}: {usage.free / 1024**3:.1f} GiB free")
        if usage.free < min(_LEAST_FREE_BYTES, _LEAST_FREE_SHARE * usage.total):
            raise Unwell(f"{told[-1]} of {usage.total / 1024**3:.0f}", "Make room there, or give it a larger disk.")
    return "; ".join(told)


def _folders(resources: Resources[Any]) -> list[Path]:
    """The folders that the service writes to, or the nearest parents that exist."""
    url, settings = resources.db.url, resources.settings
    wanted = [Path("/tmp")]  # noqa: S108  # where uploads are spooled
    wanted += [Path(url.database).parent] if url.database and not resources.db.is_postgresql else []
    stores = [settings.documents_url, *([settings.document_keys_url] if settings.documents_key else [])]
    wanted += [Path(unquote(store.parts.path)) for store in stores if store.scheme == "file"]
    found = [next(each for each in (folder, *folder.parents) if each.exists()) for folder in map(Path.absolute, wanted)]
    return list(dict.fromkeys(found))


def migrated(scripts: Path | None) -> Probe:
    """Return the probe of whether the database has had every migration of the service."""

    def ask(resources: Resources[Any]) -> str:
        database: Database = resources.db
        if database.is_migrated(scripts):
            return "has every migration"
        remedy = (
            f"`vss migrate {resources.service}`; a start of the service does it too. An older release may be running here."
        )
        raise Unwell("is not as this release leaves it", remedy)

    return Probe("database_migrated", ask, _AT_DATABASE, needs="database")


def of_database(scripts: Path | None) -> tuple[Probe, ...]:
    """Return the probes of the database, its clock, and the disk."""
    return (
        Probe("database", _reachable, _AT_DATABASE),
        migrated(scripts),
        Probe("database_writable", _writable, _AT_DATABASE, needs="database_migrated"),
        Probe("clock", _clock, _AT_DATABASE, needs="database"),
        Probe("disk", _disk, "Do the folders of DATABASE_URL and DOCUMENTS_URL exist?"),
    )
