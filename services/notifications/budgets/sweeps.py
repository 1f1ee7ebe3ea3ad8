"""Forget what was counted in windows that are over."""

from services.chassis.web.throttles import forgetting
from services.notifications.budgets.tables import Spent

sweeps = (forgetting(Spent),)
