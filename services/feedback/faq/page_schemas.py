"""What the pages of questions take: the API's body, with keywords in lines."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length

from services.chassis.text.folding import plain_code
from services.chassis.web.typed import Prose, Typed
from services.feedback.categories.page_schemas import Lines
from services.feedback.categories.schemas import keyword
from services.feedback.faq.schemas import QuestionBody


class QuestionForm(QuestionBody):
    """As `QuestionBody`, with the code."""

    code = Typed(plain_code, required=True, validate=Length(1, 60))
    keywords = Lines(most=40, longest=80, judge=keyword, load_default=list)  # type: ignore[assignment]  # the API has a list here, a page lines of text


class TrialSchema(ma.Schema):
    """A question as somebody might ask it."""

    text = Prose(1, 2000, required=True)
