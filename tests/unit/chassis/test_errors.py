"""Errors name fields and never values."""

from __future__ import annotations

from services.chassis.errors import ChassisError, InvalidFact, Permanent, SettingsError, StartUpError, Transient, Undecodable


def test_faults_of_nested_fields_are_told_by_their_paths() -> None:
    faults = {
        "contact": {"phone": ["Not a valid string.", "Too long."]},
        "marks": {0: ["Not a valid integer."]},
        "_schema": "Odd.",
    }
    assert str(InvalidFact("filed.v1", faults)) == (
        "filed.v1: contact.phone: Not a valid string., Too long.; marks.0: Not a valid integer.; _schema: Odd."
    )


def test_all_faults_of_the_settings_are_told_at_once() -> None:
    error = SettingsError(["A: wrong", "B: missing"])
    assert error.faults == ["A: wrong", "B: missing"]
    assert str(error) == "A: wrong\nB: missing"


def test_what_will_pass_and_what_will_not_are_never_the_same() -> None:
    assert issubclass(InvalidFact, Permanent)
    assert issubclass(Undecodable, Permanent)
    for kind in (Transient, Permanent, SettingsError, StartUpError):
        assert issubclass(kind, ChassisError)
    assert not issubclass(Permanent, Transient)
    assert not issubclass(Transient, Permanent)
