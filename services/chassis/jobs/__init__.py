"""Calls to the outside world, kept as rows (law 3).

::

    def hand_over(job: Job) -> str:                       # no database session is open here
        if job.may_have_run and (sid := provider.find(job.key)):
            return sid                                    # an earlier attempt got through: do not send twice
        return provider.send(job.payload["to"], job.payload["text"], timeout=job.seconds_left())

    def handed_over(session, job, sid):                   # commits together with the finished row
        record(session, MessageSent(message_id=job.key, provider_id=sid))

    def failed(session, job, reason):
        record(session, MessageFailed(message_id=job.key, code=reason.code))

    SMS = JobKind("sms", hand_over, handed_over, failed, max_attempts=8, concurrency=16, keep_payload=False)

    jobs.add(session, "sms", {"to": …, "text": …}, key=message_id)     # in a handler: one call per message

What is promised: a call is begun only after its row is committed; each added job ends in exactly one ``done`` or
``given_up`` that commits, with the facts it records; a call is made once, unless a worker dies or hangs in the middle of it
or its ``done`` cannot be committed: then the next attempt has ``job.may_have_run`` and should ask the provider first.
"""

from services.chassis.jobs.kind import Job, JobKind, OutcomeUnknown, Reason, RetryAfter, back_off
from services.chassis.jobs.runner import JobRunner
from services.chassis.jobs.store import (
    BY_OPERATOR,
    JobView,
    add,
    cancel,
    counts,
    give_up_held,
    held,
    list_jobs,
    old,
    retry,
    take_up,
    waiting,
    wipe,
)
from services.chassis.jobs.table import State

__all__ = [
    "BY_OPERATOR",
    "Job",
    "JobKind",
    "JobRunner",
    "JobView",
    "OutcomeUnknown",
    "Reason",
    "RetryAfter",
    "State",
    "add",
    "back_off",
    "cancel",
    "counts",
    "give_up_held",
    "held",
    "list_jobs",
    "old",
    "retry",
    "take_up",
    "waiting",
    "wipe",
]
