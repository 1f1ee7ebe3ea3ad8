"""Make a new tracking code for somebody who was never sent the first one (`vss facts resend --new-secrets`)."""

from typing import Any

import sqlalchemy as sa

from services.chassis import tracking
from services.chassis.database import Database
from services.chassis.seal import Sealer
from services.feedback.complaints.filing import new_code
from services.feedback.complaints.rules import Complaint
from services.feedback.settings import Settings


def renew_tracking_code(database: Database, received: dict[str, Any]) -> dict[str, Any] | None:
    """Return `complaint_received` with a new code in its box; the old one opens the complaint no longer.

    None for a complaint that is not there, and without SEAL_PUBLIC_KEY.
    """
    key, no, code = Settings.read_one("seal_public_key"), received["complaint_no"], new_code()
    if key is None:
        return None
    replaced = sa.update(Complaint).where(Complaint.complaint_no == no).values(tracking_hash=tracking.digest(code))
    with database.write() as session:
        if session.scalar(replaced.returning(Complaint.id)) is None:
            return None
    return received | {"sealed_tracking": Sealer(key).seal({"tracking_code": code}, context=f"tracking:{no}")}


renewals = {"complaint_received": renew_tracking_code}
