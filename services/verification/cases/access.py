"""Find the case that a request is about."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.verification.cases.numbers import is_dossier_no
from services.verification.cases.rules import Case


def case_of(session: Session, dossier_no: str, *, lock: bool = False) -> Case:
    """Return the case of a dossier number in a path, locked if ``lock``.

    :raises Problem: 404 if there is no such case, or the number is malformed.
    """
    if not is_dossier_no(dossier_no):
        wrong = field_error(
            "dossier_no",
            place="path",
            vi="Sai số hồ sơ hoặc sai chữ số kiểm tra.",
            en="Not a dossier number, or its check digit is wrong.",
        )
        raise _no_such_case(wrong)
    case = Case.locked(session, dossier_no) if lock else Case.of(session, dossier_no)
    if case is None:
        raise _no_such_case()
    return case


@contextmanager
def locked_case(dossier_no: str) -> Iterator[Case]:
    """Yield the case, locked, in a transaction that commits at the end of the block.

    :raises Problem: as `case_of` does.
    """
    with resources.db.write() as session:
        yield case_of(session, dossier_no, lock=True)


def _no_such_case(*errors: dict[str, str]) -> Problem:
    return Problem(404, "no-such-case", vi="Không có hồ sơ với số này.", en="No dossier has this number.", errors=errors)
