"""What operators see of the roads."""

from prometheus_client import Counter, Gauge, Histogram

SHARE = Gauge("vss_sms_road_share", "Share of SMS that a road gets now, in points of a hundred", ["road"])
REST = Gauge("vss_sms_road_rest", "Share of SMS that a road gets at rest, in points of a hundred", ["road"])
SHIFTS = Counter("vss_sms_road_shifts_total", "Changes of a road's share, by why", ["road", "why"])
ERRORS = Counter("vss_sms_road_errors_total", "Calls that failed by the road's or our fault, by code", ["road", "code"])
ANSWER_SECONDS = Histogram(
    "vss_sms_road_answer_seconds",
    "From asking a road to send an SMS to its answer",
    ["road"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
