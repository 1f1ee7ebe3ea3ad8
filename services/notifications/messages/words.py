"""Whose words the values of a message are: what a stranger typed reaches nobody but addresses that are proved, and staff (N18).

An e-mail of the agency is believed. A complaint or declaration may name anybody's address, and a name is 100 or 200 free letters: with it a
stranger would write to others in the state's name. So every value of a template is classified (a test reads the templates), and a new one is
left out until it stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: made by the system, or one of a closed list: numbers, days, codes, figures, statuses
OURS = frozenset(
    {
        "account",
        "acknowledge_due",
        "answer_due",
        "answered_at",
        "at",
        "attached",
        "bhxh_code",
        "birth_certificate",
        "change",
        "changed",
        "code",
        "complaint_no",
        "complete_at",
        "corrected",
        "dossier_no",
        "due_at",
        "expires_at",
        "filing",
        "form_token",
        "insisted",
        "kind",
        "last_day",
        "level",
        "never_sent",
        "password",
        "phone",
        "pictures",
        "progress",
        "purpose",
        "received_at",
        "ref",
        "reminded_at",
        "reopen_until",
        "route",
        "seconds_left",
        "step",
        "title",
        "totals",
        "tracking_code",
        "unchanged",
        "until",
        "wait_until",
        "what",
    }
)
#: of the agency's own lists, or an officer's words, who answers for them (V8, F4)
STAFFS = frozenset(
    {
        "addressee",
        "answer",
        "answered_by",
        "board",
        "category",
        "office",
        "office_address",
        "office_phone",
        "question",
        "reason",
        "reminded_by",
        "words",
    }
)
#: free text of whoever files: a name may be a sentence, and ends in a domain if it likes. `text`: an SMS that is quoted, with such a name
SENDERS = frozenset({"full_name", "text"})


def values_for(values: Mapping[str, Any], *, proved: bool) -> dict[str, Any]:
    """Return the values that a message may have: for an address that nobody has proved without a sender's words, which are null there."""
    return dict(values) if proved else {name: value if name in OURS | STAFFS else None for name, value in values.items()}
