"""The resources of a service's process, made once at start-up and given to every extension."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from services.chassis.database import Database
from services.chassis.documents import DocumentStore
from services.chassis.documents.opening import from_url
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

    @cached_property
    def documents(self) -> DocumentStore:
        """The document store, opened on first use: most processes never need it."""
        return from_url(self.settings.documents_url, endpoint_url=self.settings.s3_endpoint_url)


#: blueprints, job kinds or sweeps: given as they are, or made from the resources (where settings are needed)
Source = Sequence[Part] | Callable[[Resources[Any]], Sequence[Part]]


def collect(resources: Resources[Any], sources: Iterable[Source[Part]]) -> list[Part]:
    """Return the parts of all sources, in order."""
    return [part for source in sources for part in (source(resources) if callable(source) else source)]
