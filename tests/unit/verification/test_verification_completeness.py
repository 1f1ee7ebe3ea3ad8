"""What V3 asks for, and when the legal clock starts."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from services.verification.attachments.completeness import complete_at, is_child_on, missing, needed

pytestmark = pytest.mark.rule("V3")

T0 = datetime(2026, 11, 21, tzinfo=UTC)


def there(names: Iterable[str]) -> dict[str, datetime]:
    return dict.fromkeys(names, T0)


@pytest.mark.parametrize("route", ["portal", "counter"])
@pytest.mark.parametrize("id_type", ["cmnd", "cccd"])
def test_registering_in_person_needs_both_sides_of_the_id_portrait_form_and_the_id_on_the_desk(
    route: str, id_type: str
) -> None:
    what = needed("register", route, id_type=id_type)
    assert missing(what, {}) == ["id_front", "id_back", "portrait", "signed_form", "id_shown"]
    assert missing(what, there(["signed_form", "portrait", "id_back", "id_front", "id_shown"])) == []


@pytest.mark.parametrize("route", ["portal", "counter"])
def test_a_passport_has_its_data_page_alone(route: str) -> None:
    assert needed("register", route, id_type="passport").attachments == ("id_front", "portrait", "signed_form")


@pytest.mark.rule("V9")
@pytest.mark.parametrize("id_type", ["passport", None])
def test_a_guardian_s_declaration_needs_portrait_and_birth_certificate_and_no_visit(id_type: str | None) -> None:
    what = needed("register", "guardian", id_type=id_type, is_child=True)
    assert missing(what, {}) == ["portrait", "birth_certificate"]


@pytest.mark.parametrize("id_type", ["passport", None])
def test_a_child_in_person_brings_the_birth_certificate_and_a_parent_with_an_id(id_type: str | None) -> None:
    what = needed("register", "portal", id_type=id_type, is_child=True)
    assert missing(what, {}) == ["portrait", "birth_certificate", "signed_form", "parent", "parent_id_shown"]


def test_a_child_with_an_id_card_brings_that_and_a_parent_with_an_id() -> None:
    what = needed("register", "portal", id_type="cccd", is_child=True)
    assert missing(what, there(what.attachments)) == ["id_shown", "parent", "parent_id_shown"]


@pytest.mark.parametrize("kind", ["adjust", "stop"])
def test_adjusting_and_stopping_need_the_signed_form_and_the_id_on_the_desk(kind: str) -> None:
    assert missing(needed(kind, "counter", id_type="cccd"), {}) == ["signed_form", "id_shown"]


def test_a_declaration_signed_with_a_certificate_cannot_be_completed_here() -> None:
    what = needed("register", "certificate", id_type="cccd")
    assert missing(what, there(["signed_form", "id_shown"])) == ["signature"]


@pytest.mark.parametrize(
    ("born", "is_child"), [(None, False), (date(2008, 11, 22), True), (date(2008, 11, 21), False), (date(1959, 1, 1), False)]
)
def test_a_child_is_under_18_on_the_day_of_filing(born: date | None, is_child: bool) -> None:
    assert is_child_on(born, date(2026, 11, 21)) is is_child


def test_the_clock_starts_with_the_last_thing_that_was_needed() -> None:
    what = needed("register", "portal", id_type="cccd")
    came = {kind: T0 + timedelta(hours=n) for n, kind in enumerate(("id_front", "id_back", "portrait", "signed_form"))}
    came["birth_certificate"] = T0 + timedelta(days=9)  # not needed
    at_one, at_five = {"id_shown": T0 + timedelta(hours=1)}, {"id_shown": T0 + timedelta(hours=5)}
    assert complete_at(what, came | at_one, submitted_at=T0) == T0 + timedelta(hours=3)
    assert complete_at(what, came | at_five, submitted_at=T0) == T0 + timedelta(hours=5)
    assert complete_at(what, came, submitted_at=T0) is None
    del came["portrait"]
    assert complete_at(what, came | at_one, submitted_at=T0) is None


@pytest.mark.rule("V9")
def test_a_guardian_s_declaration_that_comes_complete_starts_the_clock_when_it_is_submitted() -> None:
    what = needed("register", "guardian", id_type=None, is_child=True)
    assert complete_at(what, there(("portrait", "birth_certificate")), submitted_at=T0) == T0
