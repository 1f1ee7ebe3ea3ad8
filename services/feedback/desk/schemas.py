"""Request and response schemas of desks: tabs, search, taking, texts being written."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.folding import plain_code
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Line, Prose, Typed
from services.feedback.complaints.responses import ListedSchema
from services.feedback.complaints.vocabulary import CHANNELS
from services.feedback.desk.tabs import TABS, TO_ACKNOWLEDGE

_Text, _Int, _Bool = ma.fields.String, ma.fields.Integer, ma.fields.Boolean


class TabQuery(paging.PageQuery):
    """A tab of the desk, and filters within it; none of them names a citizen, so they may stand in an address."""

    tab = ma.fields.String(load_default=TO_ACKNOWLEDGE, validate=OneOf(TABS))
    mine = _Bool(load_default=False, truthy={"true", "1", True}, falsy={"false", "0", False})
    late = _Bool(load_default=False, truthy={"true", "1", True}, falsy={"false", "0", False})
    category = Typed(plain_code, validate=Length(1, 40))
    channel = ma.fields.String(validate=OneOf(CHANNELS))
    unit = Line(2, 200)


class OnDeskSchema(ListedSchema):
    """A line of a desk."""

    late = _Bool(required=True, attribute="is_late")
    urgent = _Bool(required=True, attribute="is_urgent", metadata={"description": "somebody is turned away now (F10)"})
    unit = _Text(required=True, allow_none=True)
    owner_id = _Text(required=True, allow_none=True)
    owner_name = _Text(required=True, allow_none=True, metadata={"description": "null: nobody, or the name is not known"})


class TabCountSchema(ma.Schema):
    all = _Int(required=True)
    late = _Int(required=True)
    mine = _Int(required=True)


class CountsSchema(ma.Schema):
    """How many complaints stand in each tab."""

    tabs = ma.fields.Dict(keys=_Text(validate=OneOf(TABS)), values=ma.fields.Nested(TabCountSchema), required=True)


class SearchSchema(ma.Schema):
    query = Line(
        2,
        200,
        required=True,
        metadata={
            "description": "a complaint's number; the person's phone, e-mail address, BHXH code or name; words of the matter. "
            "Words without diacritics find those with them."
        },
    )


class HitSchema(OnDeskSchema):
    """A complaint that was found."""

    full_name = _Text(required=True, allow_none=True, metadata={"description": "only for those who handle it"})


class HitsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HitSchema), required=True)
    more = _Bool(required=True, metadata={"description": "there are more than these: add a word"})


class OnDutySchema(ma.Schema):
    name = _Text(required=True)
    phone = _Text(required=True)


class DutySchema(ma.Schema):
    """Who is on duty for people turned away now (F10), and the complaints of those people that are open."""

    on_duty = ma.fields.List(ma.fields.Nested(OnDutySchema), required=True)
    complaints = ma.fields.List(ma.fields.Nested(OnDeskSchema), required=True)


class TakeSchema(ma.Schema):
    instead = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "take it over from whoever has it; the history shows it"},
    )


class OwnerSchema(ma.Schema):
    complaint_no = _Text(required=True)
    owner_id = _Text(required=True, allow_none=True)
    owner_name = _Text(required=True, allow_none=True)
    owned_at = Moment(required=True, allow_none=True)


class SaveDraftSchema(ma.Schema):
    text = Prose(0, 5000, required=True)
    version = ma.fields.Integer(
        load_default=0,
        strict=True,
        validate=Range(0, 1_000_000),
        metadata={"description": "the version of one's own text that was last seen; 0 before the first"},
    )


class WriterSchema(ma.Schema):
    writer = _Text(required=True)
    writer_name = _Text(required=True, allow_none=True)
    version = _Int(required=True)
    saved_at = Moment(required=True)


class SavedDraftSchema(WriterSchema):
    """What was saved: its words are the caller's own, and are not given back."""

    others = ma.fields.List(ma.fields.Nested(WriterSchema), required=True, metadata={"description": "who else is writing"})
    warnings = ma.fields.List(
        _Text(), required=True, metadata={"description": "phrases of one's own text that send the citizen elsewhere (F4)"}
    )


class DraftTextSchema(WriterSchema):
    text = _Text(required=True)


class DraftsSchema(ma.Schema):
    """What is being written about a complaint."""

    own = ma.fields.Nested(DraftTextSchema, required=True, allow_none=True)
    others = ma.fields.List(ma.fields.Nested(DraftTextSchema), required=True)
    warnings = ma.fields.List(
        _Text(), required=True, metadata={"description": "phrases of one's own text that send the citizen elsewhere (F4)"}
    )
