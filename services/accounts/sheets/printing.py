"""Issue a sheet and print it."""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.accounts.accounts.rules import ACTIVE, Account
from services.accounts.settings import CommandSettings
from services.accounts.sheets import rules
from services.accounts.sheets.paper import SheetData
from services.accounts.staff.rights import Grant
from services.chassis.calendar import VIETNAM
from services.chassis.green.subprocesses import run_in_subprocess

_SHOWN_DIGITS = 3


@dataclass(frozen=True)
class Printed:
    """A sheet, shown once, in the shape of `schemas.SheetIssued`."""

    code: str = field(repr=False)
    expires_at: datetime
    page: bytes = field(repr=False)

    @property
    def pdf(self) -> str:
        """Return the page in base64."""
        return base64.b64encode(self.page).decode()


def issue(account: Account, new: rules.NewCode, grant: Grant, settings: CommandSettings) -> tuple[SheetData, datetime]:
    """Put a sheet in force; return what is printed on it, and until when it is good."""
    sheet = rules.issue(account, new, grant, settings)
    until, issued = sheet.expires_at.astimezone(VIETNAM), sheet.issued_at.astimezone(VIETNAM)
    data = SheetData(
        full_name=account.full_name,
        username=account.username or "",
        phone="*" * 8 + account.phone[-_SHOWN_DIGITS:],
        code=new.code,
        good_until=f"{until:%H:%M} ngày {until:%d/%m/%Y}",
        issued_on=f"{issued:%d/%m/%Y}",
        issued_by=_name_of(account, grant),
        help_line=settings.officers_help_line,
    )
    return data, sheet.expires_at


def draw(data: SheetData) -> bytes:
    """Return the page as PDF. Never inside a transaction."""
    page: bytes = run_in_subprocess("services.accounts.sheets.paper:render", data)
    return page


def is_printable(account: Account | None) -> bool:
    """Tell whether the account is of staff who may sign in."""
    return account is not None and account.is_staff and account.status == ACTIVE


def _name_of(account: Account, grant: Grant) -> str:
    if grant.by.startswith("vss:"):
        return "người vận hành hệ thống"
    issuer: Any = account.session.get(Account, uuid.UUID(grant.by))
    return issuer.full_name if issuer is not None else grant.by
