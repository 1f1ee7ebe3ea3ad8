"""What feedback does by itself: the calls that it makes as jobs, and what it acts on when it is due."""

from services.feedback.attachments import jobs as attachments_jobs
from services.feedback.coordination import sweeps as coordination_sweeps
from services.feedback.deadlines import sweeps as deadlines_sweeps
from services.feedback.finding import sweeps as finding_sweeps
from services.feedback.forgetting import sweeps as forgetting_sweeps
from services.feedback.letters import jobs as letters_jobs
from services.feedback.mailbox import reading as mailbox_reading
from services.feedback.reports import rules as reports_rules

JOBS = (attachments_jobs.kinds, letters_jobs.kinds, mailbox_reading.kinds, reports_rules.kinds)
_CLOCKS = (coordination_sweeps.sweeps, deadlines_sweeps.sweeps, mailbox_reading.sweeps)
SWEEPS = (*_CLOCKS, finding_sweeps.sweeps, forgetting_sweeps.sweeps, reports_rules.sweeps)
