"""The roles that an account has and a token carries."""

from services.chassis.web import second_factor

CITIZEN = "citizen"
#: only in tokens, never in an account: the holder must change the password first (A3, A4)
NEWCOMER = "newcomer"
#: only in tokens: staff who have shown no second factor may do nothing but enrol one (A12)
ENROLLING = second_factor.ENROLLING
#: roles of staff (A12, V11)
STAFF_ROLES = ("officer", "approver", "director", "board", "support", "admin")
#: may do more than change a password
SIGNED_IN = (CITIZEN, *STAFF_ROLES)
ANYBODY = (NEWCOMER, ENROLLING, *SIGNED_IN)
