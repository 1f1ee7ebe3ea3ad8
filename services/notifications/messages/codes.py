"""Why a message failed, in our own words, whatever its provider calls it: `code` of `message_failed` and of the API.

Beside these there are the jobs' own: `tries_used_up`, `worker_lost`, `permanent`.
"""

INVALID_NUMBER = "invalid_number"
UNREACHABLE_NUMBER = "unreachable_number"
UNSUBSCRIBED = "unsubscribed"
FILTERED = "filtered"
NOT_ROUTED = "not_routed"
INVALID_ADDRESS = "invalid_address"
REFUSED = "refused"
EXPIRED = "expired"
NO_PROVIDER = "no_provider"
