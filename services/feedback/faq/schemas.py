"""Request and response schemas of questions that are often asked."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.folding import one_line
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Line, Prose, Typed
from services.feedback.categories.schemas import keyword
from services.feedback.faq.rules import THEMES

_Text = ma.fields.String


class FaqQuery(ma.Schema):
    """By theme, or by words; both empty: all."""

    theme = ma.fields.String(load_default=None, validate=OneOf(tuple(THEMES)))
    q = Typed(one_line, load_default="", validate=Length(max=300), metadata={"description": "words of a question"})


class FaqQuestionSchema(ma.Schema):
    """A question as everybody reads it."""

    code = _Text(required=True, metadata={"example": "quen-mat-khau"})
    theme = _Text(required=True, validate=OneOf(tuple(THEMES)))
    question = _Text(required=True)
    answer = _Text(required=True)
    question_en = _Text(required=True, allow_none=True)
    answer_en = _Text(required=True, allow_none=True)


class FaqList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FaqQuestionSchema), required=True)


class KeptFaqQuestionSchema(FaqQuestionSchema):
    """A question as its keepers see it."""

    keywords = ma.fields.List(_Text(), required=True)
    open = ma.fields.Boolean(required=True)
    place = ma.fields.Integer(required=True)
    changed_at = Moment(required=True)


class KeptFaqList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(KeptFaqQuestionSchema), required=True)


class QuestionBody(ma.Schema):
    """The question as it should become, and the reason for the change."""

    theme = ma.fields.String(required=True, validate=OneOf(tuple(THEMES)))
    question = Line(5, 300, required=True)
    answer = Prose(5, 4000, required=True)
    question_en = Line(5, 300, load_default=None, allow_none=True)
    answer_en = Prose(5, 4000, load_default=None, allow_none=True)
    keywords = ma.fields.List(Line(1, 80, validate=[keyword]), load_default=list, validate=Length(max=40))
    open = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    place = ma.fields.Integer(load_default=100, strict=True, validate=Range(0, 10_000))
    reason = Line(3, 300, required=True, metadata={"description": "for the history"})
