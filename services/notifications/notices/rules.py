"""What a provider tells us about itself or our account, and not about how a message ended: kept for operators, and counted for an alarm."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from enum import StrEnum

from prometheus_client import Counter
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis import clock
from services.chassis.database import Instant, ServiceSession
from services.chassis.observe.logs import get_logger
from services.notifications.schema import Base

log = get_logger(__name__)

NOTICES = Counter("vss_provider_notices_total", "Notices of providers about themselves or our account", ["provider", "kind"])
_LONGEST_ID, _LONGEST_DETAIL = 200, 80
#: a detail is a provider's own word; whatever else stands there may be somebody's address or text
_OTHER = re.compile(r"[^A-Za-z0-9 /_.:-]")


class Kind(StrEnum):
    """What a notice is about. There is an alarm for all but the first two."""

    VALIDATION = "validation"
    """The provider has tried whether it reaches us."""
    NOT_SPAM = "not_spam"
    """Somebody took one of our e-mails out of their spam folder."""
    UNSUBSCRIBED = "unsubscribed"
    """Delivery reports come no more: somebody has ended the subscription."""
    COMPLAINT = "complaint"
    """Somebody has reported one of our e-mails as abuse; too many of these close our account."""
    UNKNOWN = "unknown"
    """Rightly signed, and of no kind that we know."""


class Notice(Base):
    """One notice, under the provider's own id: it may come twice."""

    __tablename__ = "provider_notices"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[str]
    #: the message that it concerns, if it is one of ours
    message_id: Mapped[uuid.UUID | None]
    received_at: Mapped[datetime] = mapped_column(Instant())


def keep_notice(
    session: ServiceSession, provider: str, kind: Kind, *, id_: str, detail: str, message_id: uuid.UUID | None = None
) -> None:
    """Keep a notice, once, and count it. `detail`: a word or two of the provider's; what might be an address is left out."""
    insert = postgresql.insert if session.database.is_postgresql else sqlite.insert
    row = {
        "id": f"{provider}:{id_}"[:_LONGEST_ID],
        "provider": provider,
        "kind": kind.value,
        "detail": _OTHER.sub("", detail)[:_LONGEST_DETAIL],
        "message_id": message_id,
        "received_at": clock.now(),
    }
    new = insert(Notice).values(row).on_conflict_do_nothing(index_elements=["id"]).returning(Notice.id)
    if session.scalar(new) is None:
        return
    NOTICES.labels(provider, kind.value).inc()
    level = log.info if kind in (Kind.VALIDATION, Kind.NOT_SPAM) else log.error
    level("provider_notice", provider=provider, kind=kind.value, detail=row["detail"])
