"""Keep words from the citizen that send them to another VSS office, unless a director insists (F4; 3717 §5a).

The words are found by `chassis.text.wording`, for rejections of dossiers alike (decision 37). The province that answers, and the
office that received the complaint, may name themselves.

Refused
├── SendsAway              such words, and nobody insists
└── OnlyDirectorInsists    somebody else insists
"""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Refused
from services.chassis.text.citations import cite
from services.chassis.text.wording import another_office
from services.feedback.complaints.rules import Complaint
from services.feedback.directory import responsible
from services.feedback.directory.actors import Actor


class SendsAway(Refused):
    """The phrases are named as they were written, so that the text can be changed, or a director can insist."""

    def __init__(self, phrases: Sequence[str]) -> None:
        law = cite("no-pushing-away", today_in_vietnam())
        super().__init__(
            "sends-away",
            vi=f"Nơi tiếp nhận chủ động phối hợp và trả lời; không hướng dẫn người dân sang cơ quan BHXH khác ({law.vi}). "
            "Hãy sửa các cụm từ trong phrases, hoặc giám đốc nêu lý do giữ nguyên.",
            en=f"The receiving office co-ordinates and answers; nobody sends the citizen to another BHXH office ({law.en}). "
            "Change the phrases listed, or let the director say why they stay.",
            phrases=list(phrases),
        )


class OnlyDirectorInsists(Refused):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "only-director-insists",
            vi="Chỉ giám đốc được giữ nguyên câu chữ hướng dẫn người dân sang cơ quan khác.",
            en="Only the director may insist on words that send the citizen to another office.",
        )


def phrases_in(complaint: Complaint, text: str) -> list[str]:
    """Return the phrases that send the citizen to another office, as they are written."""
    director = responsible.of_province(complaint.session, complaint.province_code)
    own = [str(complaint.office["name"]), *([director.office] if director else [])]
    return another_office.phrases_in(text, own=own)


def must_not_send_away(complaint: Complaint, by: Actor, text: str, *, what: str, insists_because: str | None) -> bool:
    """Check a text before it is sent; return whether a director insists, which the history and the report show.

    :param what: answer or question.
    :raises SendsAway: if it sends the citizen to another office, and nobody insists.
    :raises OnlyDirectorInsists: if somebody else than the director does.
    """
    phrases = phrases_in(complaint, text)
    if not phrases:
        return False
    if insists_because is None:
        raise SendsAway(phrases)
    # the desk answers complaints about directors in their place (F9); no other board gets this far
    if by.role not in ("director", "board"):
        raise OnlyDirectorInsists
    complaint.log("insisted", by, what=what, reason=insists_because, phrases=phrases)
    return True
