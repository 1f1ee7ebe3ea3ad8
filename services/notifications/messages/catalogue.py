"""The catalogue of all messages, with their channels and urgency (N1 to N8).

A new message is a line here, its texts in templates/, and a function in the handlers.py of those it goes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.chassis.text.emails import is_sendable
from services.notifications.budgets.ranks import Origin, Rank, origin_of, rank_of

#: the job kinds that send: one-time codes have their own, so that a flood of other SMS never delays them
OTP, SMS, EMAIL = JOB_KINDS = ("otp", "sms", "email")


class Urgency(StrEnum):
    """How soon a message must be sent. Only the first two are legal deadlines; missing one is published as a fact."""

    FIFTEEN_MINUTES = "15-minutes"
    """From the complete dossier (2659 §1 and §2 step 4)."""
    THREE_WORKING_DAYS = "3-working-days"
    """From the complete dossier, for a paper form at a counter (2659 §2, direct registration)."""
    AT_ONCE = "at-once"
    DAYTIME = "daytime"
    OTP = "otp"
    """Within seconds; useless once the code has expired."""


class Channels(StrEnum):
    """The channels of a message, depending on the person's contact data."""

    SMS = "sms"
    EMAIL = "email"
    """Only to those who have an address."""
    BOTH = "sms and email if any"
    EITHER = "email if any, else sms"


@dataclass(frozen=True, slots=True)
class Template:
    """One message.

    `fact`: the fact that causes it, as service and name.
    `legal`: its deadline is the law's, by the dossier's route (`deadlines.legal`).
    `quiet`: its SMS keeps quiet hours (`deadlines.quiet_hours`).
    `secret`: the name of the value that arrives in a sealed box; stored texts mask it.
    `once`: said once about a dossier or complaint, whatever fact says so: a restored source tells it in a new one.
    `opens`: the first message about a number, in which a number that two people were given shows.
    """

    name: str
    fact: str
    channels: Channels
    urgency: Urgency
    max_segments: int = 1
    quiet: bool = False
    legal: bool = False
    secret: str | None = None
    once: bool = False
    opens: bool = False

    @property
    def origin(self) -> Origin:
        """Return who causes it."""
        return origin_of(self.name)

    @property
    def rank(self) -> Rank:
        """Return when it is held where a budget comes to its end."""
        return rank_of(self.name)

    @property
    def is_for_staff(self) -> bool:
        """Tell whether it goes to a mailbox of the agency."""
        return self.name.startswith("staff_") or self.name == "progress_report"

    @property
    def is_for_duty(self) -> bool:
        """Tell whether it goes to the duty list (F10)."""
        return self.name.startswith("duty_")

    def addresses(self, phone: str | None, email: str | None) -> list[tuple[str, str]]:
        """Return the pairs of channel and address to send to; none if the filer of a complaint left no address."""
        by_sms = [("sms", phone)] if phone else []
        by_email = [("email", email)] if email else []
        match self.channels:
            case Channels.SMS:
                return by_sms
            case Channels.EMAIL:
                return by_email
            case Channels.BOTH:
                return by_sms + by_email
            case Channels.EITHER:
                return by_email if email and (is_sendable(email) or not phone) else by_sms

    def job_kind(self, channel: str) -> str:
        """Return the job kind that sends it by this channel."""
        return OTP if self.urgency is Urgency.OTP else SMS if channel == "sms" else EMAIL


