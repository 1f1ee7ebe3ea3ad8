"""HGĐ's stand-in: what it knows, and how it can fail."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from deploy.sandbox.population import people

_KEY = {"X-Api-Key": "sandbox"}


def _ask(sandbox: Any, code: object, timeout: float = 5, headers: dict[str, str] = _KEY) -> requests.Response:
    return requests.post(f"{sandbox.url}/hgd/lookups", json={"bhxh_code": code}, headers=headers, timeout=timeout)


def _fault(sandbox: Any, **fault: object) -> requests.Response:
    return requests.put(f"{sandbox.url}/hgd/faults", json=fault, timeout=5)


def test_everybody_of_the_population_is_found_by_code(sandbox: Any) -> None:
    for person in (people()[0], people()[5_000], people()[-1]):
        assert _ask(sandbox, person.bhxh_code).json() == {
            "found": True,
            "bhxh_code": person.bhxh_code,
            "full_name": person.full_name,
            "date_of_birth": person.date_of_birth.isoformat(),
            "phone": person.phone,
        }


def test_a_code_that_nobody_has_is_answered_too(sandbox: Any) -> None:
    assert _ask(sandbox, "9999999999").json() == {"found": False}


def test_somebody_who_gets_a_code_is_found_from_then_on(sandbox: Any) -> None:
    body = {"full_name": "Lò Thị Mới", "date_of_birth": "1999-12-31", "phone": "0912345678"}
    assert requests.put(f"{sandbox.url}/hgd/people/9912345678", json=body, timeout=5).status_code == 201
    assert _ask(sandbox, "9912345678").json() == {"found": True, "bhxh_code": "9912345678", **body}


@pytest.mark.parametrize(
    "odd",
    [
        {"date_of_birth": 1959},
        {"date_of_birth": "00/00/1959"},
        {"date_of_birth": None},
        {},
        {"date_of_birth": "1959-03-02", "sex": 7, "found": False},
    ],
)
def test_an_odd_record_is_answered_as_it_was_given(sandbox: Any, odd: dict[str, object]) -> None:
    body = {"full_name": "Lò Thị Cũ"} | odd
    assert requests.put(f"{sandbox.url}/hgd/people/9912345679", json=body, timeout=5).status_code == 201
    expected = {"bhxh_code": "9912345679", **body, "found": True}
    assert _ask(sandbox, "9912345679").json() == expected


@pytest.mark.parametrize("code", ["123", "٠١١٣٠٩٩٨٤١", "01130998411", 113099841, None])
def test_what_is_no_code_is_refused(sandbox: Any, code: object) -> None:
    assert _ask(sandbox, code).status_code == 400


def test_a_wrong_key_is_refused(sandbox: Any) -> None:
    assert _ask(sandbox, "0113099841", headers={"X-Api-Key": "wrong"}).status_code == 401
    assert _ask(sandbox, "0113099841", headers={}).status_code == 401


def test_an_error_is_a_503_until_it_is_switched_off(sandbox: Any) -> None:
    assert _fault(sandbox, mode="error").json() == {"mode": "error"}
    assert _ask(sandbox, "0113099841").status_code == 503
    _fault(sandbox, mode="none")
    assert _ask(sandbox, "0113099841").status_code == 200


def test_unreachable_means_no_answer_at_all(sandbox: Any) -> None:
    _fault(sandbox, mode="unreachable")
    with pytest.raises(requests.exceptions.ConnectionError):
        _ask(sandbox, "0113099841")


def test_slow_takes_as_long_as_one_says(sandbox: Any) -> None:
    assert _fault(sandbox, mode="slow", seconds=0.4).json() == {"mode": "slow", "seconds": 0.4}
    began = time.monotonic()
    assert _ask(sandbox, "0113099841").json()["found"]
    assert time.monotonic() - began >= 0.4


def test_whoever_waits_for_a_slow_answer_gets_it_when_hgd_is_well_again(sandbox: Any) -> None:
    _fault(sandbox, mode="slow", seconds=60)
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(_ask, sandbox, "0113099841", 30)
        time.sleep(0.3)
        assert not waiting.done()
        _fault(sandbox, mode="none")
        assert waiting.result(5).json()["found"]


@pytest.mark.parametrize(
    "fault", [{"mode": "broken"}, {"mode": "slow", "seconds": -1}, {"mode": "slow", "seconds": "1"}, {}]
)
def test_a_fault_that_there_is_not_changes_nothing(sandbox: Any, fault: dict[str, object]) -> None:
    assert _fault(sandbox, **fault).status_code == 400
    assert requests.get(f"{sandbox.url}/hgd/faults", timeout=5).json() == {"mode": "none"}


def test_the_switchboard_of_the_page_switches(sandbox: Any) -> None:
    page = requests.post(f"{sandbox.url}/hgd/faults", data={"mode": "error"}, timeout=5)
    assert page.url == f"{sandbox.url}/"
    assert 'value="error" aria-pressed="true"' in page.text
    assert _ask(sandbox, "0113099841").status_code == 503
