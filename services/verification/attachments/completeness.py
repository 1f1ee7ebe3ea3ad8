"""Work out what a dossier lacks for approval (V3, công văn 702 §2), and when it became complete. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

#: what an office may add to a dossier; `form_pdf` is made by registration
KINDS = ("id_front", "id_back", "portrait", "birth_certificate", "signed_form")
ID_SHOWN, SIGNATURE = "id_shown", "signature"


@dataclass(frozen=True)
class Needed:
    """What V3 requires of one dossier."""

    #: kinds of documents
    attachments: tuple[str, ...]
    #: an officer confirms having seen the person's ID
    id_shown: bool = False
    #: a valid certificate signature; nothing here can check one yet (V10), so such a dossier is never complete
    signature: bool = False


def needed(kind: str, route: str, *, has_id: bool) -> Needed:
    """Return what V3 requires.

    Where V3 is silent, for a child's `adjust` and `stop`, we require the birth certificate, and the signed form if in person.

    :param has_id: False for a child without an ID, who comes in person with the birth certificate instead (702 app. 2).
    """
    if route == "certificate":
        return Needed((), signature=True)
    if route == "guardian":
        return Needed(("portrait", "birth_certificate") if kind == "register" else ("birth_certificate",))
    if not has_id:
        return Needed(
            ("portrait", "birth_certificate", "signed_form") if kind == "register" else ("birth_certificate", "signed_form")
        )
    if kind == "register":
        return Needed(("id_front", "id_back", "portrait", "signed_form"), id_shown=True)
    return Needed(("signed_form",), id_shown=True)


def missing(what: Needed, have: Collection[str], *, id_shown: bool) -> list[str]:
    """Return what is still missing; empty when the dossier is complete."""
    lacks = [kind for kind in what.attachments if kind not in have]
    if what.id_shown and not id_shown:
        lacks.append(ID_SHOWN)
    if what.signature:
        lacks.append(SIGNATURE)
    return lacks


def complete_at(
    what: Needed, first_at: Mapping[str, datetime], *, submitted_at: datetime, id_shown_at: datetime | None
) -> datetime | None:
    """Return when the last required item arrived, which starts the legal clock (2659 §1); None while something is missing.

    :param first_at: when a document of each kind first arrived; a better picture later does not move the clock.
    """
    if missing(what, first_at, id_shown=id_shown_at is not None):
        return None
    moments = [submitted_at, *(first_at[kind] for kind in what.attachments)]
    if what.id_shown and id_shown_at is not None:
        moments.append(id_shown_at)
    return max(moments)
