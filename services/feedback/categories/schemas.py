"""Request and response schemas of categories and suggestions."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Line, Prose, Typed
from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import MOST_DAYS
from services.feedback.categories.suggestion import Keyword

_LONGEST_TEXT = 10_000


def _days() -> ma.fields.Integer:
    return ma.fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=Range(0, MOST_DAYS),
        metadata={"description": "working days; null: inherited from the parent, else from the settings"},
    )


def keyword(text: str) -> None:
    """Validate a keyword of a category or a question.

    :raises ValidationError: for a malformed one.
    """
    try:
        Keyword.read(text)
    except ValueError:
        raise ma.ValidationError(
            bilingual(
                vi="Từ khoá có dạng: chốt sổ*4, điểm từ 1 đến 9.", en="A keyword looks like chốt sổ*4, with 1 to 9 points."
            )
        ) from None


class CategorySchema(ma.Schema):
    """A category as shown to everybody."""

    code = ma.fields.String(required=True, metadata={"example": "thieu-thoi-gian-dong"})
    parent = ma.fields.String(required=True, allow_none=True, metadata={"example": "qua-trinh-tham-gia"})
    board = ma.fields.String(required=True, validate=OneOf(tuple(BOARDS)))
    board_name = ma.fields.String(required=True)
    name = ma.fields.String(required=True, metadata={"example": "Thiếu thời gian đóng"})
    examples = ma.fields.List(ma.fields.String(), required=True)


class CategoryList(ma.Schema):
    """The open categories, in order; a top-level category has no parent."""

    items = ma.fields.List(ma.fields.Nested(CategorySchema), required=True)


class CategoryBody(ma.Schema):
    """The category as it should become, and the reason for the change."""

    parent = Typed(plain_code, load_default=None, allow_none=True, validate=Length(1, 40))
    board = ma.fields.String(required=True, validate=OneOf(tuple(BOARDS)))
    name = Line(1, 120, required=True)
    acknowledge_days, route_days, answer_days = _days(), _days(), _days()
    warn_days, board_days, centre_days = _days(), _days(), _days()
    keywords = ma.fields.List(Line(1, 80, validate=[keyword]), load_default=list, validate=Length(max=60))
    examples = ma.fields.List(Line(1, 300), load_default=list, validate=Length(max=20))
    open = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    reason = Line(3, 300, required=True, metadata={"description": "for the history"})


def _kept_days() -> ma.fields.Integer:
    return ma.fields.Integer(required=True, allow_none=True)


class VersionSchema(ma.Schema):
    """A category as recorded in its history."""

    code = ma.fields.String(required=True)
    parent = ma.fields.String(required=True, allow_none=True)
    board = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    acknowledge_days, route_days, answer_days = _kept_days(), _kept_days(), _kept_days()
    warn_days, board_days, centre_days = _kept_days(), _kept_days(), _kept_days()
    keywords = ma.fields.List(ma.fields.String(), required=True)
    examples = ma.fields.List(ma.fields.String(), required=True)
    open = ma.fields.Boolean(required=True)


class KeptCategorySchema(VersionSchema):
    """A category as shown to those who maintain the tree."""

    board_name = ma.fields.String(required=True)


class ChangeSchema(ma.Schema):
    """One entry of a category's history."""

    at = Moment(required=True)
    kind = ma.fields.String(required=True, metadata={"description": "added, changed, closed, reopened"})
    actor = ma.fields.String(required=True, allow_none=True, metadata={"description": "null: an operator's command"})
    reason = ma.fields.String(required=True)
    before = ma.fields.Nested(VersionSchema, required=True, allow_none=True)
    after = ma.fields.Nested(VersionSchema, required=True)


class History(ma.Schema):
    """The history of a category, latest first."""

    items = ma.fields.List(ma.fields.Nested(ChangeSchema), required=True)


class SuggestionBody(ma.Schema):
    """The person's words, which are not stored."""

    text = Prose(1, _LONGEST_TEXT, required=True)


class FoundSchema(ma.Schema):
    """A keyword found in the text."""

    keyword = ma.fields.String(required=True)
    text = ma.fields.String(required=True, metadata={"description": "as it appears there"})
    points = ma.fields.Float(required=True)


class SuggestionSchema(ma.Schema):
    """A suggested category, and why: the points add up to the score."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    board = ma.fields.String(required=True)
    score = ma.fields.Float(required=True)
    because = ma.fields.List(ma.fields.Nested(FoundSchema), required=True)


class Suggestions(ma.Schema):
    """At most three suggestions, the likeliest first; none if no keyword is found."""

    items = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
