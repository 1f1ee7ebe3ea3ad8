"""Whoever files, guesses or walks numbers without end is stopped, and nobody else is (items 1 and 7 of the penetration test)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.feedback.complaints.numbers import FORM
from tests.attacks import filings
from tests.attacks.lonely import Lonely, lonely
from tests.attacks.stranger import Stranger
from tests.attacks.subjects import attack

_COMPLAINT = {
    "channel": "web", "office_code": "01", "category_code": "khac", "subject_line": "Sai quá trình tham gia BHXH",
    "body": "Sổ BHXH không ghi nhận các tháng tôi đã làm việc năm 2019.", "contact": {"phone": "0983847986"},
}  # fmt: skip
_WRONG = "AAAA-BBBB-CCCC-DDDD"


def test_of_many_anonymous_filings_no_address_has_more_than_its_budget_and_neighbours_go_on(tmp_path: Path) -> None:
    record = attack(filings, scale=0.01, folder=tmp_path)
    # how fast a full machine answers is the long form's to say
    assert [fault for fault in record["wrong"] if not fault.startswith("healthz")] == []
    assert record["figures"]["refused_429"] > 60


@pytest.fixture(scope="module")
def attacked() -> Iterator[Lonely]:
    with lonely("feedback", TRUSTED_PROXIES=1, COMPLAINTS_PER_ADDRESS_HOUR=4) as running:
        yield running


def filed(stranger: Stranger, **headers: str) -> dict[str, str]:
    answer = stranger.call("POST", "/feedback/complaints", json=_COMPLAINT, headers=headers)
    assert answer is not None
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def test_one_address_complains_only_so_often_and_is_told_when_to_come_back(attacked: Lonely) -> None:
    stranger = Stranger(attacked.url, "203.0.113.7")
    for _ in range(4):
        filed(stranger)
    refused = stranger.call("POST", "/feedback/complaints", json=_COMPLAINT)
    assert refused is not None
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    filed(Stranger(attacked.url, "203.0.113.8"))


def test_nobody_learns_by_walking_numbers_which_complaints_there_are(attacked: Lonely) -> None:
    made = filed(Stranger(attacked.url, "203.0.113.20"))
    day = made["complaint_no"].split("-")[1]
    numbers = [FORM.number(day, serial) for serial in (*range(1, 9), *range(900_001, 900_009))]
    assert made["complaint_no"] in numbers
    for code in (None, _WRONG):
        stranger = Stranger(attacked.url, "203.0.113.21")
        seen = set()
        for no in numbers:
            answer = stranger.call("GET", f"/feedback/complaints/{no}", headers={"X-Tracking-Code": code} if code else {})
            assert answer is not None
            seen.add((answer.status_code, str({name: text for name, text in answer.json().items() if name != "trace_id"})))
        assert len(seen) == 1, code
    held = Stranger(attacked.url, "203.0.113.21").call(
        "GET", f"/feedback/complaints/{made['complaint_no']}", headers={"X-Tracking-Code": made["tracking_code"]}
    )
    assert held is not None
    assert held.status_code == 200, "the holder, at the same address"


def test_a_code_is_guessed_at_only_so_often_and_its_holder_is_never_kept_away(attacked: Lonely) -> None:
    made = filed(Stranger(attacked.url, "203.0.113.30"))
    path, stranger = f"/feedback/complaints/{made['complaint_no']}", Stranger(attacked.url, "203.0.113.31")
    for _ in range(25):
        stranger.call("GET", path, headers={"X-Tracking-Code": _WRONG})
    assert stranger.statuses == {404: 20, 429: 5}
    holder = Stranger(attacked.url, "203.0.113.31")
    holder.call("GET", path, headers={"X-Tracking-Code": made["tracking_code"]})
    assert holder.statuses == {200: 1}


def test_a_submission_is_not_replayed_to_who_has_the_key_and_not_the_code() -> None:
    with lonely("registration", TRUSTED_PROXIES=1) as attacked:
        holder, stranger = Stranger(attacked.url, "203.0.113.40"), Stranger(attacked.url, "203.0.113.41")
        drafted = holder.call("POST", "/registration/declarations", json=filings.declaration(1))
        assert drafted is not None
        made = drafted.json()
        path, key = f"/registration/declarations/{made['draft_id']}/submit", {"Idempotency-Key": "6f1c6d53-submit"}
        own = key | {"X-Tracking-Code": made["tracking_code"]}
        first, again = (holder.call("POST", path, json={"commitment": True}, headers=own) for _ in range(2))
        assert first is not None
        assert again is not None
        assert (first.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (202, first.json(), "true")
        for code in ({}, {"X-Tracking-Code": _WRONG}):
            answer = stranger.call("POST", path, json={"commitment": True}, headers=key | code)
            assert answer is not None
            assert answer.status_code in (401, 404)
            assert first.json()["dossier_no"] not in answer.text
