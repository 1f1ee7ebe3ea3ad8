"""Who acts on a case, and what each role may do (V11, 702 §2). The rights themselves are given in accounts."""

from dataclasses import dataclass
from typing import Any

#: may receive and supplement
RECEIVERS = ("officer", "approver", "director")
#: may also decide
DECIDERS = ("approver", "director")


@dataclass(frozen=True)
class Officer:
    """Staff of an office; any office may act on any case (V2)."""

    account_id: str
    role: str
    office_code: str

    @property
    def signature(self) -> dict[str, Any]:
        """How the history names who did it (V13)."""
        return {"actor": self.account_id, "role": self.role, "office_code": self.office_code}
