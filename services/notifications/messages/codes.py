"""Our own codes for why a message failed, independent of the provider: `code` of `message_failed` and of the API.

Jobs add theirs: `tries_used_up`, `worker_lost`, `permanent`.
"""

INVALID_NUMBER = "invalid_number"
UNREACHABLE_NUMBER = "unreachable_number"
UNSUBSCRIBED = "unsubscribed"
FILTERED = "filtered"
NOT_ROUTED = "not_routed"
INVALID_ADDRESS = "invalid_address"
REFUSED = "refused"
EXPIRED = "expired"
#: told again without its sealed secret, and no provider knows of an earlier copy
SECRET_GONE = "secret_gone"  # noqa: S105  # a code, no secret
#: the declaration expired or was withdrawn, and its data were erased before the message could be sent
DOSSIER_ENDED = "dossier_ended"
NO_PROVIDER = "no_provider"
