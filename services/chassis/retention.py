"""What a service keeps of people, how long, and why: declared once, read by the sweeps that end it and by docs/privacy.md (PDP Law 91/2025).

::

    SESSIONS = Kept("sessions: device, address, times", ("sessions",), days=180, since="their last use", why="…", ended_by=("forget_sessions",))
    RETENTION = (SESSIONS, …)                  # of the service's `retention.py`; a test asks for every table that it has
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data.

    :param days: how long, after `since`; 0: at once. None: as `since` says.
    :param setting: the setting that holds the number of days, if it is one.
    :param ended_by: the sweeps and prunings that end it; `erasure` and `matter` are those of a dossier that has ended (I6).
    """

    data: str
    tables: tuple[str, ...]
    since: str
    why: str
    days: int | None = None
    setting: str | None = None
    ended_by: tuple[str, ...] = ()

    @property
    def period(self) -> timedelta:
        """Return how long it is kept.

        :raises ValueError: if that is no fixed number of days.
        """
        if self.days is None:
            raise ValueError(f"{self.data}: kept for no fixed time")
        return timedelta(days=self.days)


def nobodys(*tables: str, why: str = "about no person") -> Kept:
    """Return the entry of tables that hold nothing about people."""
    return Kept("lists, counters, settings of the system", tables, "as long as they are of use", why)


#: of every service: what the chassis keeps
CHASSIS = (
    Kept(
        "facts told, and those on their way, with the fields that only our own services read",
        ("fact_log", "outbox", "outbox_unrouted", "fact_numbering", "fact_lanes", "fact_erasures"),
        "they were told; those of a dossier that has ended lose its data within minutes of the last reader's confirm",
        "a reader that was restored from a backup is told them again (decision 29)",
        setting="FACTS_KEEP_DAYS",
        ended_by=("prune_facts", "erasure"),
    ),
    Kept(
        "numbers of messages read",
        ("inbox", "fact_sources", "fact_gaps"),
        "they were read",
        "a message that comes twice is handled once",
        setting="INBOX_KEEP_DAYS",
        ended_by=("prune_inbox",),
    ),
    Kept(
        "messages that wait for another try, or are parked for an operator",
        ("held_messages",),
        "an operator has replayed or dropped them; emptied as soon as their dossier has ended",
        "no message is lost (law 4)",
        ended_by=("erasure",),
    ),
    Kept(
        "calls to the outside world; those that succeeded keep no content in notifications",
        ("jobs",),
        "they ended; given-up ones for 180 days, until somebody has looked",
        "what became of a call can be told; a given-up one can be brought back",
        days=7,
        ended_by=("prune_jobs",),
    ),
    Kept(
        "answers to requests with an Idempotency-Key",
        ("http_idempotency",),
        "the answer",
        "a repeated request is answered alike",
        days=1,
        ended_by=("forget_responses",),
    ),
    Kept(
        "sessions whose tokens are refused",
        ("revoked_sessions",),
        "their tokens have run out",
        "a token ends with its session",
        days=0,
        ended_by=("forget_revoked_sessions",),
    ),
    Kept(
        "who looked at whose data and what for, and who changed what in lists; the chain over all histories",
        ("history_entries", "history_links", "history_heads"),
        "the entry (V16, decision 64); no sweep ends them yet",
        "who did what is known, to the person concerned, too, and nobody can change it unseen",
        days=3650,
    ),
    Kept(
        "counts of requests, by hashes of addresses and accounts",
        ("http_budgets",),
        "their minute or hour is over",
        "floods are held off",
        days=0,
        ended_by=("forget_budgets",),
    ),
    Kept(
        "forms that met a session that was over, encrypted under a key that only the sender's browser has",
        ("held_posts",),
        "half an hour",
        "nothing that somebody has typed is lost",
        days=0,
        ended_by=("forget_held_posts",),
    ),
    nobodys(
        "page_keys",
        "sweep_allowances",
        "recoveries",
        "chassis_schema",
        "chassis_version",
        "service_schema",
        "service_version",
        why="what operators allowed, and how far the database was migrated",
    ),
)
