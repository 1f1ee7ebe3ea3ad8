"""The pages of feedback: what `service.py` adds to the API."""

from __future__ import annotations

from services.feedback.coordination import pages as coordination_pages
from services.feedback.desk import complaint_pages, intake_pages
from services.feedback.desk import pages as desk_pages

BLUEPRINTS = tuple(each.blueprints for each in (complaint_pages, coordination_pages, desk_pages, intake_pages))
