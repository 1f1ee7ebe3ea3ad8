"""The pages of feedback, which the service serves beside its API."""

from services.feedback.coordination import pages as coordination_pages
from services.feedback.desk import complaint_pages, intake_pages
from services.feedback.desk import pages as desk_pages

PAGES = (complaint_pages, coordination_pages, desk_pages, intake_pages)
