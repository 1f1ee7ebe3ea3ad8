"""Officers, and what each role may do (V11, công văn 702 §2). Accounts grants the roles."""

from dataclasses import dataclass
from typing import Any

#: may view cases, receive the person and supplement the dossier
RECEIVERS = ("officer", "approver", "director")
#: may also correct and decide
DECIDERS = ("approver", "director")


@dataclass(frozen=True)
class Officer:
    """A member of staff of an office; any office may act on any case (V2)."""

    account_id: str
    role: str
    office_code: str
    province_code: str | None = None

    @property
    def is_provincial(self) -> bool:
        """Tell whether the office is the provincial one, which has its province's code."""
        return self.office_code == self.province_code

    @property
    def signature(self) -> dict[str, Any]:
        """Return how the history names this officer (V13)."""
        return {"actor": self.account_id, "role": self.role, "office_code": self.office_code}
