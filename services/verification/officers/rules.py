"""Who acts on a case, and what each role may do (V11, công văn 702 §2). The roles themselves are given in accounts."""

from dataclasses import dataclass
from typing import Any

#: may look at cases, receive the person and supplement the dossier
RECEIVERS = ("officer", "approver", "director")
#: may also correct and decide
DECIDERS = ("approver", "director")


@dataclass(frozen=True)
class Officer:
    """A member of staff of an office; any office may act on any case (V2)."""

    account_id: str
    role: str
    office_code: str

    @property
    def signature(self) -> dict[str, Any]:
        """How the history names who did it (V13)."""
        return {"actor": self.account_id, "role": self.role, "office_code": self.office_code}
