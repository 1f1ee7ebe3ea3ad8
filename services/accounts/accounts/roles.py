"""The roles that an account has and a token carries."""

CITIZEN = "citizen"
#: only in tokens, never in an account: the holder must change the password first (A3, A4)
NEWCOMER = "newcomer"
#: roles of staff (A12, V11)
STAFF_ROLES = ("officer", "approver", "director", "board", "support", "admin")
#: may do more than change a password
SIGNED_IN = (CITIZEN, *STAFF_ROLES)
ANYBODY = (NEWCOMER, *SIGNED_IN)
