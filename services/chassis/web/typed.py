"""Marshmallow fields for what people type: folded and judged before any validator sees it, alike in every service (W2).

    bhxh_code = BhxhCode(required=True)
    address = Typed(one_line, load_default="")            # any function that folds; it may raise ValidationError
    subject_line = Line(5, 200, required=True)

A field of text or of a day in a request is one of these, or its values are a machine's (a test asks each operation of each service).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, Range

from services.chassis.text import people
from services.chassis.text.days import written_day
from services.chassis.text.emails import LONGEST_ADDRESS, email_address
from services.chassis.text.folding import one_line, plain_name, prose
from services.chassis.text.phones import mobile_in_e164
from services.chassis.text.quoted import as_given_out


class Typed(ma.fields.String):
    """A text field whose value is what its function makes of it."""

    def __init__(self, take: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.taken_by = take

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return self.taken_by(super()._deserialize(value, attr, data, **kwargs))


class _Described(Typed):
    """A field whose function and description belong to its class: ``class Code(_Described, take=code, example="01")``."""

    _taker: Callable[[str], str]
    _description: dict[str, Any]

    def __init_subclass__(cls, *, take: Callable[[str], str] | None = None, **description: Any) -> None:
        super().__init_subclass__()
        if take is not None:
            cls._taker = staticmethod(take)
        cls._description = getattr(cls, "_description", {}) | description

    def __init__(self, *, metadata: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(self._taker, metadata=self._description | (metadata or {}), **options)


class BhxhCode(_Described, take=people.bhxh_code, pattern="^[0-9]{10}$", example="0113099841"):
    """A BHXH code."""


class PersonalId(_Described, take=people.personal_id, pattern="^[0-9]{12}$"):
    """A personal identification number."""


class ProvinceCode(_Described, take=people.province_code, pattern="^[0-9]{2}$", example="01"):
    """The code of a province."""


class OneTimeCode(_Described, take=people.one_time_code, pattern="^[0-9]{6}$", description="six digits, by SMS"):
    """A one-time code."""


class Phone(_Described, take=mobile_in_e164, pattern=r"^(0|84|\+84)[35789][0-9]{8}$", example="0983847986"):
    """A mobile number, taken in E.164."""


class Email(_Described, take=email_address, format="email", maxLength=LONGEST_ADDRESS):
    """An e-mail address that any mail program can send to."""


class FullName(_Described, take=people.full_name, minLength=2, maxLength=people.LONGEST_NAME, example="Nguyễn Thành Biên"):
    """A person's name, as Form 01 has it."""


class QuotedNumber(_Described, take=as_given_out, example="261121-000001-6"):
    """A number that the system gave out: of a dossier, a complaint, an account. Taken as it was given out."""


class _Long(Typed):
    """Text of a length."""

    def __init__(self, take: Callable[[str], str], shortest: int, longest: int, **options: Any) -> None:
        metadata = {"minLength": shortest, "maxLength": longest} | options.pop("metadata", {})
        super().__init__(
            take, validate=[Length(shortest, longest), *options.pop("validate", ())], metadata=metadata, **options
        )


class Line(_Long):
    """One line of words."""

    def __init__(self, shortest: int, longest: int, **options: Any) -> None:
        super().__init__(one_line, shortest, longest, **options)


class Prose(_Long):
    """Words with line breaks."""

    def __init__(self, shortest: int, longest: int, **options: Any) -> None:
        super().__init__(prose, shortest, longest, **options)


class AnyName(_Long):
    """The name of whoever writes or works here, in any alphabet."""

    def __init__(self, shortest: int, longest: int, **options: Any) -> None:
        super().__init__(plain_name, shortest, longest, **options)


class Day(ma.fields.Date):
    """A day, of years that mean something: a slip or a system's "for ever" (9999-12-31) is told to whoever sends it.

    `earliest`, `latest`: None for no bound, where other rules judge the day.
    """

    taken_by = staticmethod(written_day)

    def __init__(
        self, earliest: date | None = date(2000, 1, 1), latest: date | None = date(2999, 12, 31), **options: Any
    ) -> None:
        bounds = [] if earliest is latest is None else [Range(earliest, latest)]
        super().__init__(validate=[*bounds, *options.pop("validate", ())], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, str):
            try:
                return self.taken_by(value)
            except ValueError:
                pass
        raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
