"""What V3 asks for, and when the legal clock starts."""

from datetime import UTC, datetime, timedelta

import pytest

from services.verification.attachments.completeness import complete_at, missing, needed

pytestmark = pytest.mark.rule("V3")

T0 = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("route", ["portal", "counter"])
def test_registering_in_person_needs_both_sides_of_the_id_portrait_form_and_the_id_on_the_desk(route: str) -> None:
    what = needed("register", route, has_id=True)
    assert missing(what, [], id_shown=False) == ["id_front", "id_back", "portrait", "signed_form", "id_shown"]
    assert missing(what, ["signed_form", "portrait", "id_back", "id_front"], id_shown=True) == []


@pytest.mark.rule("V9")
@pytest.mark.parametrize("has_id", [True, False])
def test_a_guardian_s_declaration_needs_portrait_and_birth_certificate_and_no_visit(has_id: bool) -> None:
    assert missing(needed("register", "guardian", has_id=has_id), [], id_shown=False) == ["portrait", "birth_certificate"]


def test_a_child_in_person_brings_the_birth_certificate_instead_of_an_id() -> None:
    what = needed("register", "portal", has_id=False)
    assert missing(what, [], id_shown=False) == ["portrait", "birth_certificate", "signed_form"]


@pytest.mark.parametrize("kind", ["adjust", "stop"])
def test_adjusting_and_stopping_need_the_signed_form_and_the_id_on_the_desk(kind: str) -> None:
    assert missing(needed(kind, "counter", has_id=True), [], id_shown=False) == ["signed_form", "id_shown"]


def test_a_declaration_signed_with_a_certificate_cannot_be_completed_here() -> None:
    assert missing(needed("register", "certificate", has_id=True), ["signed_form"], id_shown=True) == ["signature"]


def test_the_clock_starts_with_the_last_thing_that_was_needed() -> None:
    what = needed("register", "portal", has_id=True)
    came = {kind: T0 + timedelta(hours=n) for n, kind in enumerate(("id_front", "id_back", "portrait", "signed_form"))}
    came["birth_certificate"] = T0 + timedelta(days=9)  # not needed
    shown_at = T0 + timedelta(hours=1)
    assert complete_at(what, came, submitted_at=T0, id_shown_at=shown_at) == T0 + timedelta(hours=3)
    assert complete_at(what, came, submitted_at=T0, id_shown_at=T0 + timedelta(hours=5)) == T0 + timedelta(hours=5)
    assert complete_at(what, came, submitted_at=T0, id_shown_at=None) is None
    del came["portrait"]
    assert complete_at(what, came, submitted_at=T0, id_shown_at=shown_at) is None


@pytest.mark.rule("V9")
def test_a_guardian_s_declaration_that_comes_complete_starts_the_clock_when_it_is_submitted() -> None:
    what = needed("register", "guardian", has_id=False)
    came = dict.fromkeys(("portrait", "birth_certificate"), T0)
    assert complete_at(what, came, submitted_at=T0, id_shown_at=None) == T0
