"""The body of a request for another first password."""

from marshmallow import fields
from marshmallow.validate import Equal

from services.chassis.text.bilingual import bilingual
from services.verification.cases.schemas import Phone


class PasswordRequest(Phone):
    """Body of `password`: whoever asks stands at the counter."""

    id_shown = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        validate=Equal(
            True,
            error=bilingual(
                vi="Chỉ gửi lại mật khẩu cho người đang có mặt và đã xuất trình giấy tờ tùy thân.",
                en="A password is sent anew only to somebody who is here and has shown their ID.",
            ),
        ),
        metadata={"description": "the person is here and has shown their ID"},
    )
