"""Forget first passwords that another has replaced (A2): kept until then, whatever became of their messages."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis import clock, jobs
from services.chassis.database import ServiceSession
from services.notifications.messages.catalogue import JOB_KINDS, WITH_FIRST_PASSWORD
from services.notifications.messages.codes import REPLACED
from services.notifications.messages.rules import WAITING, Message


def forget_first_passwords(session: ServiceSession, ref: str) -> None:
    """Wipe the boxes of the dossier's earlier first passwords, and send none that still waits."""
    earlier = sa.select(Message).where(Message.ref == ref, Message.template.in_(WITH_FIRST_PASSWORD))
    for message in session.scalars(earlier.order_by(Message.id).with_for_update()):
        for kind in JOB_KINDS:
            for job in jobs.list_jobs(session, kind=kind, key=str(message.id)):
                if jobs.cancel(session, job.id) and message.status == WAITING:
                    message.mark_failed(at=clock.now(), code=REPLACED)
                jobs.wipe(session, job.id)
