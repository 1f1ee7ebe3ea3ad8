"""The quick way and marshmallow's own way must never differ: in what they accept, in what they make of it, in what they say."""

from typing import Any, Literal

import marshmallow as ma
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.chassis.facts.codec import Codec


class Office(ma.Schema):
    code = ma.fields.String(required=True)
    name = ma.fields.String()
    phone = ma.fields.String(load_default=None, allow_none=True)
    opened = ma.fields.Date(allow_none=True)


class Dossier(ma.Schema):
    dossier_no = ma.fields.String(required=True, validate=ma.validate.Length(1, 20))
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["register", "adjust", "stop"]))
    revision = ma.fields.Integer(validate=ma.validate.Range(1, 9))
    strict = ma.fields.Integer(strict=True)
    commitment = ma.fields.Boolean()
    email = ma.fields.Email(allow_none=True)
    note = ma.fields.String(allow_none=True)
    born = ma.fields.Date()
    office = ma.fields.Nested(Office)
    tags = ma.fields.List(ma.fields.String())
    channel = ma.fields.String(load_default="portal")
    at = ma.fields.AwareDateTime(format="iso")
    offices = ma.fields.List(ma.fields.Nested(Office), allow_none=True)
    extra = ma.fields.Dict(keys=ma.fields.String())
    others = ma.fields.List(ma.fields.Integer(), load_default=list)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20) | st.floats(allow_nan=False) | st.text(max_size=4)
    | st.sampled_from(["register", "stop", "2020-02-29", "2026-11-21T09:30:00+07:00", "a@example.vn", "1", "true", "yes", "D-1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "name", "phone", "opened", "x"]), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
_names = st.sampled_from([*Dossier().fields, "unknown"])
_mostly_right = st.fixed_dictionaries(
    {"dossier_no": st.sampled_from(["D-1", "D-2"]), "kind": st.sampled_from(["register", "adjust"])},
    optional={"revision": st.integers(1, 9), "commitment": st.booleans(), "note": st.text(max_size=3), "born": st.just("2020-02-29"),
              "office": st.just({"code": "01", "opened": "1995-10-01"}) | st.just({"code": 1}) | st.just({"code": "01", "x": 1}),
              "at": st.sampled_from(["2026-11-21T09:30:00+07:00", "2026-11-21T02:30:00.5Z", "2026-11-21T09:30:00", 5]),
              "offices": st.just([{"code": "01", "phone": None}, {"code": "79", "name": "HCM"}]) | st.none() | st.just([{}]),
              "extra": st.just({"a": [1]}) | st.just({}), "tags": st.just(["a"]), "email": st.none()},
)  # fmt: skip
_documents = st.builds(lambda right, wrong: right | wrong, _mostly_right, st.dictionaries(_names, _json, max_size=2)) | _json


def _outcome(load: Any, data: Any) -> Any:
    try:
        return "loaded", load(data)
    except ma.ValidationError as error:
        return "refused", error.normalized_messages()


@pytest.mark.parametrize("unknown", [ma.RAISE, ma.EXCLUDE])
@given(data=_documents)
def test_loading_gives_what_marshmallow_gives(unknown: Literal["raise", "exclude"], data: Any) -> None:
    schema = Dossier(unknown=unknown)
    assert _outcome(Codec(schema).load, data) == _outcome(schema.load, data)


@given(data=_mostly_right)
def test_dumping_gives_what_marshmallow_gives_or_is_refused_by_it(data: dict[str, Any]) -> None:
    schema = Dossier()
    try:
        attributes = schema.load(data)
    except ma.ValidationError:
        assume(False)
    value = type("Value", (), attributes)()
    value.__dict__.update(attributes)
    assert Codec(schema).dump(value, value.__dict__) == schema.dump(value)


@pytest.mark.parametrize(
    ("field", "wrong"), [("kind", "sing"), ("dossier_no", None), ("revision", 10), ("commitment", "perhaps")]
)
def test_dumping_refuses_what_marshmallow_would_not_load(field: str, wrong: Any) -> None:
    value = type("Value", (), {})()
    value.__dict__.update({"dossier_no": "D-1", "kind": "register", field: wrong})
    with pytest.raises(ma.ValidationError) as refused:
        Codec(Dossier()).dump(value, value.__dict__)
    assert field in refused.value.normalized_messages()


def test_a_schema_with_hooks_goes_through_marshmallow_wholly() -> None:
    class Hooked(ma.Schema):
        name = ma.fields.String()

        @ma.post_load
        def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {"name": data["name"].upper()}

    assert Codec(Hooked()).load({"name": "biên"}) == {"name": "BIÊN"}
