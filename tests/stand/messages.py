"""Messages as another service would send them, or a faulty client."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pika

from services.chassis.ids import uuid7

PREFIX = "cloudEvents:"


@dataclass
class Message:
    """One message. Readers recognise copies by `id`."""

    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    id: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def properties(self) -> pika.BasicProperties:
        values: dict[str, Any] = {"content_type": "application/json", "delivery_mode": 2, "message_id": self.id} | self.more
        return pika.BasicProperties(headers=self.headers, **values)


def filed(number: int, wish: str = "", **data: Any) -> Message:
    """Return the fact `filed` v1 of the service `front`; `wish` tells the test service `desk` what to do with it."""
    dossier_no = f"261121-{number:06d}"
    content = {"dossier_no": dossier_no, "full_name": "Nguyễn Thị Bích Ngọc", "wish": wish} | data
    id_ = str(uuid7())
    headers = {
        "specversion": "1.0",
        "id": id_,
        "source": "/vss/front",
        "type": "vn.vss.front.filed.v1",
        "subject": dossier_no,
        "time": "2026-11-21T08:00:00.000000Z",
        "revision": 1,
        "correlationid": f"thread-{number}",
        "traceparent": f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01",
    }
    return Message(
        "front.events",
        "filed",
        json.dumps(content, ensure_ascii=False).encode(),
        {PREFIX + name: value for name, value in headers.items()},
        id_,
    )


def without(message: Message, *attributes: str) -> Message:
    """Return the message without these attributes of its envelope."""
    for name in attributes:
        del message.headers[PREFIX + name]
    return message


def with_(message: Message, **attributes: Any) -> Message:
    """Return the message with these attributes in its envelope."""
    for name, value in attributes.items():
        message.headers[PREFIX + name] = value
    return message
