"""Prometheus metrics of a service. Every series carries the label `service`.

`.labels()` takes a lock and builds a tuple at each call, so code on the path of every message holds a
`ServiceMetrics` instead: its children are looked up once and then cost a plain dict access::

    counted = metrics.of("registration")
    counted.messages["handled"].inc(200)
    counted.handler_seconds["declaration_submitted"].observe(0.003)

A label's values must be few and known beforehand: a fact's name only if the service reads it, an HTTP route as its
template and never the path itself (that would also publish dossier numbers).
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

Child = TypeVar("Child", Counter, Gauge, Histogram)

QUEUE_AGE_SECONDS = Histogram(
    "vss_queue_age_seconds",
    "From the time of a fact to the start of its handling",
    ["service"],
    buckets=(0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60, 300, 1800, 7200, 86400),
)
BATCH_MESSAGES = Histogram(
    "vss_batch_messages", "Messages handled in one transaction", ["service"], buckets=(1, 2, 5, 10, 20, 50, 100, 150, 200)
)
HANDLER_SECONDS = Histogram(
    "vss_handler_seconds",
    "Time spent in the handler of one fact",
    ["service", "fact"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5),
)
MESSAGES = Counter(
    "vss_messages_total", "Messages by what became of them: handled, duplicate, retried, parked", ["service", "outcome"]
)
RETRIES = Counter("vss_retries_total", "Messages put back for another try, by the delay", ["service", "delay"])
PARKED = Counter("vss_parked_total", "Messages parked for a person, by reason", ["service", "reason"])
HELD = Gauge("vss_messages_held", "Messages that wait for another try, or are parked", ["service", "state"])
OUTBOX_ROWS = Gauge("vss_outbox_rows", "Facts that some reader's queue is still to get", ["service"])
OUTBOX_AGE_SECONDS = Gauge(
    "vss_outbox_age_seconds", "Age of the oldest of these, but for lanes that stand still", ["service"]
)
RELAY_PUBLISHED = Counter("vss_relay_published_total", "Facts confirmed by the broker", ["service"])
FACTS = Counter("vss_facts_total", "Facts confirmed by the broker, by name: what happens, counted", ["service", "fact"])
BROKER_CONNECTED = Gauge(
    "vss_broker_connected", "Whether a connection to the broker is there, by its role", ["service", "role"]
)
BROKER_BLOCKED = Gauge(
    "vss_broker_blocked", "Whether the broker takes no messages from us (disk or memory alarm)", ["service", "role"]
)
PART_OK = Gauge("vss_part_ok", "Whether a part of the process is well, as /readyz says", ["service", "part"])
LANE_BEHIND = Gauge("vss_lane_behind", "Facts that a reader's queue is still to get", ["service", "reader"])
LANE_AGE_SECONDS = Gauge(
    "vss_lane_age_seconds", "Age of the oldest fact that a reader's queue is still to get", ["service", "reader"]
)
LANE_STOPPED = Gauge(
    "vss_lane_stopped",
    "1: a reader's queue is not bound to its lane (unbound), full (full), or confirms nothing (silent)",
    ["service", "reader", "why"],
)
PUBLIC_REFUSED = Counter("vss_public_refused_total", "Public facts that an agency's queue refused", ["service"])
FACTS_MISSING = Gauge("vss_facts_missing", "Facts that were told and never arrived, by source", ["service", "source"])
SOURCE_WENT_BACK = Gauge(
    "vss_source_went_back", "1: a source numbers anew what it tells, so its database was restored", ["service", "source"]
)
JOBS = Counter("vss_jobs_total", "Calls to the outside world by kind and outcome", ["service", "kind", "outcome"])
JOBS_WAITING = Gauge("vss_jobs_waiting", "Jobs that are due or will be", ["service", "kind"])
JOBS_HELD = Gauge("vss_jobs_held", "Jobs that are held until an operator helps, by why", ["service", "kind", "why"])
DATABASE_AWAY = Counter(
    "vss_database_away_total",
    "Statements and connections that the database refused to everybody, by why",
    ["service", "reason"],
)
SWEEP_HELD = Gauge(
    "vss_sweep_held", "1 while what deletes or expires is held: why=clock or rows", ["service", "sweep", "why"]
)
CLOCK_DIFFERENCE_SECONDS = Gauge(
    "vss_clock_difference_seconds", "How far this machine's clock is ahead of its database's (not with SQLite)", ["service"]
)
ADDRESSES_UNREAD = Counter(
    "vss_client_address_unread_total",
    "Requests whose client cannot be told, so that no limit per address counts them, by why; ignored: a proxy is counted for them",
    ["service", "why"],
)
GAVE_WAY = Counter(
    "vss_http_gave_way_total",
    "HTTP clients closed for others: of an address beyond its share (address), of too many (all), slow (slow); requests without a place (refused)",
    ["service", "why"],
)
THROTTLED = Counter(
    "vss_throttled_total",
    "Attempts refused because a limit is used up, by limit; …:everybody is what all who are not signed in share",
    ["service", "limit"],
)
TOKENS_AHEAD = Counter(
    "vss_tokens_ahead_total", "Valid tokens issued further in the future than clocks may differ", ["service"]
)
ENDED_SESSIONS_UNREAD = Counter(
    "vss_ended_sessions_unread_total",
    "Times that the sessions of staff ended by accounts could not be read there",
    ["service"],
)
HTTP_SECONDS = Histogram(
    "vss_http_request_seconds",
    "Time to answer an HTTP request",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class Children(dict[Any, Child]):
    """A metric's children of one service by label value (several: a tuple), each looked up once."""

    def __init__(self, metric: Child, service: str) -> None:
        super().__init__()
        self._find: Callable[..., Child] = functools.partial(metric.labels, service)

    def __missing__(self, key: Any) -> Child:
        found = self[key] = self._find(*(key if isinstance(key, tuple) else (key,)))
        return found


