"""A parking queue as the subscriber and the broker leave it, for the tests of `vss parked`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from services.chassis.bus.topology import Topology, of_service
from services.chassis.cli.confirms import ConfirmingChannel, Outcome, Outgoing

SERVICE = "verification"
TYPE = "vn.vss.registration.declaration_submitted.v1"
BODY = {"dossier_no": "261121-000001-8", "full_name": "Nguyễn Thành Biên", "contact": {"phone": "0912345678"}}


def topology(max_bytes: int = 1 << 30, delivery_limit: int = 50) -> Topology:
    return of_service(
        SERVICE,
        [("registration", "declaration_submitted")],
        retry_delays_seconds=(5,),
        max_bytes=max_bytes,
        delivery_limit=delivery_limit,
    )


class Lot:
    """The queues of one service, declared as the service does."""

    def __init__(self, uri: str, **limits: int) -> None:
        self.uri = uri
        self.connection = pika.BlockingConnection(pika.URLParameters(uri))
        self.channel: BlockingChannel = self.connection.channel()
        self._publisher = ConfirmingChannel(self.connection)
        self.began = datetime.now(UTC)
        for queue in topology(**limits).queues:
            self.channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)

    def park(
        self,
        *,
        id_: str | None = "",
        body: bytes | None = None,
        reason: str | None = "handler_error",
        error: str = "KeyError: 'office'",
        type_: str = TYPE,
        minutes_ago: float = 0,
        attempts: int = 1,
        headers: dict[str, Any] | None = None,
        copies: int = 1,
        **properties: Any,
    ) -> str:
        """Park a message as the subscriber does; its id. ``id_=None``: one without."""
        return self.park_many(
            [
                self.message(id_, body, reason, error, type_, minutes_ago, attempts, headers, **properties)
                for id_ in [str(uuid.uuid4()) if id_ == "" else id_]
                for _ in range(copies)
            ]
        )[0]

    def message(
        self,
        id_: str | None,
        body: bytes | None = None,
        reason: str | None = "handler_error",
        error: str = "KeyError: 'office'",
        type_: str = TYPE,
        minutes_ago: float = 0,
        attempts: int = 1,
        headers: dict[str, Any] | None = None,
        **properties: Any,
    ) -> Outgoing:
        then = (self.began - timedelta(minutes=minutes_ago)).isoformat(timespec="milliseconds")
        all_headers: dict[str, Any] = {"cloudEvents:type": type_, "cloudEvents:subject": "261121-000001-8"}
        if id_ is not None:
            all_headers["cloudEvents:id"] = id_
        if reason is not None:
            all_headers |= {
                "vss-parked-reason": reason,
                "vss-parked-error": error,
                "vss-attempts": attempts,
                "vss-first-seen": then,
                "vss-parked-at": then,
            }
        return Outgoing(
            f"{SERVICE}.parked",
            json.dumps(BODY, ensure_ascii=False).encode() if body is None else body,
            pika.BasicProperties(
                content_type="application/json",
                delivery_mode=2,
                message_id=id_,
                headers=all_headers | (headers or {}),
                **properties,
            ),
        )

    def park_many(self, messages: Iterable[Outgoing]) -> list[str]:
        messages = list(messages)
        for start in range(0, len(messages), 500):
            assert set(self._publisher.publish(messages[start : start + 500])) == {Outcome.SAFE}
        return [m.properties.headers.get("cloudEvents:id", "") for m in messages]

    def count(self, queue: str = f"{SERVICE}.parked") -> int:
        return int(self.connection.channel().queue_declare(queue, passive=True).method.message_count)

    def settled(self, count: int, queue: str = f"{SERVICE}.parked") -> int:
        """The count once it is ``count``; whatever it is after 5 s."""
        deadline = time.monotonic() + 5
        while (found := self.count(queue)) != count and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def read(self, queue: str = f"{SERVICE}.parked") -> list[tuple[pika.BasicProperties, bytes]]:
        """What is in a queue, in its order, taken away for good."""
        channel = self.connection.channel()
        taken = []
        while (got := channel.basic_get(queue, auto_ack=True))[0]:
            got[1].headers.pop("x-delivery-count", None)
            taken.append((got[1], got[2]))
        channel.close()
        return taken

    def inbound(self) -> list[tuple[pika.BasicProperties, bytes]]:
        return self.read(f"{SERVICE}.in.v1")

    def close(self) -> None:
        if self.connection.is_open:
            self.connection.close()
