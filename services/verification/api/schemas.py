"""The shapes of requests and answers."""

from datetime import date
from typing import Any

import marshmallow as ma

from services.chassis.text.bilingual import bilingual
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.verification.case_row import CHECKING, DECIDED, GONE, OPEN, STATUSES
from services.verification.completeness import KINDS
from services.verification.numbers import is_bhxh_code, is_dossier_no
from services.verification.reasons import BY_CODE, NO_GROUND

_Text, _Moment, _Bool = ma.fields.String, Moment, ma.fields.Boolean
#: groups of statuses (trạng thái hồ sơ); each status alone is the processing status (tình trạng)
STATES = {"open": OPEN, "checking": (CHECKING,), "decided": DECIDED, "gone": GONE}
_DAYS = ma.validate.Range(date(2000, 1, 1), date(2999, 12, 31))
_NO_CODE = bilingual(vi="Mã số BHXH phải có 10 chữ số.", en="A BHXH code has 10 digits.")


def _bhxh_code(value: str) -> None:
    if not is_bhxh_code(value):
        raise ma.ValidationError(_NO_CODE)


def _dossier_no(value: str) -> None:
    if not is_dossier_no(value):
        raise ma.ValidationError(
            bilingual(vi="Sai số hồ sơ hoặc sai chữ số kiểm tra.", en="No dossier number, or a wrong check digit.")
        )


def _name(value: str) -> None:
    if not value.strip() or any(ord(c) < ord(" ") for c in value):
        raise ma.ValidationError(bilingual(vi="Họ tên không hợp lệ.", en="Not a name."))


_CODE_PATTERN = {"pattern": "^[0-9]{10}$", "example": "0113099841"}
_NO_PATTERN = {"pattern": "^[0-9]{6}-[0-9]{6}-[0-9]$", "example": "261121-000001-6"}


class CaseQuery(paging.PageQuery):
    """V1, 3717 app. 02 §1."""

    dossier_no = _Text(validate=_dossier_no, metadata=_NO_PATTERN)
    bhxh_code = _Text(validate=_bhxh_code, metadata=_CODE_PATTERN | {"description": "better sent as header X-Bhxh-Code"})
    from_ = ma.fields.Date(data_key="from", validate=_DAYS, metadata={"description": "submitted on this day or later"})
    to = ma.fields.Date(validate=_DAYS, metadata={"description": "submitted on this day or earlier"})
    status = _Text(validate=ma.validate.OneOf(STATUSES), metadata={"description": "tình trạng"})
    state = _Text(validate=ma.validate.OneOf(list(STATES)), metadata={"description": "trạng thái: groups of statuses"})
    office = _Text(validate=ma.validate.Length(1, 20), metadata={"description": "code of the office that the form names"})


class PrivateQuery(ma.Schema):
    """What should not stand in an address."""

    bhxh_code = _Text(data_key="X-Bhxh-Code", validate=_bhxh_code, metadata=_CODE_PATTERN)


class ListedCase(ma.Schema):
    """A line of the work list. Whose code it is, and all the rest, is seen by opening the case, which the history keeps."""

    dossier_no = _Text(required=True)
    status = _Text(required=True)
    kind = _Text(required=True)
    route = _Text(required=True)
    full_name = _Text(required=True, allow_none=True)
    office_code = _Text(required=True)
    submitted_at = _Moment(required=True)
    expires_at = _Moment(required=True, allow_none=True)
    holder = _Text(required=True, allow_none=True, metadata={"description": "account of the officer who works on it now"})


