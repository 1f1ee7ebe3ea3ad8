"""What travels in the benchmark: the fact that every hop reads, and the fact that every hop must publish.

The fact that is read has the names that nameko derives by itself for `event_handler("front", "dossier_filed")`, so that the plain
nameko peer needs no bending; only its input queue has a name of its own. Its follow-ups leave by the exchange that nameko derives.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.chassis.ids import uuid7

QUORUM = {"x-queue-type": "quorum"}
CONTENT_TYPE = "application/json"

IN_EXCHANGE, IN_KEY, IN_QUEUE = "front.events", "dossier_filed", "hop.in.v1"
OUT_EXCHANGE, OUT_KEY, OUT_QUEUE = "hop.to.archive", "case_opened", "hop.out"
#: where nameko's own dispatcher publishes, whatever it is told; bound to the same queue
DISPATCHER_EXCHANGE = "hop.events"

#: what a follow-up's headers must name, besides `specversion`
ATTRIBUTES = (
    "id",
    "source",
    "type",
    "subject",
    "time",
    "dataschema",
    "revision",
    "correlationid",
    "causationid",
    "traceparent",
)
PREFIX = "cloudEvents:"

_PEOPLE = ("Nguyễn Thị Bích Ngọc", "Trần Đức Thịnh", "Phạm Thị Hồng Nhung", "Lê Hoàng Phương Anh", "Đặng Hữu Nghĩa")
_PLACES = ("Thụy Trai", "Quỳnh Hưởng", "Đông Xá", "An Mỹ", "Vũ Lễ")


class Message(NamedTuple):
    """One message as it goes on the wire."""

    id: str
    headers: dict[str, Any]
    body: bytes


def dossier(number: int) -> dict[str, str]:
    """The data of fact `number`: seven texts, about 300 bytes of UTF-8 JSON."""
    person = _PEOPLE[number % len(_PEOPLE)]
    return {
        "dossier_no": f"261121-{number:06d}-{number % 10}",
        "full_name": person,
        "bhxh_code": f"{number:010d}",
        "id_number": f"{1185000000 + number:012d}",
        "phone": f"+849{number:08d}",
        "email": "cong.dan@example.vn",
        "address": f"Thôn {number % 9 + 1}, xã {_PLACES[number % len(_PLACES)]}, huyện Kiến Xương, tỉnh Thái Bình",
        "office": "BHXH huyện Kiến Xương",
    }


def case_of(fact: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the follow-up: the fact's own, and the number of the case that was opened."""
    return {**fact, "case_no": f"C-{fact['dossier_no']}"}


def encode(data: Mapping[str, Any]) -> bytes:
    """JSON as all peers write it: UTF-8, nothing escaped, no spaces."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def facts(count: int) -> Iterator[Message]:
    """The messages to be handled: CloudEvents in binary mode, with every attribute that a service of this project sends."""
    for number in range(count):
        data = dossier(number)
        headers = _headers("front", IN_KEY, data["dossier_no"], traceparent=f"00-{uuid.uuid4().hex}-{number + 1:016x}-01")
        yield Message(headers[PREFIX + "id"], headers, encode(data))


def follow_up_headers(cause: Mapping[str, Any], dossier_no: str) -> dict[str, Any]:
    """The envelope of a `case_opened` that follows from the message with the headers `cause`.

    For the peers whose own library leaves the envelope to the application.
    """
    trace_id = str(cause[PREFIX + "traceparent"]).split("-")[1]
    return _headers(
        "hop", OUT_KEY, dossier_no, traceparent=f"00-{trace_id}-{uuid.uuid4().hex[:16]}-01", causationid=cause[PREFIX + "id"]
    )


def _headers(service: str, fact: str, dossier_no: str, **more: str) -> dict[str, Any]:
    attributes = {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": f"/vss/{service}",
        "type": f"vn.vss.{service}.{fact}.v1",
        "subject": dossier_no,
        "time": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "dataschema": f"/vss/{service}/facts/{fact}.v1.json",
        "revision": 1,
        "correlationid": dossier_no,
        **more,
    }
    return {PREFIX + name: value for name, value in attributes.items()}
