"""Refusals about second factors.

Refused
├── SecondFactorNeeded   409   the password was right; go on with this step
├── ProofRefused         422   wrong, used, expired: the answer does not say which
├── LastFactor           409   one factor must remain
└── TooManyPasskeys      409
"""

from typing import Any

from services.chassis.errors import Refused
from services.chassis.web.problem import Problem, field_error


class SecondFactorNeeded(Refused):
    """The step that waits for a second factor: its id, its end, and the kinds that fit."""

    def __init__(self, asked: Any) -> None:
        super().__init__(
            "second-factor-needed",
            vi="Mật khẩu đúng. Hãy xác nhận bằng yếu tố thứ hai: mã của ứng dụng, khóa truy cập, mã khôi phục, hoặc mã trên phiếu đăng nhập lần đầu."
            + (" Tài khoản đang đăng nhập trên thiết bị khác; thiết bị đó sẽ bị đăng xuất." if asked.another_device else ""),
            en="So far right. Confirm with a second factor: the code of the app, a passkey, a recovery code, or the code of a first-sign-in sheet."
            + (" The account is signed in on another device, which will be signed out." if asked.another_device else ""),
            step=str(asked.step),
            expires_at=asked.expires_at,
            factors=list(asked.factors),
            passkey=asked.passkey,
            another_device=asked.another_device,
        )


class ProofRefused(Refused):
    """The second factor is wrong or was used before, or the step is over."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "second-factor-refused",
            vi="Yếu tố thứ hai không đúng, đã dùng hoặc đã hết hạn. Mỗi mã chỉ dùng một lần: hãy đợi mã mới, hoặc đăng nhập lại từ đầu.",
            en="The second factor is wrong, used or expired. Each code is good once: wait for the next one, or sign in from the beginning.",
            errors=[field_error("proof", vi="Không dùng được.", en="This is not valid.")],
        )


class LastFactor(Refused):
    """The only second factor is not removed."""

    def __init__(self) -> None:
        super().__init__(
            "last-second-factor",
            vi="Đây là yếu tố thứ hai duy nhất. Hãy đăng ký yếu tố khác trước khi xóa.",
            en="This is the only second factor. Enrol another one before you remove it.",
        )


class TooManyPasskeys(Refused):
    """There are as many passkeys as one account may have."""

    def __init__(self, most: int) -> None:
        super().__init__(
            "too-many-passkeys",
            vi=f"Mỗi tài khoản có tối đa {most} khóa truy cập. Hãy xóa khóa không dùng nữa.",
            en=f"An account has at most {most} passkeys. Remove one that you no longer use.",
        )


def fresh_factor_needed() -> Problem:
    """Return the 403 for what wants a second factor that was shown a short while ago."""
    return Problem(
        403,
        "fresh-second-factor-required",
        vi="Việc này cần xác nhận lại bằng yếu tố thứ hai. Hãy gọi POST /accounts/second-factor/step-up rồi thử lại.",
        en="This needs the second factor once more. Call POST /accounts/second-factor/step-up, then try again.",
    )
