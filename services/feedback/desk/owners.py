"""Take a complaint as one's own work, and give it back, so that two people do not work on the same one.

It binds nobody: the accountable province's staff may work on any, and the director answers for all (F3).

Refused
├── TakenByOther    somebody else has taken it; names them, and since when
└── NotTaken        only who has taken it gives it back
"""

from __future__ import annotations

from datetime import datetime

from services.chassis import clock
from services.chassis.errors import Refused
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import OPEN
from services.feedback.directory.actors import Actor
from services.feedback.directory.names import names_of


class TakenByOther(Refused):
    def __init__(self, name: str, since: datetime | None) -> None:
        super().__init__(
            "taken-by-other",
            vi=f"Phản ánh này đang do {name} giải quyết.",
            en=f"{name} is working on this complaint.",
            owner=name,
            **({"since": since} if since else {}),
        )


class NotTaken(Refused):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "not-taken",
            vi="Chỉ người đang nhận giải quyết mới trả lại được phản ánh này.",
            en="Only whoever has taken this complaint can give it back.",
        )


def take(complaint: Complaint, by: Actor, *, instead: bool) -> None:
    """Take the complaint; again changes nothing.

    :param instead: take it over from whoever has it, which the history shows.
    :raises TakenByOther: if somebody has it, and it is not taken over.
    """
    complaint.must_be(*OPEN)
    before = complaint.owner_id
    if before == by.account_id:
        return
    if before is not None and not instead:
        raise TakenByOther(names_of(complaint.session, [before]).get(before, before), complaint.owned_at)
    complaint.owner_id, complaint.owned_at = by.account_id, clock.now()
    complaint.log("taken", by, **({"from": before} if before else {}))


def give_back(complaint: Complaint, by: Actor) -> None:
    """Give the complaint back to the desk; a director may do so for anybody.

    :raises NotTaken: if it is not the caller's.
    """
    if complaint.owner_id is None or (complaint.owner_id != by.account_id and by.role != "director"):
        raise NotTaken
    before, complaint.owner_id, complaint.owned_at = complaint.owner_id, None, None
    complaint.log("given_back", by, **({"from": before} if before != by.account_id else {}))
