"""What a comparison with the broker finds: one sentence each for people, one object each for scripts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

#: what is compared
KINDS = ("exchange", "queue", "binding", "policy", "user")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the broker that is not as it should be.

    ``argument`` is what differs, with what was ``expected`` and ``found``. Without it the thing is missing, unless ``note`` says why
    it should not be there. ``harmless``: told, and no fault.
    """

    what: str
    name: str
    argument: str | None = None
    expected: str = ""
    found: str = ""
    note: str = ""
    harmless: bool = False

    @property
    def fault(self) -> str:
        """In one word: missing, differs, extra."""
        return "differs" if self.argument is not None else "extra" if self.note else "missing"

    def __str__(self) -> str:
        if self.argument is not None:
            return f"{self.what} {self.name}: {self.argument} should be {self.expected}, is {self.found}"
        return f"{self.what} {self.name}: {self.note or 'missing'}{' (harmless)' if self.harmless else ''}"

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        return asdict(self) | {"fault": self.fault}


def difference(what: str, name: str, argument: str, expected: Any, found: Any) -> Finding:
    """Return the finding that ``argument`` is otherwise; values as people write them."""
    return Finding(what, name, argument, _shown(expected), _shown(found))


def faults(findings: Iterable[Finding]) -> dict[str, int]:
    """Count the things of each kind that are not as they should be, harmless ones apart."""
    things = {(one.what, one.name) for one in findings if not one.harmless}
    return {kind: sum(1 for what, _ in things if what == kind) for kind in KINDS}


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return "empty" if value == "" else str(value).lower() if isinstance(value, bool) else str(value)
