"""The pages of feedback: what `service.py` adds to the API."""

from __future__ import annotations

from services.feedback.answers import pages as answers_pages
from services.feedback.categories import pages as categories_pages
from services.feedback.complaints import monitoring_pages
from services.feedback.coordination import pages as coordination_pages
from services.feedback.desk import complaint_pages, intake_pages
from services.feedback.desk import pages as desk_pages
from services.feedback.faq import pages as faq_pages
from services.feedback.mailbox import pages as mailbox_pages
from services.feedback.reports import pages as reports_pages

_OFFICES = (answers_pages, complaint_pages, coordination_pages, desk_pages, intake_pages, mailbox_pages)
_BOARDS = (categories_pages, faq_pages, monitoring_pages, reports_pages)
BLUEPRINTS = tuple(each.blueprints for each in (*_OFFICES, *_BOARDS))
