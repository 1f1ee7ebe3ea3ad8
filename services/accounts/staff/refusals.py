"""Refusals about accounts of staff."""

from services.chassis.errors import Refused
from services.chassis.web.problem import field_error


class UsernameTaken(Refused):
    """The user name is taken."""

    def __init__(self) -> None:
        message = {"vi": "Tên đăng nhập này đã có người dùng.", "en": "This user name is taken."}
        super().__init__("username-taken", **message, errors=[field_error("username", **message)])


class NotYoursToGrant(Refused):
    """The caller may not grant this: a director delegates receiving and approving in their own province (V11)."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "not-yours-to-grant",
            vi="Giám đốc chỉ được phân quyền tiếp nhận, phê duyệt cho cán bộ trong tỉnh mình.",
            en="A director may delegate receiving and approving only, and only to staff in their own province.",
        )
