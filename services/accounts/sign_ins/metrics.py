"""What operators see of sign-ins."""

from prometheus_client import Counter

SIGN_INS = Counter(
    "vss_sign_ins_total",
    "Sign-ins by result, and by what who asked was to the account: device, address, stranger",
    ["result", "source"],
)
