"""What a declaration refuses at import, what a reader tolerates, what the public feed may never show."""

import marshmallow as ma
import pytest
from marshmallow import fields

from services.chassis.errors import InvalidFact
from services.chassis.facts import Fact, Reader, private, public, reads


class Office(ma.Schema):
    code = fields.String(required=True, metadata={"public": True})
    phone = fields.String()


class Contact(ma.Schema):
    phone = fields.String(required=True)


class Filed(
    Fact,
    name="filed",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "D-1", "full_name": "Nguyễn Thành Biên", "office": {"code": "01", "phone": "024"}},
):
    """Filed."""

    dossier_no: str = public(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    office: dict[str, str] = public(fields.Nested(Office, required=True))
    others: dict[str, dict[str, str]] | None = public(
        fields.Dict(keys=fields.String(), values=fields.Nested(Office), allow_none=True), default=None
    )


class Dossier(Reader, service="registration", name="filed", version=1):
    dossier_no: str = reads(fields.String(required=True))
    contact: dict[str, str] | None = reads(fields.Nested(Contact), default=None)


def test_the_public_feed_shows_only_public_fields_at_every_depth() -> None:
    office = {"code": "01", "phone": "024"}
    fact = Filed(dossier_no="D-1", full_name="Nguyễn Thành Biên", office=office, others={"x": office})
    reduced = Filed.reduce(fact.dump())
    assert reduced == {"dossier_no": "D-1", "office": {"code": "01"}, "others": {"x": {"code": "01"}}}


def test_fields_that_share_their_metadata_do_not_share_their_publicity() -> None:
    shared = {"description": "a text"}

    class Told(Fact, name="told", version=1, subject="number", example={"number": "1", "full_name": "x"}):
        number: str = public(fields.String(required=True, metadata=shared))
        full_name: str = private(fields.String(required=True, metadata=shared))

    assert Told.public_fields == ("number",)
    assert shared == {"description": "a text"}


def test_a_reader_ignores_unknown_fields_at_every_depth() -> None:
    data = {"dossier_no": "D-1", "new": 1, "contact": {"phone": "0912345678", "zalo": True}}
    assert Dossier.load(data).contact == {"phone": "0912345678"}


def test_a_missing_nested_field_is_named_by_its_path_and_no_value_is_told() -> None:
    with pytest.raises(InvalidFact, match=r"filed\.v1: contact\.phone: Missing data") as refused:
        Dossier.load({"dossier_no": "Nguyễn", "contact": {}})
    assert "Nguyễn" not in str(refused.value)


def test_a_publisher_is_told_at_once_which_field_does_not_fit() -> None:
    with pytest.raises(InvalidFact, match=r"full_name: Field may not be null"):
        Filed(dossier_no="D-1", full_name=None, office={"code": "01"}).dump()  # type: ignore[arg-type]  # wrong on purpose


def test_facts_and_readers_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Dossier.load({"dossier_no": "D-1"}).dossier_no = "D-2"  # type: ignore[misc]  # frozen, and tried all the same


def test_a_field_neither_required_nor_with_a_default_is_refused_at_declaration() -> None:
    with pytest.raises(TypeError, match=r"Wrong\.note: give it required=True or a default"):

        class Wrong(Reader, service="s", name="wrong", version=1):
            note: str = reads(fields.String())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "Filed-Twice"}, "lower_snake_case"),
        ({"version": 0}, "start at 1"),
        ({"subject": "nowhere"}, "not one of its fields"),
        ({"subject": "full_name"}, "public"),
        ({"example": {"dossier_no": "1"}}, "full_name"),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_is_wrong(changes: dict[str, object], says: str) -> None:
    declared = {
        "name": "f",
        "version": 1,
        "subject": "dossier_no",
        "example": {"dossier_no": "1", "full_name": "x"},
    } | changes
    with pytest.raises((TypeError, InvalidFact), match=says):

        class Wrong(Fact, **declared):  # type: ignore[call-arg]  # wrong on purpose
            dossier_no: str = public(fields.String(required=True))
            full_name: str = private(fields.String(required=True))
