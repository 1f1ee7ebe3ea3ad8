"""Work out what a dossier lacks for approval (V3, công văn 702 §2), and when it became complete. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: what an office may add to a dossier; `form_pdf` is made by registration
KINDS = ("id_front", "id_back", "portrait", "birth_certificate", "signed_form")
#: an officer's word that the person's own ID, or that of a child's parent or guardian, was shown
ID_SHOWN, PARENT_ID_SHOWN = "id_shown", "parent_id_shown"
#: the parent or guardian is named on the form
PARENT = "parent"
#: a valid certificate signature; nothing here can check one yet (V10), so such a dossier is never complete
SIGNATURE = "signature"

_CARDS = ("cmnd", "cccd")
_PASSPORT = "passport"
_ADULT_YEARS = 18


@dataclass(frozen=True)
class Needed:
    """What V3 requires of one dossier: kinds of documents, and what else must be there."""

    attachments: tuple[str, ...]
    besides: tuple[str, ...] = ()

    @property
    def everything(self) -> tuple[str, ...]:
        """Return all of it, in the order in which an officer is told what is missing."""
        return self.attachments + self.besides


def needed(
    kind: str, route: str, *, id_type: str | None, is_child: bool = False, by_post: bool = False, must_come: bool = False
) -> Needed:
    """Return what V3 requires; for what comes by post, I12.

    Where V3 is silent, for a child's `adjust` and `stop`, we require the birth certificate, and the signed form if in person.

    :param id_type: cmnd, cccd, passport; None for a child without any. A passport has one page with data, and no back.
    :param is_child: under 18. Without CMND or CCCD a child brings the birth certificate, passport or not (702 app.), and
        always a parent or guardian, who signs and shows their own ID.
    :param by_post: a letter brought it: copies of the ID stand for the ID itself.
    :param must_come: the letter did not prove who sent it, so the person must come all the same (I12).
    """
    if route == "certificate":
        return Needed((), (SIGNATURE,))
    if route == "guardian":
        return Needed(("portrait", "birth_certificate") if kind == "register" else ("birth_certificate",))
    portrait = ("portrait",) if kind == "register" else ()
    with_parent = (PARENT, PARENT_ID_SHOWN)
    if id_type is None or (is_child and id_type not in _CARDS):
        return Needed((*portrait, "birth_certificate", "signed_form"), with_parent)
    pages = ("id_front",) if id_type == _PASSPORT else ("id_front", "id_back")
    copies = pages if kind == "register" or by_post else ()
    shown = () if by_post and not must_come else (ID_SHOWN,)
    return Needed((*copies, *portrait, "signed_form"), shown + (with_parent if is_child else ()))


def is_child_on(born: date | None, day: date) -> bool:
    """Tell whether somebody is under 18 on a day; whoever tells no date of birth has an ID and counts as an adult."""
    if born is None:
        return False
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < _ADULT_YEARS


def missing(what: Needed, there: Mapping[str, datetime]) -> list[str]:
    """Return what is still missing; empty when the dossier is complete.

    :param there: when each thing was first there, by its name.
    """
    return [name for name in what.everything if name not in there]


def complete_at(what: Needed, there: Mapping[str, datetime], *, submitted_at: datetime) -> datetime | None:
    """Return when the last required thing arrived, which starts the legal clock (2659 §1); None while something is missing.

    :param there: when each thing was first there; a better picture later does not move the clock.
    """
    if missing(what, there):
        return None
    return max([submitted_at, *(there[name] for name in what.everything)])
