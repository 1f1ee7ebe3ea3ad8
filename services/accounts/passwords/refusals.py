"""What is wrong with a password that somebody gives, field by field, in Vietnamese and English."""

from services.chassis.text.bilingual import Bilingual
from services.chassis.web.problem import Problem, field_error


def wrong_password() -> Problem:
    """Refuse a current password that is not the one kept."""
    wrong = field_error("current_password", vi="Mật khẩu hiện tại không đúng.", en="The current password is wrong.")
    return Problem(422, "invalid-fields", errors=[wrong])


def rejected_password(reason: Bilingual) -> Problem:
    """Refuse a new password for a reason of `policy`."""
    return Problem(422, "invalid-fields", errors=[field_error("new_password", vi=reason.vi, en=reason.en)])
