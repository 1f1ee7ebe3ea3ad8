"""What is refused about accounts of staff, in Vietnamese and English."""

from services.chassis.errors import Refused
from services.chassis.web.problem import field_error


class UsernameTaken(Refused):
    """Somebody else has this user name."""

    def __init__(self) -> None:
        said = {"vi": "Tên đăng nhập này đã có người dùng.", "en": "This user name is taken."}
        super().__init__("username-taken", **said, errors=[field_error("username", **said)])


class NotYoursToGrant(Refused):
    """V11: a director delegates receiving and approving, in their own province."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "not-yours-to-grant",
            vi="Giám đốc chỉ được phân quyền tiếp nhận, phê duyệt cho cán bộ trong tỉnh mình.",
            en="A director may delegate receiving and approving only, and only to staff in their own province.",
        )
