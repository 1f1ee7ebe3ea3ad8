"""What those who run the system see of the legal clocks."""

from prometheus_client import Counter

NOBODY_TO_ALERT = Counter(
    "vss_case_alerts_unaddressed_total",
    "Dossiers nearly or already late of which neither the office nor its director could be told",
)
