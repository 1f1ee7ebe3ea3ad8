"""The roles that an account has and a token carries."""

CITIZEN = "citizen"
#: in the token of whoever must change the password first; no account has it (A3, A4)
NEWCOMER = "newcomer"
#: A12, V11
STAFF_ROLES = ("officer", "approver", "director", "board", "support", "admin")
#: may do more than change a password
SIGNED_IN = (CITIZEN, *STAFF_ROLES)
ANYBODY = (NEWCOMER, *SIGNED_IN)
