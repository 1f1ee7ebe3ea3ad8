"""Requests and responses about categories and suggestions."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import has_control_characters
from services.chassis.web.fields import Moment
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
        metadata={"description": "working days; null: as the category above, then as the settings say"},
    )


def _one_line(text: str) -> None:
    if has_control_characters(text) or not text.strip():
        raise ma.ValidationError(bilingual(vi="Phải là một dòng chữ.", en="One line of text is expected."))


def _keyword(text: str) -> None:
    try:
        Keyword.read(text)
    except ValueError:
        raise ma.ValidationError(
            bilingual(
                vi="Từ khoá có dạng: chốt sổ*4, điểm từ 1 đến 9.", en="Write a keyword like chốt sổ*4, with 1 to 9 points."
            )
        ) from None


class CategorySchema(ma.Schema):
    """A category as everybody sees it."""

    code = ma.fields.String(required=True, metadata={"example": "thieu-thoi-gian-dong"})
    parent = ma.fields.String(required=True, allow_none=True, metadata={"example": "qua-trinh-tham-gia"})
    board = ma.fields.String(required=True, validate=OneOf(tuple(BOARDS)))
    board_name = ma.fields.String(required=True)
    name = ma.fields.String(required=True, metadata={"example": "Thiếu thời gian đóng"})
    examples = ma.fields.List(ma.fields.String(), required=True)


class CategoryList(ma.Schema):
    """The open ones, in their order; a branch has no parent."""

    items = ma.fields.List(ma.fields.Nested(CategorySchema), required=True)


class CategoryBody(ma.Schema):
    """What the category shall be, and why it is changed."""

    parent = ma.fields.String(load_default=None, allow_none=True, validate=Length(1, 40))
    board = ma.fields.String(required=True, validate=OneOf(tuple(BOARDS)))
    name = ma.fields.String(required=True, validate=[Length(1, 120), _one_line])
    acknowledge_days, route_days, answer_days = _days(), _days(), _days()
    warn_days, board_days, centre_days = _days(), _days(), _days()
    keywords = ma.fields.List(
        ma.fields.String(validate=[Length(1, 80), _one_line, _keyword]), load_default=list, validate=Length(max=60)
    )
    examples = ma.fields.List(
        ma.fields.String(validate=[Length(1, 300), _one_line]), load_default=list, validate=Length(max=20)
    )
    open = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    reason = ma.fields.String(
        required=True, validate=[Length(3, 300), _one_line], metadata={"description": "for the history"}
    )


def _kept_days() -> ma.fields.Integer:
    return ma.fields.Integer(required=True, allow_none=True)


class VersionSchema(ma.Schema):
    """A category as its history holds it."""

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
    """A category as those see it who maintain the list."""

    board_name = ma.fields.String(required=True)


class ChangeSchema(ma.Schema):
    """One line of a category's history."""

    at = Moment(required=True)
    kind = ma.fields.String(required=True, metadata={"description": "added, changed, closed, reopened"})
    actor = ma.fields.String(required=True, allow_none=True, metadata={"description": "null: an operator's command"})
    reason = ma.fields.String(required=True)
    before = ma.fields.Nested(VersionSchema, required=True, allow_none=True)
    after = ma.fields.Nested(VersionSchema, required=True)


class History(ma.Schema):
    """The latest first."""

    items = ma.fields.List(ma.fields.Nested(ChangeSchema), required=True)


class SuggestionBody(ma.Schema):
    """What the person said or wrote. Nothing of it is stored."""

    text = ma.fields.String(required=True, validate=Length(1, _LONGEST_TEXT))


class FoundSchema(ma.Schema):
    """A keyword that is in the text."""

    keyword = ma.fields.String(required=True)
    text = ma.fields.String(required=True, metadata={"description": "as it stands there"})
    points = ma.fields.Float(required=True)


class SuggestionSchema(ma.Schema):
    """A category that the text may belong to, and why: the points add up to the score."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    board = ma.fields.String(required=True)
    score = ma.fields.Float(required=True)
    because = ma.fields.List(ma.fields.Nested(FoundSchema), required=True)


class Suggestions(ma.Schema):
    """At most three, the likeliest first; none if no keyword is found."""

    items = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
