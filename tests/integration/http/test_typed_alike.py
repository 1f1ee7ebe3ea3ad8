"""The same text, typed into the forms of all services, has the same result (W2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.http.desks import COMPLAINT, FORM, STAFF, UNKNOWN_NO, Desk

pytestmark = pytest.mark.rule("W2")

_PHONES = [
    "\u202d0983 847 986\u202c", "\u20680983847986\u2069", "0983\u2011847\u2011986", "0983\u2013847\u2013986", "0983\u200b847986", "\ufeff0983847986", "0983\u2212847986",
    "tel:0983847986", "0983\u202f847\u202f986", "0983\t847\t986", "\uff10\uff19\uff18\uff13847986", "+84\u00a0983\u00a0847\u00a0986", "(0983)\u2009847.986;", "\uf0b7 0983847986", "0983847986\x85",
]  # fmt: skip
_NO_PHONES = ["O983847986", "09838479B6", "0983847986 hoặc 0912345678"]
_EMAILS = ["a@b.vn ", "a@b.vn\u200b", "\u202aa@b.vn\u202c", "mailto:a@b.vn", "a\uff20b.vn", "a@b.vn\r\n"]
_NO_EMAILS = ["nguyễn@b.vn", "a b@b.vn", "a@localhost", ".an@b.vn", "x" * 65 + "@b.vn"]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    return {
        service: Desk(service, tmp_path_factory.mktemp(service)).filled()
        for service in ("registration", "verification", "accounts", "feedback")
    }


def _form(**changes: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = dict(FORM)
    return form | {part: form[part] | given for part, given in changes.items()}


def _asked(desks: dict[str, Desk], field: str, value: str) -> dict[str, int]:
    """The status of a request with that phone or e-mail address in each service; verification has no such case: 404 after a good body."""
    contact: dict[str, Any] = {"phone": "0983847986"} | {field: value}
    requests = {
        "registration": ("/registration/declarations", None, _form(contact=contact)),
        "verification": (f"/verification/cases/{UNKNOWN_NO}/correction", "approver", {field: value}),
        "accounts": ("/accounts/staff", "admin", STAFF | {"role": "support"} | {field: value}),
        "feedback": ("/feedback/complaints", "officer", COMPLAINT | {"contact": contact}),
    }
    return {
        service: desks[service].ask("POST", path, role=role, json=body).status_code
        for service, (path, role, body) in requests.items()
    }


@pytest.mark.parametrize(("field", "value"), [("phone", each) for each in _PHONES] + [("email", each) for each in _EMAILS])
def test_what_looks_right_is_taken_in_every_service(desks: dict[str, Desk], field: str, value: str) -> None:
    found = _asked(desks, field, value)
    assert 422 not in found.values(), found


@pytest.mark.parametrize(
    ("field", "value"), [("phone", each) for each in _NO_PHONES] + [("email", each) for each in _NO_EMAILS]
)
def test_what_is_wrong_is_refused_in_every_service(desks: dict[str, Desk], field: str, value: str) -> None:
    assert set(_asked(desks, field, value).values()) == {422}


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("0113 099 841", 201),
        ("0113\u200b099841", 201),
        ("\u202d0113099841\u202c", 201),
        ("\ufeff0113\u2011099\u2011841", 201),
        ("O113099841", 422),
        ("011309984", 422),
    ],
)
def test_a_bhxh_code_is_judged_alike_in_every_service(desks: dict[str, Desk], typed: str, status: int) -> None:
    form = _form(subject={"bhxh_code": typed})
    assert desks["registration"].ask("POST", "/registration/declarations", json=form).status_code == status
    assert (
        desks["feedback"]
        .ask("POST", "/feedback/complaints", role="officer", json=COMPLAINT | {"bhxh_code": typed})
        .status_code
        == status
    )
    if typed.isascii() and typed.isprintable():  # a code is searched for by a header, which takes nothing else
        searched = desks["verification"].ask("GET", "/verification/cases", role="officer", headers={"X-Bhxh-Code": typed})
        assert searched.status_code == (200 if status == 201 else 422)
