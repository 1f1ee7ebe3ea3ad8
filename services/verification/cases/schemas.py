"""Request and response schemas of cases."""

from typing import Any

import marshmallow as ma

from services.chassis.web import typed
from services.chassis.web.fields import Moment
from services.verification.cases.statuses import STATES, STATUSES
from services.verification.passwords.shown import PasswordFailure

_Text, _Moment, _Bool = ma.fields.String, Moment, ma.fields.Boolean
#: the description of a step's 409
NOT_NOW = "Another officer is working on it (`holder`, `lease_until`), or its status does not allow this (`case_status`)"


def _due_at() -> ma.fields.Field[Any]:
    return _Moment(
        required=True,
        allow_none=True,
        metadata={
            "description": "by when the law wants the person to be told (2659): 15 minutes or 3 working days after it was "
            "complete; null: decided, ended, or something is awaited from the person"
        },
    )


def _late() -> ma.fields.Boolean:
    return _Bool(required=True, metadata={"description": "`due_at` has passed"})


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
    last_day = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "the last day to come, until 24:00 (I6)"}
    )
    expires_at = _Moment(required=True, allow_none=True)
    due_at = _due_at()
    late = _late()
    holder = _Text(required=True, allow_none=True, metadata={"description": "account of the officer who is working on it"})
    password_failed = _Bool(required=True, metadata={"description": "the SMS with the first password did not arrive (A2)"})


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
    """HGĐ's answer (V7): the officer sees both names and births; the form's are in `subject`."""

    outcome = _Text(
        required=True,
        allow_none=True,
        metadata={
            "description": "match, near, differs, birth_differs, adult (of a child's dossier), unknown_code, unreachable; null: awaited"
        },
    )
    full_name = _Text(required=True, allow_none=True)
    date_of_birth = _Text(
        required=True, allow_none=True, metadata={"description": "1959-03-02, or 1959 where HGĐ has only the year"}
    )
    birth = _Text(required=True, allow_none=True, metadata={"description": "match, differs, unknown"})
    adult = _Bool(required=True, allow_none=True, metadata={"description": "certainly 18 or older"})
    phone_matches = _Bool(
        required=True,
        allow_none=True,
        metadata={"description": "a proof of who posted the papers (I12); null: not compared"},
    )
    at = _Moment(required=True, allow_none=True)


class WhyNot(ma.Schema):
    code = _Text(required=True)
    vi = _Text(required=True)
    en = _Text(required=True)


class ReasonNow(ma.Schema):
    """A reason for rejection, and whether it may be given now (V4)."""

    code = _Text(required=True)
    vi = _Text(required=True)
    en = _Text(required=True)
    own_words = _Bool(required=True)
    available = _Bool(required=True)
    why_not = ma.fields.Nested(WhyNot, required=True, allow_none=True)


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
    last_day = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "the last day to come, until 24:00 (I6)"}
    )
    expires_at = _Moment(required=True, allow_none=True)
    received_at = _Moment(required=True, allow_none=True)
    received_office_code = _Text(required=True, allow_none=True)
    complete_at = _Moment(required=True, allow_none=True)
    due_at = _due_at()
    late = _late()
    decided_at = _Moment(required=True, allow_none=True)
    assessed_by = _Text(required=True, allow_none=True)
    assessed_office_code = _Text(required=True, allow_none=True)
    reason_code = _Text(required=True, allow_none=True)
    reason = _Text(required=True, allow_none=True)
    insisted_because = _Text(
        required=True, allow_none=True, metadata={"description": "why words that the law forbids were sent (V4)"}
    )
    subject: ma.fields.Field[Any] = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "null once expired"}
    )
    contact: ma.fields.Field[Any] = ma.fields.Dict(required=True, allow_none=True)
    guardian: ma.fields.Field[Any] = ma.fields.Dict(required=True, allow_none=True)
    office: ma.fields.Field[Any] = ma.fields.Dict(required=True)
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "odd fields of the form (I9)"})
    phone_proved = _Bool(required=True, metadata={"description": "false: confirm it with the person before `valid` (I11)"})
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
    awaited = ma.fields.List(
        ma.fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "pictures that the guardian was asked for and has until `last_day` to send"},
    )
    parent_id_shown = _Bool(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "what V3 still requires"})
    claim = ma.fields.Nested(Claim, required=True, allow_none=True)
    hgd = ma.fields.Nested(HgdAnswer, required=True, allow_none=True)
    hgd_advice = ma.fields.Nested(
        HgdAnswer,
        required=True,
        allow_none=True,
        metadata={"description": "HGĐ's answer on arrival (V7): advice before the decision, as of `at`; null: none yet"},
    )
    reasons = ma.fields.List(
        ma.fields.Nested(ReasonNow),
        required=True,
        metadata={"description": "the reasons for rejection, and which may be given now (V4); empty once decided"},
    )
    guardian_check: ma.fields.Field[Any] = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "V9: form, approved, dossier_no, warnings"}
    )
    password_failure: ma.fields.Field[Any] = ma.fields.Nested(PasswordFailure, required=True, allow_none=True)
    identity_check: ma.fields.Field[Any] = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "V15: personal_id, bhxh_code, in_use_under; null unless another account has the ID"},
    )
    has_account = _Bool(
        required=True,
        metadata={
            "description": "I11: a registration, of a code that has an open account; `correction` turns it into an adjust"
        },
    )
    changes: ma.fields.Field[Any] = ma.fields.List(
        ma.fields.Dict(), required=True, allow_none=True, metadata={"description": "V12: field, old, new, changed"}
    )


class Phone(ma.Schema):
    """Body of `phone`."""

    phone = typed.Phone(
        load_default=None, allow_none=True, metadata={"description": "left out: the one on the form is right"}
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