class ServiceMetrics:
    """The metrics of one service, ready to use on a hot path."""

    def __init__(self, service: str) -> None:
        self.queue_age_seconds = QUEUE_AGE_SECONDS.labels(service)
        self.batch_messages = BATCH_MESSAGES.labels(service)
        self.handler_seconds = Children(HANDLER_SECONDS, service)
        self.messages = Children(MESSAGES, service)
        self.retries = Children(RETRIES, service)
        self.parked = Children(PARKED, service)
        self.held = Children(HELD, service)
        self.outbox_rows = OUTBOX_ROWS.labels(service)
        self.outbox_age_seconds = OUTBOX_AGE_SECONDS.labels(service)
        self.relay_published = RELAY_PUBLISHED.labels(service)
        self.facts = Children(FACTS, service)
        self.broker_connected = Children(BROKER_CONNECTED, service)
        self.broker_blocked = Children(BROKER_BLOCKED, service)
        self.part_ok = Children(PART_OK, service)
        self.lane_behind = Children(LANE_BEHIND, service)
        self.lane_age_seconds = Children(LANE_AGE_SECONDS, service)
        self.lane_stopped = Children(LANE_STOPPED, service)
        self.public_refused = PUBLIC_REFUSED.labels(service)
        self.facts_missing = Children(FACTS_MISSING, service)
        self.source_went_back = Children(SOURCE_WENT_BACK, service)
        self.jobs = Children(JOBS, service)
        self.jobs_waiting = Children(JOBS_WAITING, service)
        self.jobs_held = Children(JOBS_HELD, service)
        self.database_away = Children(DATABASE_AWAY, service)
        self.sweep_held = Children(SWEEP_HELD, service)
        self.clock_difference_seconds = CLOCK_DIFFERENCE_SECONDS.labels(service)
        self.addresses_unread = Children(ADDRESSES_UNREAD, service)
        self.gave_way = Children(GAVE_WAY, service)
        self.throttled = Children(THROTTLED, service)
        self.tokens_ahead = TOKENS_AHEAD.labels(service)
        self.ended_sessions_unread = ENDED_SESSIONS_UNREAD.labels(service)
        self.http_seconds = Children(HTTP_SECONDS, service)


@functools.cache
def of(service: str) -> ServiceMetrics:
    """Return the metrics of `service`; always the same object."""
    return ServiceMetrics(service)


def exposition() -> tuple[bytes, str]:
    """Return all metrics in Prometheus' text format, and its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
