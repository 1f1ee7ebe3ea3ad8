"""The resources of a service's process, made once at start-up and given to every extension."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from services.chassis.database import Database, ServiceSession
from services.chassis.documents import DocumentStore
from services.chassis.documents.opening import documents_of
from services.chassis.observe.health import Health
from services.chassis.settings import ChassisSettings

#: key of the resources in a nameko container's configuration
CONFIG_KEY = "resources"

S = TypeVar("S", bound=ChassisSettings)
Part = TypeVar("Part")


@dataclass
class Resources(Generic[S]):
    """One per process. A service writes ``Resources[Settings]`` with its own settings class."""

    service: str
    settings: S
    db: Database
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self.db.settings = self.settings

    @cached_property
    def documents(self) -> DocumentStore:
        """The document store, opened on first use: most processes never need it."""
        return documents_of(self.settings)


def settings_of(session: Session, kind: type[S]) -> S:
    """Return the settings that the service runs under, for handlers and rules, which get a session and no `Resources`.

    :raises RuntimeError: in a program that opened the database without them, so that nothing is counted by defaults.
    :raises TypeError: for another service's.
    """
    settings = session.database.settings if isinstance(session, ServiceSession) else None
    if settings is None:
        raise RuntimeError("this program opened the database without the service's settings")
    if not isinstance(settings, kind):
        raise TypeError(f"{type(settings).__module__}: not the settings of {kind.__module__}")
    return settings


#: blueprints, job kinds or sweeps: given as they are, or made from the resources (where settings are needed)
Source = Sequence[Part] | Callable[[Resources[Any]], Sequence[Part]]


def collect(resources: Resources[Any], sources: Iterable[Source[Part]]) -> list[Part]:
    """Return the parts of all sources, in order."""
    return [part for source in sources for part in (source(resources) if callable(source) else source)]
