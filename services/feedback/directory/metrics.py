"""What those who run the system see of the duty list."""

from prometheus_client import Counter

NOBODY_ON_DUTY = Counter(
    "vss_duty_unaddressed_total", "Complaints that cannot wait, of which nobody on duty could be told (F10)"
)
