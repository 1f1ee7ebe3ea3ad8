"""Refusals about sheets."""

from services.chassis.errors import Refused


class NotForYourself(Refused):
    """Nobody prints a sheet for themselves: two persons take part (A12)."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "sheet-for-yourself",
            vi="Không ai tự cấp phiếu đăng nhập cho mình. Hãy nhờ người quản trị khác.",
            en="Nobody issues a sheet for themselves. Ask another administrator.",
        )
