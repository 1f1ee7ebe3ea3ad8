"""What one process of a service has at hand, made once at start-up and given to every extension."""

from dataclasses import dataclass, field
from functools import cached_property

from services.chassis.database import Database
from services.chassis.documents import DocumentStore, from_url
from services.chassis.observe.health import Health
from services.chassis.settings import ChassisSettings

#: key of the resources in a nameko container's configuration
CONFIG_KEY = "resources"


@dataclass
class Resources:
    """One per process."""

    service: str
    settings: ChassisSettings
    db: Database
    health: Health = field(default_factory=Health)

    @cached_property
    def documents(self) -> DocumentStore:
        """The documents' place, opened when first asked for: most processes never do."""
        return from_url(self.settings.documents_url, endpoint_url=self.settings.s3_endpoint_url)
