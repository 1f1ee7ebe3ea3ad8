"""(e) Plain nameko, as nameko-examples has it: `event_handler`, a SQLAlchemy session for each call, `EventDispatcher`.

What it lacks: a handler that raises is acked all the same, so its message is lost; a crash between commit and dispatch loses the
follow-up; the event has no id and no envelope of its own (nameko passes on the headers it was called with).

Two things are bent, both in its favour or needed to compare: the queue is declared as a quorum queue, which `event_handler` has
no argument for; and psycopg2 is made green by psycogreen, else each query would stop every worker.
"""

import eventlet

eventlet.monkey_patch()

import signal  # noqa: E402  # monkey patching comes first
from typing import Any  # noqa: E402

import sqlalchemy as sa  # noqa: E402
from nameko.containers import WorkerContext  # noqa: E402
from nameko.events import EventDispatcher, EventHandler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from psycogreen.eventlet import patch_psycopg  # noqa: E402
from sqlalchemy.dialects.postgresql import insert  # noqa: E402
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker  # noqa: E402

from tests.bench.peers import terms as peer  # noqa: E402
from tests.bench.peers.terms import Terms  # noqa: E402
from tests.bench.wire import IN_KEY, OUT_KEY, PREFIX, QUORUM, case_of  # noqa: E402


class Base(DeclarativeBase):
    """The models below."""


class Inbox(Base):
    """Messages that have been handled."""

    __tablename__ = "inbox"
    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)


class Dossier(Base):
    """The business row."""

    __tablename__ = "dossiers"
    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    bhxh_code: Mapped[str]
    office: Mapped[str]
    state: Mapped[str]


class DatabaseSession(DependencyProvider):
    """A session for each call, closed after it (what nameko-sqlalchemy does; that one wants SQLAlchemy 1)."""

    def setup(self) -> None:
        size = self.container.max_workers
        url = self.container.config["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://")
        self._engine = sa.create_engine(url, pool_size=size, max_overflow=0)
        self._make = sessionmaker(self._engine)
        self._sessions: dict[WorkerContext, Session] = {}

    def get_dependency(self, worker_ctx: WorkerContext) -> Session:
        session = self._sessions[worker_ctx] = self._make()
        return session

    def worker_teardown(self, worker_ctx: WorkerContext) -> None:
        self._sessions.pop(worker_ctx).close()

    def stop(self) -> None:
        self._engine.dispose()


class MessageId(DependencyProvider):
    """The id of the event being handled, which nameko leaves among the headers."""

    def get_dependency(self, worker_ctx: WorkerContext) -> str:
        return str(worker_ctx.data[PREFIX + "id"])


class QuorumEventHandler(EventHandler):
    """`event_handler` on a quorum queue."""

    def setup(self) -> None:
        super().setup()
        self.queue.queue_arguments = QUORUM


event_handler = QuorumEventHandler.decorator


class Hop:
    """The service."""

    name = "hop"
    session = DatabaseSession()
    message_id = MessageId()
    dispatch = EventDispatcher()

    @event_handler("front", IN_KEY, reliable_delivery=True)
    def open_case(self, fact: dict[str, Any]) -> None:
        with self.session.begin():
            taken = self.session.execute(insert(Inbox).values(id=self.message_id).on_conflict_do_nothing())
            if not taken.rowcount:
                return
            self.session.add(
                Dossier(
                    dossier_no=fact["dossier_no"],
                    full_name=fact["full_name"],
                    bhxh_code=fact["bhxh_code"],
                    office=fact["office"],
                    state="open",
                )
            )
        self.dispatch(OUT_KEY, case_of(fact))


def prepare(terms: Terms) -> None:
    peer.create_tables(terms, peer.INBOX, peer.DOSSIERS)
    peer.declare_input(terms)


def run(terms: Terms) -> None:
    patch_psycopg()
    config = {
        "AMQP_URI": terms.amqp_uri,
        "DATABASE_URL": terms.database_url,
        "max_workers": peer.setting("WORKERS", 20),
        "parent_calls_tracked": 1,
    }
    runner = ServiceRunner(config)
    runner.add_service(Hop)
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    peer.ready()
    runner.start()
    runner.wait()


if __name__ == "__main__":
    peer.main(prepare, run)
