"""Our own codes for why a message failed or is held, independent of the provider: `code` of `message_failed` and of the API.

Which answer of which provider means which: `sms/twilio.toml`, `mail/smtp.toml`, `mail/ses.toml` (docs/providers.md); those that name
what is wrong with us (`credentials`, `sender`, …) stand there only. Jobs add theirs: `tries_used_up`, `worker_lost`, `permanent`,
`by_operator`.
"""

INVALID_NUMBER = "invalid_number"
UNREACHABLE_NUMBER = "unreachable_number"
UNSUBSCRIBED = "unsubscribed"
FILTERED = "filtered"
INVALID_ADDRESS = "invalid_address"
EXPIRED = "expired"
#: told again without its sealed secret, and no provider knows of an earlier copy
SECRET_GONE = "secret_gone"  # noqa: S105  # a code, no secret
#: the declaration expired or was withdrawn, and its data were erased before the message could be sent
DOSSIER_ENDED = "dossier_ended"
NO_PROVIDER = "no_provider"
MAILBOX_FULL = "mailbox_full"
TOO_LARGE = "too_large"
SUPPRESSED = "suppressed"
#: an e-mail address with letters beyond ASCII, which the mail server cannot take
UNSUPPORTED_ADDRESS = "unsupported_address"
#: an e-mail address that was taken before such were refused at the door: nothing on the internet has it
UNDELIVERABLE = "undeliverable"
#: it waited for a budget (`budgets`) for longer than MESSAGE_HOLD_HOURS
OVER_BUDGET = "over_budget"
#: somebody with access to our account at the provider took it back
CANCELLED = "cancelled"
#: a newer first password was made before this one was handed over
REPLACED = "replaced"
#: handed over, and the provider never learns whether it arrived
UNCONFIRMED = "unconfirmed"
#: twice sent without an answer, and nobody can tell what became of it: an operator decides about a third copy
UNKNOWN_OUTCOME = "unknown_outcome"