class AttachmentShown(ma.Schema):
    kind = _Text(required=True)
    content_type = _Text(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = _Text(required=True)
    added_at = _Moment(required=True)
    by_office = _Bool(required=True)


class Claim(ma.Schema):
    holder = _Text(required=True)
    holder_office_code = _Text(required=True)
    lease_until = _Moment(required=True)


class HgdAnswer(ma.Schema):
    """V7: the officer sees both names; the form's is in `subject`."""

    outcome = _Text(
        required=True,
        allow_none=True,
        metadata={"description": "match, near, differs, unknown_code, unreachable; null: awaited"},
    )
    full_name = _Text(required=True, allow_none=True)
    date_of_birth = _Text(required=True, allow_none=True)
    at = _Moment(required=True, allow_none=True)


class CaseShown(ma.Schema):
    """Everything about a case."""

    dossier_no = _Text(required=True)
    revision = ma.fields.Integer(required=True)
    status = _Text(required=True, validate=ma.validate.OneOf(STATUSES))
    kind = _Text(required=True)
    route = _Text(required=True)
    channel = _Text(required=True)
    filing = _Text(required=True)
    submitted_at = _Moment(required=True)
    expires_at = _Moment(required=True, allow_none=True)
    received_at = _Moment(required=True, allow_none=True)
    received_office_code = _Text(required=True, allow_none=True)
    complete_at = _Moment(required=True, allow_none=True)
    decided_at = _Moment(required=True, allow_none=True)
    assessed_by = _Text(required=True, allow_none=True)
    assessed_office_code = _Text(required=True, allow_none=True)
    reason_code = _Text(required=True, allow_none=True)
    reason = _Text(required=True, allow_none=True)
    subject: ma.fields.Field[Any] = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "null once expired"}
    )
    contact: ma.fields.Field[Any] = ma.fields.Dict(required=True, allow_none=True)
    guardian: ma.fields.Field[Any] = ma.fields.Dict(required=True, allow_none=True)
    office: ma.fields.Field[Any] = ma.fields.Dict(required=True)
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "odd fields of the form (I9)"})
    attachments = ma.fields.List(ma.fields.Nested(AttachmentShown), required=True)
    id_shown = _Bool(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "what V3 still asks for"})
    claim = ma.fields.Nested(Claim, required=True, allow_none=True)
    hgd = ma.fields.Nested(HgdAnswer, required=True, allow_none=True)
    guardian_check: ma.fields.Field[Any] = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "V9: form, approved, dossier_no, warnings"}
    )
    changes: ma.fields.Field[Any] = ma.fields.List(
        ma.fields.Dict(), required=True, allow_none=True, metadata={"description": "V12: field, old, new, changed"}
    )


class HistoryEntry(ma.Schema):
    at = _Moment(required=True)
    action = _Text(required=True)
    actor = _Text(required=True, allow_none=True)
    role = _Text(required=True, allow_none=True)
    office_code = _Text(required=True, allow_none=True)
    details: ma.fields.Field[Any] = ma.fields.Dict(required=True)


class History(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HistoryEntry), required=True)


class ReasonShown(ma.Schema):
    code = _Text(required=True)
    vi = _Text(required=True)
    en = _Text(required=True)
    routes = ma.fields.List(ma.fields.String(), required=True)
    own_words = _Bool(required=True)


class Reasons(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ReasonShown), required=True)


class Receive(ma.Schema):
    """Body of `receive`."""

    id_shown = _Bool(load_default=False, truthy={True}, falsy={False})


class Correction(ma.Schema):
    """Body of `correction`: at least one."""

    full_name = _Text(validate=[ma.validate.Length(1, 200), _name])
    bhxh_code = _Text(validate=_bhxh_code, metadata=_CODE_PATTERN)

    @ma.validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ma.ValidationError(bilingual(vi="Cần full_name hoặc bhxh_code.", en="full_name or bhxh_code is needed."))


class Decision(ma.Schema):
    """Body of `decision`."""

    outcome = _Text(required=True, validate=ma.validate.OneOf(("valid", "invalid")))
    reason_code = _Text(
        allow_none=True,
        load_default=None,
        validate=ma.validate.OneOf((*BY_CODE, *NO_GROUND)),
        metadata={"description": f"required with `invalid`; {', '.join(NO_GROUND)} are refused (V4)"},
    )
    reason = _Text(allow_none=True, load_default=None, validate=ma.validate.Length(max=500))
    id_shown = _Bool(allow_none=True, load_default=None, truthy={True}, falsy={False})

    @ma.validates_schema
    def _needs_reason(self, data: dict[str, Any], **_: Any) -> None:
        if data["outcome"] == "invalid" and data["reason_code"] is None:
            missing = bilingual(vi="Hồ sơ không hợp lệ phải có lý do.", en="An invalid dossier needs a reason.")
            raise ma.ValidationError(missing, "reason_code")


class Standing(ma.Schema):
    """Where a case stands after something was done."""

    dossier_no = _Text(required=True)
    status = _Text(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True)


class Supplemented(Standing):
    kind = _Text(required=True, validate=ma.validate.OneOf(KINDS))
    sha256 = _Text(required=True)
    size = ma.fields.Integer(required=True)
    content_type = _Text(required=True)
