"""A refused change of a published schema, in the words in which it is told."""

import enum
from dataclasses import dataclass
from typing import NamedTuple


class Kind(enum.Enum):
    """The rule that a change breaks."""

    FACT_REMOVED = "fact removed"
    FIELD_REMOVED = "field removed"
    FIELD_REQUIRED = "new field required"
    BECAME_REQUIRED = "became required"
    BECAME_OPTIONAL = "became optional"
    TYPE = "type changed"
    FORMAT = "format changed"
    NULL_ADDED = "null added"
    NULL_REMOVED = "null removed"
    VALUES_ADDED = "values added"
    VALUES_REMOVED = "values removed"
    TIGHTER = "tighter"
    LOOSER = "looser"
    RULE = "rule changed"
    MEANING = "meaning changed"
    WITHDRAWN = "no longer public"
    PUBLISHED = "newly public"


class Change(NamedTuple):
    """A change within one version of a fact; ``field`` is None where it concerns the whole of it.

    ``remedy`` is what to do if not to publish a new version; None if a new version is no way out.
    """

    field: str | None
    kind: Kind
    why: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One change that is refused; ``field`` is None where it concerns the whole fact."""

    service: str
    fact: str
    version: int
    field: str | None
    kind: Kind
    why: str

    @classmethod
    def of(cls, service: str, fact: str, version: int, change: Change) -> "Incompatibility":
        """``change`` of the fact ``fact``."""
        way_out = f"; {change.remedy}, or publish v{version + 1}" if change.remedy else ""
        return cls(service, fact, version, change.field, change.kind, change.why + way_out)

    def __str__(self) -> str:
        """``registration declaration_submitted v1: field contact.phone became required: …``."""
        what = f"{self.service} {self.fact} v{self.version}"
        return f"{what}: field {self.field} {self.why}" if self.field else f"{what}: {self.why}"

    @property
    def acknowledged_as(self) -> str:
        """The name under which ``--accept-public`` or ``--accept-removed`` lets it pass."""
        last = f"v{self.version}" if self.field is None else self.field.replace("[]", "").replace("{}", "")
        return f"{self.service}.{self.fact}.{last}"
