"""Request and response schemas of decisions."""

from typing import Any

import marshmallow as ma

from services.chassis.text.bilingual import bilingual
from services.chassis.web.typed import Prose
from services.verification.cases.schemas import Standing
from services.verification.decisions.reasons import BY_CODE, NO_GROUND

_Text, _Bool = ma.fields.String, ma.fields.Boolean


class ReasonShown(ma.Schema):
    code = _Text(required=True)
    vi = _Text(required=True)
    en = _Text(required=True)
    routes = ma.fields.List(ma.fields.String(), required=True)
    own_words = _Bool(required=True)


class Reasons(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ReasonShown), required=True)


def _check_explained(value: str) -> None:
    if len(value.split()) < 2:
        raise ma.ValidationError(bilingual(vi="Hãy nêu rõ lý do.", en="Say why, in words."))


class Decision(ma.Schema):
    """Body of `decision`."""

    outcome = _Text(required=True, validate=ma.validate.OneOf(("valid", "invalid")))
    reason_code = _Text(
        allow_none=True,
        load_default=None,
        validate=ma.validate.OneOf((*BY_CODE, *NO_GROUND)),
        metadata={"description": f"required with `invalid`; {', '.join(NO_GROUND)} are refused (V4)"},
    )
    reason = Prose(0, 500, allow_none=True, load_default=None)
    insists_because = Prose(
        10,
        500,
        allow_none=True,
        load_default=None,
        validate=[_check_explained],
        metadata={"description": "why words that were refused are sent all the same (V4); kept with the case and reported"},
    )
    id_shown = _Bool(allow_none=True, load_default=None, truthy={True}, falsy={False})
    parent_id_shown = _Bool(allow_none=True, load_default=None, truthy={True}, falsy={False})

    @ma.validates_schema
    def _needs_reason(self, data: dict[str, Any], **_: Any) -> None:
        if data["outcome"] == "invalid" and data["reason_code"] is None:
            raise ma.ValidationError(
                bilingual(vi="Hồ sơ không hợp lệ phải có lý do.", en="An invalid dossier needs a reason."), "reason_code"
            )


class Decided(Standing):
    """The state of a case after a decision."""

    told = _Bool(
        required=True,
        metadata={
            "description": "false: nobody hears of it, as nobody has proved the phone (I11); tell the person who is here, or confirm the phone first"
        },
    )
