"""The statuses of a case, and the groups that the rules use.

::

    new ──▶ received ──▶ checking ──▶ approved
     │          │           ├──▶ name_near, name_differs, birth_differs, code_not_found, identity_in_use, identity_unproved ──▶ (assessed again) checking, or rejected
     │          └──────────▶ rejected
     │                                    approved ──▶ identity_in_use (accounts found it in use after all)
     └──▶ expired, withdrawn
"""

NEW, RECEIVED, CHECKING, APPROVED, REJECTED = "new", "received", "checking", "approved", "rejected"
CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR, BIRTH_DIFFERS = "code_not_found", "name_differs", "name_near", "birth_differs"
IDENTITY_IN_USE = "identity_in_use"
#: a letter came without a proof of who sent it: the person has to come after all (I12)
IDENTITY_UNPROVED = "identity_unproved"
EXPIRED, WITHDRAWN = "expired", "withdrawn"

#: the outcome of a look-up at HGĐ whose tries are used up: no answer (V7)
UNREACHABLE = "unreachable"

#: HGĐ has answered, and an officer has to look (V7, V15, I12)
WAITING = (CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR, BIRTH_DIFFERS, IDENTITY_IN_USE, IDENTITY_UNPROVED)
OPEN = (NEW, RECEIVED, *WAITING)
DECIDED = (APPROVED, REJECTED)
GONE = (EXPIRED, WITHDRAWN)
STATUSES = (*OPEN, CHECKING, *DECIDED, *GONE)

#: the state of the dossier (trạng thái): what it holds, and how it was assessed. The status (tình trạng) is the step of its
#: processing. HGĐ's questions (`WAITING`) leave it complete: it is to be assessed again
INCOMPLETE, COMPLETE, VALID, INVALID, CANCELLED = STATES = ("incomplete", "complete", "valid", "invalid", "cancelled")
#: the state of a dossier that has been assessed, or has ended; the state of any other depends on its papers
STATE_OF = {CHECKING: VALID, APPROVED: VALID, REJECTED: INVALID, EXPIRED: CANCELLED, WITHDRAWN: CANCELLED}
