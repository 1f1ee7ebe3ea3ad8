"""What operators see of the budgets."""

from prometheus_client import Counter, Gauge

USED = Gauge(
    "vss_message_budget_used_ratio",
    "How much of a budget of the whole country is used: `budget` for all messages, `budget_strangers` for what anybody can cause; window in seconds",
    ["channel", "budget", "window"],
)
HELD = Counter(
    "vss_messages_over_budget_total", "Messages that were held because a budget was used up", ["channel", "budget", "rank"]
)
