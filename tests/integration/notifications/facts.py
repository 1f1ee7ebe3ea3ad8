"""Facts as the other services send them: their published examples, changed where a test needs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from services.accounts import events as accounts
from services.chassis.facts import Fact
from services.chassis.ids import uuid7
from services.chassis.seal import KeyPair, Sealer
from services.registration import events as registration
from services.verification import events as verification
from tests.stand.messages import PREFIX, Message

_SERVICES = {"accounts": accounts, "registration": registration, "verification": verification}


def message(service: str, fact: type[Fact], **changes: Any) -> Message:
    """The fact's example with `changes`, in its envelope."""
    data = fact.example | changes
    fact.load(data)  # a test must not send what the publisher would never send
    id_ = str(uuid7())
    headers = {
        "specversion": "1.0",
        "id": id_,
        "source": f"/vss/{service}",
        "type": f"vn.vss.{service}.{fact.fact_name}.v{fact.version}",
        "subject": str(data[fact.subject_field]),
        "time": now(),
        "revision": 1,
        "correlationid": str(data[fact.subject_field]),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    body = json.dumps(data, ensure_ascii=False).encode()
    return Message(f"{service}.events", fact.fact_name, body, {PREFIX + k: v for k, v in headers.items()}, id_)


def activated(keys: KeyPair, password: str, **changes: Any) -> Message:
    """`account_activated` with this password in its box."""
    account_id = str(uuid7())
    box = Sealer(keys.public_key).seal({"password": password}, f"first-password:{account_id}")
    changes = {"account_id": account_id, "sealed_credential": box, "complete_at": now(), "activated_at": now()} | changes
    return message("accounts", accounts.AccountActivated, **changes)


def otp(keys: KeyPair, code: str, expires_at: datetime, **changes: Any) -> Message:
    """`otp_issued` with this code in its box."""
    otp_id = str(uuid7())
    box = Sealer(keys.public_key).seal({"code": code}, f"otp:{otp_id}")
    changes = {"otp_id": otp_id, "sealed_code": box, "issued_at": now(), "expires_at": expires_at.isoformat()} | changes
    return message("accounts", accounts.OtpIssued, **changes)


def now() -> str:
    return datetime.now(UTC).isoformat()
