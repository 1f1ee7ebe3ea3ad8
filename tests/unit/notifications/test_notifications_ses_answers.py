"""Every row of ses.toml, every HTTP status, and every exception of botocore, at each call that we make to SES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import botocore.exceptions
import botocore.httpsession
import pytest

from services.chassis.errors import ChassisError, Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.seal import generate_keypair
from services.chassis.settings import Url
from services.chassis.verdicts import Fault, Verdict
from services.notifications.mail.bounces import TABLE
from services.notifications.mail.port import Mail, MailAccountRefused, MailRefused, MailUnavailable, NoAnswer
from services.notifications.mail.ses import SesMail
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings
from tests.unit.notifications.boto_session import EXCEPTIONS, Answering

pytestmark = pytest.mark.rule("N14")

MAIL = Mail("019aa5b5-c0de-7000-a000-00000000000d", "biennt@vss.gov.vn", "Tài khoản", "Kính gửi\n", "<p>Kính gửi</p>")
CALLS: dict[str, Callable[[SesMail], Any]] = {
    "send": lambda ses: ses.send(MAIL, timeout=1),
    "receipt": lambda ses: ses.receipt("0100", timeout=1),
    "check": lambda ses: ses.check(timeout=1),
}
ANSWERS = [
    row
    for row in TABLE.rows
    if not row.answer.startswith(("Bounce/", "Reject", "Rendering")) and row.fault is not Fault.NONE
]


@pytest.fixture
def ses_says(monkeypatch: pytest.MonkeyPatch) -> Answering:
    settings = Settings(seal_private_key=generate_keypair().private_key, ses_endpoint_url=Url("http://127.0.0.1:1"))
    return Answering(monkeypatch, CALLS, MAIL.to, lambda: SesMail(settings))


def give(world: Answering, row: Verdict) -> None:
    cls = getattr(botocore.exceptions, row.answer, None)
    if cls is not None:
        world.answer = cls.__new__(cls)
    elif row.answer.startswith("HTTP "):
        world.says(int(row.answer.removeprefix("HTTP ").replace("xx", "20")), b"<html></html>")
    else:
        code, _, words = row.answer.partition(" ")
        text = f"Local {words} contains control or whitespace: {MAIL.to}" if words else f"about {MAIL.to}"
        world.says(400, {"message": text}, code)


MEANING: dict[Fault, tuple[type[Exception], ...]] = {
    Fault.MESSAGE: (MailRefused,),
    Fault.OURS: (MailAccountRefused,),
    Fault.PASSING: (MailUnavailable, RetryAfter),
    Fault.UNKNOWN: (NoAnswer,),
}


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.answer)
def test_each_row_means_what_it_says_when_we_send(ses_says: Answering, row: Verdict) -> None:
    give(ses_says, row)
    error = ses_says.raised("send")
    assert type(error) in MEANING[row.fault]
    if row.fault in (Fault.MESSAGE, Fault.OURS):
        assert getattr(error, "code", None) == row.code


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.answer)
@pytest.mark.parametrize("call", ["receipt", "check"])
def test_a_question_that_fails_is_never_final_and_no_copy(ses_says: Answering, call: str, row: Verdict) -> None:
    give(ses_says, row)
    error = ses_says.raised(call)
    assert error is None or isinstance(error, Transient)
    assert not isinstance(error, NoAnswer)


@pytest.mark.parametrize("status", [*range(200, 210), *range(300, 310), *range(400, 452), *range(500, 600)])
def test_every_status_is_understood_and_none_is_final_without_a_row(ses_says: Answering, status: int) -> None:
    for body in (b"", b"<html>biennt@vss.gov.vn</html>", b"[]", b"{}"):
        for call in CALLS:
            ses_says.says(status, body)
            error = ses_says.raised(call)
            assert error is None or isinstance(error, ChassisError)
            assert not isinstance(error, Permanent) or status == 413


def test_an_answer_that_nobody_knows_is_held(ses_says: Answering) -> None:
    ses_says.says(400, {"message": f"about {MAIL.to}"}, "SomethingNewException")
    error = ses_says.raised("send")
    assert isinstance(error, MailAccountRefused)
    assert error.code == "unknown_answer"


@pytest.mark.parametrize("cls", EXCEPTIONS, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
@pytest.mark.parametrize("call", CALLS)
def test_every_exception_becomes_one_of_ours(ses_says: Answering, call: str, cls: type[Exception]) -> None:
    ses_says.meets(cls)
    raised = ses_says.raised(call)
    assert raised is None or isinstance(raised, Transient)
    assert call != "send" or raised is not None


def test_an_address_that_ses_cannot_take_is_refused_before_it_is_asked(ses_says: Answering) -> None:
    with pytest.raises(MailRefused) as refused:
        ses_says.adapter.send(replace(MAIL, to="nguyễn@vss.gov.vn"), timeout=1)
    assert refused.value.code == "unsupported_address"


def event(kind: str, at: str, **details: Any) -> dict[str, Any]:
    return {"Type": kind, "Timestamp": at, "Details": details}


@pytest.mark.parametrize(
    ("events", "receipt"),
    [
        ([event("SEND", "2026-11-28T00:00:00Z")], PENDING),
        ([event("SEND", "2026-11-28T00:00:00Z"), event("DELIVERY", "2026-11-28T00:00:01Z")], Receipt(delivered=True)),
        (
            [
                event("DELIVERY", "2026-11-28T00:00:01Z"),
                event("BOUNCE", "2026-11-28T00:00:02Z", Bounce={"BounceType": "PERMANENT", "BounceSubType": "NoEmail"}),
            ],
            Receipt(code="invalid_address", certain=True),
        ),
        (
            [
                event("DELIVERY", "2026-11-28T00:00:01Z"),
                event("BOUNCE", "2026-11-28T00:00:02Z", Bounce={"BounceType": "TRANSIENT", "BounceSubType": "General"}),
            ],
            Receipt(delivered=True),
        ),
        ([], PENDING),
    ],
)
def test_what_ses_kept_of_an_email_says_how_it_ended(
    ses_says: Answering, events: list[dict[str, Any]], receipt: Receipt
) -> None:
    ses_says.says(200, {"MessageId": "0100", "Insights": [{"Destination": MAIL.to, "Events": events}]})
    assert ses_says.adapter.receipt("0100", timeout=1) == receipt


def test_what_ses_does_not_keep_stays_open(ses_says: Answering) -> None:
    ses_says.says(404, {"message": "x"}, "NotFoundException")
    assert ses_says.adapter.receipt("0100", timeout=1) == PENDING


def test_the_table_has_a_source_for_every_row() -> None:
    assert [row.answer for row in TABLE.rows if not row.source.startswith("https://")] == []
