"""The filters of the work list."""

import marshmallow as ma

from services.chassis.text.folding import plain_code
from services.chassis.web import paging
from services.chassis.web.typed import BhxhCode, Day, Typed
from services.verification.cases.numbers import DossierNo
from services.verification.cases.statuses import STATES, STATUSES

_Text, _Bool = ma.fields.String, ma.fields.Boolean


class CaseQuery(paging.PageQuery):
    """Filters of the work list (V1, 3717 app. 02 §1)."""

    dossier_no = DossierNo()
    from_ = Day(data_key="from", metadata={"description": "submitted on this day or later"})
    to = Day(metadata={"description": "submitted on this day or earlier"})
    status = _Text(validate=ma.validate.OneOf(STATUSES), metadata={"description": "tình trạng: the step of its processing"})
    state = _Text(
        validate=ma.validate.OneOf(STATES),
        metadata={"description": "trạng thái: the state of the dossier, by its papers and its assessment"},
    )
    insisted = _Bool(
        truthy={"true"}, falsy={"false"}, metadata={"description": "rejected with words that the law forbids (V4)"}
    )
    password_failed = _Bool(
        truthy={True, "true"}, falsy=set(), metadata={"description": "first password not delivered (A2)"}
    )
    late = _Bool(truthy={True, "true"}, falsy=set(), metadata={"description": "complete, undecided, and past `due_at` (N)"})
    office = Typed(
        plain_code, validate=ma.validate.Length(1, 20), metadata={"description": "code of the office that the form names"}
    )


class PrivateQuery(ma.Schema):
    """Filters sent as headers: URLs get logged."""

    bhxh_code = BhxhCode(data_key="X-Bhxh-Code")
