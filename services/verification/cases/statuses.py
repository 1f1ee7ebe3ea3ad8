"""The statuses of a case, and the groups that the rules use.

::

    new ──▶ received ──▶ checking ──▶ approved
     │          │           ├──▶ name_near, name_differs, birth_differs, code_not_found, identity_in_use ──▶ (assessed again) checking, or rejected
     │          └──────────▶ rejected
     │                                    approved ──▶ identity_in_use (accounts found it in use after all)
     └──▶ expired, withdrawn
"""

NEW, RECEIVED, CHECKING, APPROVED, REJECTED = "new", "received", "checking", "approved", "rejected"
CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR, BIRTH_DIFFERS = "code_not_found", "name_differs", "name_near", "birth_differs"
IDENTITY_IN_USE = "identity_in_use"
EXPIRED, WITHDRAWN = "expired", "withdrawn"

#: the outcome of a look-up at HGĐ whose tries are used up: no answer (V7)
UNREACHABLE = "unreachable"

#: HGĐ has answered, and an officer has to look (V7, V15)
WAITING = (CODE_NOT_FOUND, NAME_DIFFERS, NAME_NEAR, BIRTH_DIFFERS, IDENTITY_IN_USE)
OPEN = (NEW, RECEIVED, *WAITING)
DECIDED = (APPROVED, REJECTED)
GONE = (EXPIRED, WITHDRAWN)
STATUSES = (*OPEN, CHECKING, *DECIDED, *GONE)
