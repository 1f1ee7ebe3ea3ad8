"""Every published example is understood by every reader; what does not fit is told in words."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.chassis.catalogue import snapshot
from services.chassis.testing.contracts import every_example_loads, every_recorded_example_loads, unread, variants
from tests.contract.samples import making
from tests.contract.samples.registration import DeclarationSubmitted, Registration
from tests.contract.samples.verification import Verification


def contact(*, tolerant: bool, **declared: ma.fields.Field[Any]) -> type[ma.Schema]:
    meta = type("Meta", (), {"unknown": ma.EXCLUDE if tolerant else ma.RAISE})
    return type("Contact", (ma.Schema,), {**declared, "Meta": meta})


def faults(publishes: Any, reads: Any) -> list[str]:
    return every_example_loads([making.service(publishes=[publishes]), making.service("verification", reads=[reads])])


def test_the_samples_understand_each_other() -> None:
    assert every_example_loads([Registration, Verification]) == []
    assert unread([Registration, Verification]) == []


def test_each_example_is_also_tried_poorer_and_richer_than_it_is() -> None:
    tried = dict(variants(DeclarationSubmitted))
    assert tried["the example"] == DeclarationSubmitted.example
    assert "email" not in tried["the example without optional fields"]["contact"]
    assert "signature" not in tried["the example without optional fields"]
    assert tried["the example with nulls"]["contact"]["email"] is None
    richer = tried["the example with fields that a later release adds"]
    assert "added_by_a_later_release" in richer
    assert "added_by_a_later_release" in richer["attachments"][0]
    assert "added_by_a_later_release" not in richer["remarks"]


def test_a_reader_of_another_type_is_told() -> None:
    fact = making.fact({"size": 3}, size=fields.Integer(required=True))
    assert faults(fact, making.reader(size=fields.String(required=True)))[0] == (
        "verification reads registration declaration_submitted v1: it does not load the example: declaration_submitted.v1: "
        "size: Not a valid string."
    )


def test_a_reader_that_needs_an_optional_field_is_told_though_the_example_has_it() -> None:
    fact = making.fact({"note": "a"}, note=fields.String())
    [fault] = faults(fact, making.reader(note=fields.String(required=True)))
    assert "it does not load the example without optional fields: declaration_submitted.v1: note: Missing data" in fault


def test_a_reader_that_cannot_take_null_is_told() -> None:
    fact = making.fact({"note": "a"}, note=fields.String(required=True, allow_none=True))
    [fault] = faults(fact, making.reader(note=fields.String(required=True)))
    assert "it does not load the example with nulls: declaration_submitted.v1: note: Field may not be null." in fault


def test_a_reader_of_a_field_that_is_not_published_is_told_the_nearest() -> None:
    fact = making.fact({"phone_number": "+8490"}, phone_number=fields.String(required=True))
    assert faults(fact, making.reader(phonenumber=fields.String())) == [
        "verification reads registration declaration_submitted v1: there is no field phonenumber; is it phone_number?"
    ]


def test_a_reader_of_what_nobody_publishes_is_told_what_there_is() -> None:
    fact = making.fact()
    dossier: dict[str, Any] = {"dossier_no": fields.String(required=True)}
    what = "verification reads registration"
    assert faults(fact, making.reader(version=2, **dossier)) == [
        f"{what} declaration_submitted v2, which nobody publishes: there is v1"
    ]
    assert faults(fact, making.reader(name="declaration_submited", **dossier)) == [
        f"{what} declaration_submited v1, which nobody publishes: is it declaration_submitted?"
    ]
    assert faults(fact, making.reader(name="otp_issued", **dossier)) == [
        f"{what} otp_issued v1, which nobody publishes: registration publishes declaration_submitted"
    ]
    assert faults(fact, making.reader(service="accounts", **dossier)) == [
        (
            "verification reads accounts declaration_submitted v1, which nobody publishes: there is no service accounts among "
            "registration, verification"
        )
    ]


def test_a_fact_that_must_be_read_and_is_not_is_told() -> None:
    waiting, idle = making.fact(), making.fact(name="draft_left", needs_reader=False)
    assert unread([making.service(publishes=[waiting, idle])]) == [
        (
            "registration publishes declaration_submitted v1, which no service reads; read it, "
            "or declare it with needs_reader=False"
        )
    ]


def test_an_example_that_json_cannot_carry_is_told_once() -> None:
    fact = making.fact({"fee": 1}, fee=fields.Decimal(required=True))
    [fault] = faults(fact, making.reader(fee=fields.Decimal(required=True)))
    assert fault.startswith("registration declaration_submitted v1: its example does not survive being sent: ")


def test_an_example_of_an_earlier_release_that_a_function_now_refuses_is_told() -> None:
    def only_uppercase(value: str) -> None:
        if not value.isupper():
            raise ma.ValidationError("Not in capitals.")

    earlier = making.service(publishes=[making.fact({"full_name": "Biên"}, full_name=fields.String(required=True))])
    recorded = snapshot.take([earlier])
    field = fields.String(required=True, validate=only_uppercase)
    now = making.service(publishes=[making.fact({"full_name": "BIÊN"}, full_name=field)])
    reader = making.service("verification", reads=[making.reader(full_name=field)])
    assert snapshot.compare(recorded, snapshot.take([now])) == []
    assert every_recorded_example_loads(recorded, [now, reader]) == [
        (
            "registration declaration_submitted v1: it does not load the example of an earlier release: declaration_submitted.v1: "
            "full_name: Not in capitals."
        ),
        (
            "verification: it does not load the example of an earlier release of registration declaration_submitted v1: "
            "declaration_submitted.v1: full_name: Not in capitals."
        ),
    ]
    assert every_recorded_example_loads(recorded, [earlier]) == []


def test_a_reader_copes_with_fields_that_a_later_release_adds_inside_a_nested_one() -> None:
    fact = making.fact(
        {"contact": {"phone": "+8490"}}, contact=fields.Nested(contact(tolerant=False, phone=fields.String()))
    )
    tolerant = fields.Nested(contact(tolerant=True, phone=fields.String()))
    assert faults(fact, making.reader(contact=tolerant)) == []
