"""Which counter keyed a paper form in: an office or its mobile desk, or the customer-care centre (2659 end, 3717 §3, V11)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.chassis.web.auth import Principal
from services.chassis.web.problem import Problem, field_error
from services.registration.lookup import offices

CUSTOMER_CARE = "customer_care"


def check_channel(session: Session, who: Principal, channel: str) -> None:
    """Check that a member of staff keys in through the channel of their own office, so that the figures by channel are true (R1).

    :raises Problem: 422 for `customer_care` from staff of another office, or another channel from the centre's own.
    """
    office = offices.find(session, str(who.claims.get("office") or ""))
    from_centre = office is not None and office.is_customer_care
    if from_centre != (channel == CUSTOMER_CARE):
        wrong = field_error(
            "channel",
            vi="Kênh customer_care chỉ dành cho cán bộ của Trung tâm Dịch vụ hỗ trợ, chăm sóc khách hàng, và họ chỉ nhập ở kênh này.",
            en="customer_care is the channel of staff of the customer-care centre, and their only one.",
        )
        raise Problem(422, "invalid-fields", errors=[wrong])
