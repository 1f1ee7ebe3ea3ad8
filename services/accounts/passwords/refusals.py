"""The 422 responses about passwords."""

from services.chassis.text.bilingual import Bilingual
from services.chassis.web.problem import Problem, field_error


def wrong_password() -> Problem:
    """Return the 422 for a wrong current password."""
    wrong = field_error("current_password", vi="Mật khẩu hiện tại không đúng.", en="The current password is wrong.")
    return Problem(422, "invalid-fields", errors=[wrong])


def rejected_password(reason: Bilingual) -> Problem:
    """Return the 422 for a new password that `policy` rejects."""
    return Problem(422, "invalid-fields", errors=[field_error("new_password", vi=reason.vi, en=reason.en)])
