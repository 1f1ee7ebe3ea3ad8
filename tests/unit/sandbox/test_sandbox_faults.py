"""The sandbox' switchable faults: what they take, and that what is left out is well."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from deploy.sandbox.faults import AwsFaults, Faults, MailFaults, SmsFaults


def put(faults: Faults, kind: str, wanted: Any) -> int:
    """The status of a request that switches faults."""

    async def ask() -> int:
        app = web.Application()
        app.add_routes(faults.routes())
        async with TestClient(TestServer(app)) as client, client.put(f"/faults/{kind}", json=wanted) as answer:
            return answer.status

    return asyncio.run(ask())


def test_what_is_switched_on_holds_until_the_next_request_which_leaves_the_rest_well() -> None:
    faults = Faults()
    assert put(faults, "sms", {"share": 1, "refuse": 21408, "callbacks_lost": 0.1}) == 200
    assert (faults.sms.refuse, faults.sms.callbacks_lost) == (21408, 0.1)
    assert put(faults, "mail", {"share": 1, "step": "DATA", "reply": "554 5.7.1 spam"}) == 200
    assert put(faults, "sms", {}) == 200
    assert (faults.sms, faults.mail.reply) == (SmsFaults(), "554 5.7.1 spam")
    wanted: dict[str, Any] = {
        "share": 1,
        "refuse": "ValidationException SENDER_ID_NOT_REGISTERED",
        "dead": True,
        "delivery_seconds": 30,
    }
    assert put(faults, "aws", wanted) == 200
    assert faults.aws == AwsFaults(share=1, refuse=wanted["refuse"], dead=True, delivery_seconds=30)
    assert faults.sms == SmsFaults()
    assert put(faults, "mail", {}) == 200
    assert faults.mail == MailFaults()


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("sms", {"refusal": 1}),
        ("sms", {"share": 2}),
        ("sms", {"share": True}),
        ("sms", {"refuse": "21408"}),
        ("sms", {"cut": 1}),
        ("sms", {"list": "nothing"}),
        ("sms", {"record": "gone"}),
        ("sms", {"callbacks_late_seconds": 601}),
        ("aws", {"refuse": 21408}),
        ("aws", {"refuse": "a\r\nb"}),
        ("aws", {"list": "empty"}),
        ("aws", {"dead": 1}),
        ("sms", {"answer_seconds": 601}),
        ("mail", {"step": "QUIT"}),
        ("mail", {"reply": "250 OK"}),
        ("mail", {"reply": "550 a\r\n250 b"}),
        ("sms", []),
    ],
)
def test_what_is_no_such_fault_is_refused_and_changes_nothing(kind: str, wanted: Any) -> None:
    faults = Faults()
    assert put(faults, kind, wanted) == 400
    assert (faults.sms, faults.aws, faults.mail) == (SmsFaults(), AwsFaults(), MailFaults())


def test_a_share_is_how_often_it_happens() -> None:
    faults = Faults()
    happened = sum(faults.happens(0.2, "sms") for _ in range(5_000))
    assert 800 < happened < 1_200
    assert faults.counts["sms"] == happened
    assert not any(faults.happens(0.0, "sms") for _ in range(100))
