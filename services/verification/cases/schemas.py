"""Request and response schemas of cases."""

from datetime import date
from typing import Any

import marshmallow as ma

from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.verification.cases.numbers import BhxhCode, DossierNo
from services.verification.cases.statuses import STATES, STATUSES

_Text, _Moment, _Bool = ma.fields.String, Moment, ma.fields.Boolean
_DAYS = ma.validate.Range(date(2000, 1, 1), date(2999, 12, 31))
#: the description of a step's 409
NOT_NOW = "Another officer is working on it (`holder`, `lease_until`), or its status does not allow this (`case_status`)"


class CaseQuery(paging.PageQuery):
    """Filters of the work list (V1, 3717 app. 02 §1)."""

    dossier_no = DossierNo()
    bhxh_code = BhxhCode(metadata={"description": "better sent as header X-Bhxh-Code"})
    from_ = ma.fields.Date(data_key="from", validate=_DAYS, metadata={"description": "submitted on this day or later"})
    to = ma.fields.Date(validate=_DAYS, metadata={"description": "submitted on this day or earlier"})
    status = _Text(validate=ma.validate.OneOf(STATUSES), metadata={"description": "tình trạng: the step of its processing"})
    state = _Text(
        validate=ma.validate.OneOf(STATES),
        metadata={"description": "trạng thái: the state of the dossier, by its papers and its assessment"},
    )
    office = _Text(validate=ma.validate.Length(1, 20), metadata={"description": "code of the office that the form names"})


class PrivateQuery(ma.Schema):
    """Filters sent as headers: URLs get logged."""

    bhxh_code = BhxhCode(data_key="X-Bhxh-Code")


class ListedCase(ma.Schema):
    """A line of the work list. Everything else is shown by opening the case, which the history records."""

    dossier_no = _Text(required=True)
    status = _Text(required=True)
    state = _Text(required=True)
    kind = _Text(required=True)
    route = _Text(required=True)
    full_name = _Text(required=True, allow_none=True)
    office_code = _Text(required=True)
    submitted_at = _Moment(required=True)
    expires_at = _Moment(required=True, allow_none=True)
    holder = _Text(required=True, allow_none=True, metadata={"description": "account of the officer who is working on it"})


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
    """HGĐ's answer (V7): the officer sees both names; the form's is in `subject`."""

    outcome = _Text(
        required=True,
        allow_none=True,
        metadata={"description": "match, near, differs, unknown_code, unreachable; null: awaited"},
    )
    full_name = _Text(required=True, allow_none=True)
    date_of_birth = _Text(required=True, allow_none=True)
    phone_matches = _Bool(
        required=True,
        allow_none=True,
        metadata={"description": "a proof of who posted the papers (I12); null: not compared"},
    )
    at = _Moment(required=True, allow_none=True)


class CaseShown(ma.Schema):
    """Everything about a case."""

    dossier_no = _Text(required=True)
    revision = ma.fields.Integer(required=True)
    status = _Text(required=True, validate=ma.validate.OneOf(STATUSES))
    state = _Text(required=True, validate=ma.validate.OneOf(STATES))
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
    contact_person = _Text(required=True, allow_none=True)
    registered_with = _Text(required=True, allow_none=True, metadata={"description": "portal, ivan"})
    ivan_name = _Text(required=True, allow_none=True, metadata={"description": "the chosen I-VAN organisation (I13)"})
    start_date = _Text(required=True, allow_none=True, metadata={"format": "date"})
    letters_until = _Moment(required=True, allow_none=True)
    letter: ma.fields.Field[Any] = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "I12: posted_on, consignment_no, identity_checked, visit_needed"},
    )
    parent: ma.fields.Field[Any] = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "who comes with a child, signs, and shows their own ID (V3)"},
    )
    id_shown = _Bool(required=True)
    parent_id_shown = _Bool(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "what V3 still requires"})
    claim = ma.fields.Nested(Claim, required=True, allow_none=True)
    hgd = ma.fields.Nested(HgdAnswer, required=True, allow_none=True)
    guardian_check: ma.fields.Field[Any] = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "V9: form, approved, dossier_no, warnings"}
    )
    changes: ma.fields.Field[Any] = ma.fields.List(
        ma.fields.Dict(), required=True, allow_none=True, metadata={"description": "V12: field, old, new, changed"}
    )


class Receive(ma.Schema):
    """Body of `receive`."""

    id_shown = _Bool(load_default=False, truthy={True}, falsy={False})
    parent_id_shown = _Bool(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "who came with a child has shown their own ID (V3)"},
    )


class Standing(ma.Schema):
    """The state of a case after a step."""

    dossier_no = _Text(required=True)
    status = _Text(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True)
