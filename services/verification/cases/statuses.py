"""The statuses of a case, and the groups that the rules use.

::

    new ──▶ received ──▶ checking ──▶ approved
     │          │           ├──▶ name_near, name_differs, code_not_found, identity_unproved ──▶ (assessed again) checking, or rejected
     │          └──────────▶ rejected
     └──▶ expired, withdrawn
"""

NEW, RECEIVED, CHECKING, APPROVED, REJECTED = "new", "received", "checking", "approved", "rejected"
CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR = "code_not_found", "name_differs", "name_near"
#: a letter came without a proof of who sent it: the person has to come after all (I12)
IDENTITY_UNPROVED = "identity_unproved"
EXPIRED, WITHDRAWN = "expired", "withdrawn"

#: HGĐ has answered, and an officer has to look (V7)
WAITING = (CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR, IDENTITY_UNPROVED)
OPEN = (NEW, RECEIVED, *WAITING)
DECIDED = (APPROVED, REJECTED)
GONE = (EXPIRED, WITHDRAWN)
STATUSES = (*OPEN, CHECKING, *DECIDED, *GONE)

#: the state of the dossier (trạng thái): what it holds, and how it was assessed. The status (tình trạng) is the step of its
#: processing. HGĐ's questions (`WAITING`) leave it complete: it is to be assessed again
INCOMPLETE, COMPLETE, VALID, INVALID, CANCELLED = STATES = ("incomplete", "complete", "valid", "invalid", "cancelled")
#: the state of a dossier that has been assessed, or has ended; the state of any other depends on its papers
STATE_OF = {CHECKING: VALID, APPROVED: VALID, REJECTED: INVALID, EXPIRED: CANCELLED, WITHDRAWN: CANCELLED}
