"""What the work in hand follows from: the message being handled, the job being done, or the request being served."""

import contextvars
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """Copied into the envelope of every fact recorded meanwhile.

    :param correlation_id: the dossier or complaint that it all belongs to.
    :param causation_id: the message that led here.
    """

    correlation_id: str | None = None
    causation_id: str | None = None


#: set around each handler, job and request
cause: contextvars.ContextVar[Cause] = contextvars.ContextVar("cause", default=Cause())  # noqa: B039  # frozen
