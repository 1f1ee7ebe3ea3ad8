"""Forms on the API's own schemas: what a page takes is what the API takes, judged by the same rules and told in the same words.

    FIELDS = {"subject": Field(_("Tiêu đề")), "contact.phone": Field(_("Số điện thoại"), kind="tel", autocomplete="tel")}

    @pages.route("/<no>/tra-loi", methods=["GET", "POST"])
    @session.requires("officer")
    def answer(no: str) -> Any:
        form = Form(AnswerSchema(), FIELDS)
        if form.is_valid() and (done := form.once(lambda session: _answer(session, no, form.data))):
            return done                                     # a redirect: `_answer` returns it
        return form.draw("feedback/answers/answer.html", no=no)          # 422 with the errors, and all that was typed

In HTML a field's name is its dotted path in the schema (`contact.phone`, `attachments.0.kind`), which is also the `field` of an API error.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import marshmallow as ma
from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from services.chassis.errors import Refused
from services.chassis.web.failures import problem_of
from services.chassis.web.pages import held, language, once, reading
from services.chassis.web.problem import Problem
from services.chassis.web.wording import field_errors

_MISSING = "Missing data for required field."
_FORM = "_form"
_INVALID_FIELDS = 422
_SERVER_ERRORS = 500


@dataclass(frozen=True)
class Field:
    """How a field is asked; its rules are the schema's.

    :param kind: `text`, `tel`, `email`, `password`, `search`, `number`, `date`, `birthday` (three boxes), `textarea`, `select`, `radios`,
        `checkboxes` (a list), `checkbox`, `file`, `hidden`.
    :param choices: pairs of value and text, or what returns them when the page is drawn; a third item is a hint.
    :param missing: what to say when it is empty: "Nhập mã số BHXH gồm 10 chữ số."
    :param classes: of govuk-frontend: `govuk-input--width-10`.
    """

    label: Any = ""
    hint: Any = ""
    kind: str = "text"
    choices: Sequence[Sequence[Any]] | Callable[[], Sequence[Sequence[Any]]] = ()
    missing: Any = ""
    autocomplete: str = ""
    inputmode: str = ""
    rows: int = 5
    classes: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@cache
def _of(schema: type[ma.Schema]) -> ma.Schema:
    """Return the schema made once: each copy would copy its fields."""
    return schema()


@dataclass(frozen=True)
class Error:
    """What is wrong with a field; `field` is empty when it is the whole form."""

    field: str
    text: str


class Form:
    """A form of one page, and what was typed into it.

    :param values: what stands in it at first, nested or by dotted path.
    :param name: needed where a page has several forms.
    """

    def __init__(
        self,
        schema: ma.Schema | type[ma.Schema],
        fields: Mapping[str, Field] | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> None:
        self.schema = _of(schema) if isinstance(schema, type) else schema
        self.fields = dict(fields or {})
        self.name = name
        self.errors: list[Error] = []
        self.data: Any = None
        self.status = 200
        self._values = dict(reading.flat(values or {}))
        self.is_held = False
        self._typed: MultiDict[str, str] | None
        self._typed = self._sent = request.form if request.method == "POST" and request.form.get(_FORM, "") == name else None
        if request.method == "GET" and (kept := held.of_this_page()) is not None and kept.fields.get(_FORM, "") == name:
            self._typed, self.is_held = kept.fields, True

    # ------------------------------------------------------------ what was sent

    @property
    def number(self) -> str:
        """A number of this drawing, by which a double click is known (`once.py`)."""
        return secrets.token_urlsafe(12)

    @property
    def is_sent(self) -> bool:
        """Tell whether this request sends this form."""
        return self._sent is not None

    def is_valid(self) -> bool:
        """Tell whether the form was sent and its schema takes it; `data` is then what the schema loaded."""
        if self._sent is None:
            return False
        try:
            self.data = self.schema.load(reading.nested(self.schema, self._sent, self.fields))
        except ma.ValidationError as error:
            self._take(field_errors({"json": error.messages}))
            self.status = _INVALID_FIELDS
        if not self.errors and held.COOKIE in request.cookies:
            held.drop()
        return not self.errors

    def once(self, work: Callable[[Session], Any]) -> Response | None:
        """Do `work` in one write transaction; a second click on the same page gets the first one's answer and does nothing.

        Returns what `work` returned, a redirect; None when it was refused, and the form says why.
        """
        with self.refusals():
            return once.once(work)
        return None

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show what refuses inside on the form: errors of fields at the fields, others above. What is our fault (500 and more) goes on as it is."""
        try:
            yield
        except (Refused, Problem) as refused:
            problem = problem_of(refused)
            if (problem.code or _SERVER_ERRORS) >= _SERVER_ERRORS:
                raise
            self.refuse(problem)

    def refuse(self, why: Refused | HTTPException) -> None:
        """Show a refusal on the form."""
        problem = problem_of(why)
        self.status = problem.code or _INVALID_FIELDS
        self._take(problem.members.get("errors", ()))
        if not problem.members.get("errors"):
            self.errors.append(Error("", language.either(problem.members["detail"], problem.members["detail_en"])))

    def add_error(self, path: str, text: Any) -> None:
        """Show an error of the view's own."""
        self.status = _INVALID_FIELDS
        self.errors.append(Error(path, str(text)))

    def _take(self, errors: Sequence[Mapping[str, str]]) -> None:
        for each in errors:
            path = each["field"]
            asked = self.fields.get(path)
            text = language.either(each["message_vi"], each["message_en"])
            if asked is not None and asked.missing and each["message_en"] == _MISSING:
                text = str(asked.missing)
            self.errors.append(Error(path, text))

    # ------------------------------------------------------------ what is drawn

    def draw(self, template: str, **context: Any) -> Response:
        """Draw the page with this form as `form`, with the status of its errors."""
        return make_response(render_template(template, form=self, **context), self.status)

    def asked(self, path: str) -> Field:
        """Return how the field is asked."""
        return self.fields.get(path) or Field()

    def value(self, path: str) -> str:
        """Return what stands in the field: what was typed, or what was there at first. Passwords are never shown again."""
        if self.asked(path).kind in ("password", "file"):
            return ""
        if self._typed is not None:
            return self._typed.get(path, "")
        return reading.as_typed(self._values.get(path))

    def values(self, path: str) -> list[str]:
        """Return what is chosen of a list."""
        if self._typed is not None:
            return self._typed.getlist(path)
        found = self._values.get(path)
        return [
            reading.as_typed(each) for each in (found if isinstance(found, list | tuple) else [found]) if each is not None
        ]

    def error(self, path: str) -> str:
        """Return what is wrong with the field, or nothing."""
        return next((each.text for each in self.errors if each.field == path), "")

    def choices(self, path: str) -> Sequence[Sequence[Any]]:
        """Return what may be chosen."""
        offered = self.asked(path).choices
        return offered() if callable(offered) else offered

    def is_required(self, path: str) -> bool:
        """Tell whether the schema requires it; a path that it does not know is the view's own, and required."""
        found = reading.field_at(self.schema, path)
        return found is None or bool(found.required)

    def longest(self, path: str) -> int | None:
        """Return how many letters the schema takes, if it says so."""
        found = reading.field_at(self.schema, path)
        longest = found.metadata.get("maxLength") if found is not None else None
        return int(longest) if longest else None

    def id(self, path: str) -> str:
        """Return the field's id, to which the error summary leads."""
        return "-".join(filter(None, (self.name, path.replace(".", "-"))))
