"""Request schema of a letter."""

import marshmallow as ma

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code
from services.chassis.web.typed import Day, Typed

_CONSIGNMENT = ma.validate.Regexp(
    r"^[A-Za-z0-9-]{5,30}\Z",
    error=bilingual(vi="Số hiệu bưu gửi chỉ gồm chữ và số.", en="A consignment number has letters and digits only."),
)


class Letter(ma.Schema):
    """Body of `letter`."""

    posted_on = Day(required=True, metadata={"description": "by the postmark or the consignment note"})
    consignment_no = Typed(plain_code, load_default=None, allow_none=True, validate=_CONSIGNMENT)
    identity_checked = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "the postal clerk has checked the sender's identity, as the consignment note says"},
    )