_ALL = (
    # the person has just pressed the button and waits for the number: no quiet hours
    Template(
        "declaration_submitted", "registration.declaration_submitted", Channels.SMS, Urgency.AT_ONCE, once=True, opens=True
    ),
    # for a child: name and link to the form (child step 6) do not fit into one segment
    Template(
        "child_submitted",
        "registration.declaration_submitted",
        Channels.SMS,
        Urgency.AT_ONCE,
        max_segments=2,
        secret="form_token",  # noqa: S106  # the value's name
        once=True,
        opens=True,
    ),
    Template("phone_code", "registration.phone_code_issued", Channels.SMS, Urgency.OTP, secret="code"),  # noqa: S106
    Template("form_attached", "registration.attachment_added", Channels.EMAIL, Urgency.AT_ONCE),
    *(
        Template(name, f"registration.{name}", Channels.SMS, Urgency.DAYTIME, quiet=True, once=True)
        for name in ("declaration_expiring", "declaration_expired")
    ),
    # each later day is told
    Template("declaration_unfinished", "registration.declaration_unfinished", Channels.SMS, Urgency.DAYTIME, quiet=True),
    Template("pictures_awaited", "registration.pictures_awaited", Channels.SMS, Urgency.DAYTIME, max_segments=2, quiet=True),
    Template("declaration_extended", "registration.declaration_extended", Channels.SMS, Urgency.DAYTIME, quiet=True),
    Template(
        "declaration_superseded", "registration.declaration_withdrawn", Channels.SMS, Urgency.DAYTIME, quiet=True, once=True
    ),
    Template(
        "account_activated",
        "accounts.account_activated",
        Channels.BOTH,
        Urgency.FIFTEEN_MINUTES,
        legal=True,
        secret="password",  # noqa: S106  # the value's name
    ),
    Template(
        "child_activated",
        "accounts.account_activated",
        Channels.BOTH,
        Urgency.FIFTEEN_MINUTES,
        max_segments=2,
        legal=True,
        secret="password",  # noqa: S106
    ),
    # the reason is in an officer's own words; what does not fit is in the e-mail, or available from the hotline
    Template(
        "declaration_rejected",
        "verification.declaration_rejected",
        Channels.BOTH,
        Urgency.FIFTEEN_MINUTES,
        max_segments=3,
        legal=True,
        once=True,
    ),
    # the person has just been at a counter, or is waiting for the answer; a child's name may need a second segment
    Template("code_not_found", "verification.code_not_found", Channels.SMS, Urgency.AT_ONCE, max_segments=2, once=True),
    # found when HGĐ answers, which may be at night; nothing is lost by waiting for the morning
    Template(
        "identity_questioned",
        "verification.identity_questioned",
        Channels.SMS,
        Urgency.DAYTIME,
        max_segments=2,
        quiet=True,
        once=True,
    ),
    Template("visit_requested", "verification.visit_requested", Channels.SMS, Urgency.DAYTIME, quiet=True, once=True),
    Template("otp", "accounts.otp_issued", Channels.SMS, Urgency.OTP, secret="code"),  # noqa: S106
    Template("account_adjusted", "accounts.account_adjusted", Channels.SMS, Urgency.AT_ONCE, once=True),
    # to the addresses of before: somebody else may have changed them
    Template("account_changed", "accounts.account_adjusted", Channels.BOTH, Urgency.AT_ONCE, max_segments=2, once=True),
    Template(
        "without_effect", "accounts.declaration_without_effect", Channels.SMS, Urgency.AT_ONCE, max_segments=2, once=True
    ),
    Template("account_stopped", "accounts.account_stopped", Channels.SMS, Urgency.AT_ONCE, once=True),
    # somebody else may be using the account: sent at night too
    Template("password_changed", "accounts.password_changed", Channels.EITHER, Urgency.AT_ONCE),
    Template("password_reset", "accounts.password_reset", Channels.EITHER, Urgency.AT_ONCE),
    Template("new_device", "accounts.session_revoked", Channels.EITHER, Urgency.AT_ONCE),
    Template("device_added", "accounts.device_added", Channels.EITHER, Urgency.AT_ONCE),
    # to the addresses of before: somebody else may have changed them
    Template("contact_changed", "accounts.staff_contact_changed", Channels.BOTH, Urgency.AT_ONCE, max_segments=2),
    Template("second_factor", "accounts.second_factor_changed", Channels.EITHER, Urgency.AT_ONCE),
    Template("password_expiring", "accounts.password_expiring", Channels.EITHER, Urgency.DAYTIME, quiet=True),
    # complaints, to the filer (N8): the number at once, everything else by day
    Template(
        "complaint_received",
        "feedback.complaint_received",
        Channels.BOTH,
        Urgency.AT_ONCE,
        secret="tracking_code",  # noqa: S106  # the value's name
        opens=True,
    ),
    # questions and answers are free text; what does not fit is in the e-mail, or available from the hotline
    Template("complaint_question", "feedback.question_asked", Channels.BOTH, Urgency.DAYTIME, max_segments=2, quiet=True),
    Template(
        "complaint_answered", "feedback.complaint_answered", Channels.BOTH, Urgency.DAYTIME, max_segments=3, quiet=True
    ),
    Template("complaint_late", "feedback.complaint_overdue", Channels.EITHER, Urgency.DAYTIME, quiet=True),
    Template("complaint_reopened", "feedback.complaint_reopened", Channels.EITHER, Urgency.AT_ONCE),
    # somebody is turned away at this hour: whoever is on duty hears it at night, too (F10)
    Template("duty_urgent_complaint", "feedback.urgent_complaint", Channels.SMS, Urgency.AT_ONCE),
    # the news of an SMS that could not be delivered, to a proved address (N17)
    Template("sms_undelivered", "notifications.message_failed", Channels.EMAIL, Urgency.AT_ONCE),
    # the progress of registration, to the leadership (R1)
    Template("progress_report", "registration.progress_report_made", Channels.EMAIL, Urgency.AT_ONCE),
    # a legal clock, to the office and then its director (N)
    *(
        Template(f"staff_{name}", f"verification.{name}", Channels.EMAIL, Urgency.AT_ONCE)
        for name in ("case_due_soon", "case_overdue")
    ),
    # complaints, to the staff who are accountable or watch (3717 §5)
    *(
        Template(f"staff_{name}", f"feedback.{name}", Channels.EMAIL, Urgency.AT_ONCE)
        for name in (
            "complaint_received",
            "complaint_marked",
            "complaint_recategorised",
            "complaint_answered",
            "complaint_due_soon",
            "complaint_overdue",
            "complaint_reminded",
            "complaint_reopened",
            "coordination_requested",
            "coordination_answered",
            "report_made",
        )
    ),
)

WITH_FIRST_PASSWORD = frozenset(template.name for template in _ALL if template.secret == "password")  # noqa: S105  # a name
WITH_SECRET = frozenset(template.name for template in _ALL if template.secret)
TEMPLATES = {template.name: template for template in _ALL}
