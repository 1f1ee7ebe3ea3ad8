"""What the current work was caused by: the message, job or request being handled."""

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
