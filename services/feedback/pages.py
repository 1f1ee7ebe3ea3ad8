"""The pages of feedback, which the service serves beside its API."""

from services.feedback.answers import pages as answers_pages
from services.feedback.complaints import monitoring_pages
from services.feedback.coordination import pages as coordination_pages
from services.feedback.desk import complaint_pages, intake_pages
from services.feedback.desk import pages as desk_pages
from services.feedback.reports import pages as reports_pages

_OFFICES = (answers_pages, complaint_pages, coordination_pages, desk_pages, intake_pages)
_BOARDS = (monitoring_pages, reports_pages)
PAGES = (*_OFFICES, *_BOARDS)
