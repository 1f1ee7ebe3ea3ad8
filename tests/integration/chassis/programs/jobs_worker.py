"""A worker of jobs in a process of its own: `python jobs_worker.py DATABASE_URL JOURNAL [green]`.

Writes one line to JOURNAL as each call begins: `<job key> <attempt> <may have run> <pid>`. What the call and its `done`
then do stands in the payload: `{"call": "quick" | "slow" | "pause" | "hang", "done": "die"}`; a process pauses, hangs
and dies only at a first attempt. `done` writes a row into `effects` and records a fact. SIGTERM stops gracefully.
`green`: under eventlet, as in a service.
"""

import sys

if "green" in sys.argv:
    import eventlet

    eventlet.monkey_patch()

import os
import signal
import time
from pathlib import Path

import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.orm import Session

from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.facts import Fact, public
from services.chassis.jobs import Job, JobKind, JobRunner, Reason

EFFECTS = sa.table("effects", sa.column("job_key"), sa.column("what"))


class CallMade(Fact, name="call_made", version=1, subject="key", example={"key": "1"}):
    """A call was made."""

    key: str = public(fields.String(required=True))


class Worker:
    def __init__(self, url: str, journal: Path) -> None:
        self.database = Database(url)
        self.journal = journal
        kind = JobKind(
            "call",
            self.call,
            self.done,
            self.given_up,
            max_attempts=20,
            first_delay_seconds=0.05,
            longest_delay_seconds=0.5,
            lease_seconds=1.0,
            timeout_seconds=60,
            concurrency=4,
        )
        self.runner = JobRunner(self.database, [kind], service="worker", poll_seconds=0.1)

    def call(self, job: Job) -> str:
        with self.journal.open("a") as lines:  # one write of one line: processes do not mix theirs
            lines.write(f"{job.key} {job.attempt} {job.may_have_run} {os.getpid()}\n")
        how = job.payload.get("call", "quick")
        if how == "hang" and job.attempt == 1:
            time.sleep(60)
        if how == "pause" and job.attempt == 1:
            time.sleep(1)
        if how == "slow":
            time.sleep(0.05)
        return "made"

    def done(self, session: Session, job: Job, result: str) -> None:
        session.execute(sa.insert(EFFECTS).values(job_key=job.key, what=result))
        outbox.record(session, CallMade(key=str(job.key)))
        if job.payload.get("done") == "die" and job.attempt == 1:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    def given_up(self, session: Session, job: Job, reason: Reason) -> None:
        session.execute(sa.insert(EFFECTS).values(job_key=job.key, what=reason.code))


def main() -> None:
    outbox.publish_as("worker")
    worker = Worker(sys.argv[1], Path(sys.argv[2]))
    # not an Event: its lock may be held by the very thread in which the handler runs
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    worker.runner.start()
    while not asked:
        time.sleep(0.05)
    sys.exit(0 if worker.runner.stop(10) else 3)


if __name__ == "__main__":
    main()
