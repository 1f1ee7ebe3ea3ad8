"""The registry: which messages there are, by which channels, under which clock (domain.md, Notifications).

A new message is a line here, its texts in templates/, and a function in handlers.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Clock(StrEnum):
    """How soon a message has to be handed over. Only the first two are law: missing one is told as a fact."""

    FIFTEEN_MINUTES = "15-minutes"
    """From the complete dossier (2659 §1 and §2 step 4)."""
    THREE_WORKING_DAYS = "3-working-days"
    """From the complete dossier, for a paper form at a counter (2659 §2, direct registration)."""
    AT_ONCE = "at-once"
    DAYTIME = "daytime"
    OTP = "otp"
    """Seconds; after the code's own expiry it is not sent any more."""


class Channels(StrEnum):
    """Where a message goes, of what the person has."""

    SMS = "sms"
    EMAIL = "email"
    """Only to those who have an address."""
    BOTH = "sms and email if any"
    EITHER = "email if any, else sms"


@dataclass(frozen=True, slots=True)
class Template:
    """One message.

    `legal`: its deadline is the law's, by the dossier's route (see `clocks.deadline`).
    `quiet`: its SMS waits for the morning between 21:00 and 07:00.
    `secret`: the name of the value that comes in a sealed box; stored texts show it masked.
    """

    name: str
    event: str
    channels: Channels
    clock: Clock
    max_segments: int = 1
    quiet: bool = False
    legal: bool = False
    secret: str | None = None


_ALL = (
    # the person has just pressed the button and waits for the number: no quiet hours
    Template("declaration_submitted", "registration.declaration_submitted", Channels.SMS, Clock.AT_ONCE),
    # for a child: its name and the link to the form (child step 6) do not fit one segment
    Template("child_submitted", "registration.declaration_submitted", Channels.SMS, Clock.AT_ONCE, max_segments=2),
    Template("form_attached", "registration.attachment_added", Channels.EMAIL, Clock.AT_ONCE),
    Template("declaration_expiring", "registration.declaration_expiring", Channels.SMS, Clock.DAYTIME, quiet=True),
    Template("declaration_expired", "registration.declaration_expired", Channels.SMS, Clock.DAYTIME, quiet=True),
    Template(
        "account_activated",
        "accounts.account_activated",
        Channels.BOTH,
        Clock.FIFTEEN_MINUTES,
        legal=True,
        secret="password",  # noqa: S106  # the value's name
    ),
    Template(
        "child_activated",
        "accounts.account_activated",
        Channels.BOTH,
        Clock.FIFTEEN_MINUTES,
        max_segments=2,
        legal=True,
        secret="password",  # noqa: S106
    ),
    # the reason is an officer's own words; what does not fit is in the e-mail, or told by the hotline
    Template(
        "declaration_rejected",
        "verification.declaration_rejected",
        Channels.BOTH,
        Clock.FIFTEEN_MINUTES,
        max_segments=3,
        legal=True,
    ),
    # the person has just been at a counter, or waits for the answer; the second segment is a child's name
    Template("code_not_found", "verification.code_not_found", Channels.SMS, Clock.AT_ONCE, max_segments=2),
    Template("otp", "accounts.otp_issued", Channels.SMS, Clock.OTP, secret="code"),  # noqa: S106
    Template("account_adjusted", "accounts.account_adjusted", Channels.SMS, Clock.AT_ONCE),
    Template("account_stopped", "accounts.account_stopped", Channels.SMS, Clock.AT_ONCE),
    # somebody else may be at the account: told at night too
    Template("password_changed", "accounts.password_changed", Channels.EITHER, Clock.AT_ONCE),
    Template("password_reset", "accounts.password_reset", Channels.EITHER, Clock.AT_ONCE),
    Template("new_device", "accounts.session_revoked", Channels.EITHER, Clock.AT_ONCE),
    Template("password_expiring", "accounts.password_expiring", Channels.EITHER, Clock.DAYTIME, quiet=True),
    # complaints, to whoever filed (N8): the number at once, what the working days brought forth by day
    Template(
        "complaint_received",
        "feedback.complaint_received",
        Channels.BOTH,
        Clock.AT_ONCE,
        secret="tracking_code",  # noqa: S106  # the value's name
    ),
    # the question and the answer are somebody's own words; what does not fit is in the e-mail, or told by the hotline
    Template("complaint_question", "feedback.question_asked", Channels.BOTH, Clock.DAYTIME, max_segments=2, quiet=True),
    Template("complaint_answered", "feedback.complaint_answered", Channels.BOTH, Clock.DAYTIME, max_segments=3, quiet=True),
    Template("complaint_late", "feedback.complaint_overdue", Channels.EITHER, Clock.DAYTIME, quiet=True),
    Template("complaint_reopened", "feedback.complaint_reopened", Channels.EITHER, Clock.AT_ONCE),
    # … and to those of the staff who answer for them and watch over them (3717 §5)
    *(
        Template(f"staff_{name}", f"feedback.{name}", Channels.EMAIL, Clock.AT_ONCE)
        for name in (
            "complaint_received",
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

TEMPLATES = {template.name: template for template in _ALL}


def addresses(template: Template, phone: str | None, email: str | None) -> list[tuple[str, str]]:
    """Where the message goes, of what there is: pairs of channel and address. Who files a complaint may have neither."""
    sms = [("sms", phone)] if phone else []
    mail = [("email", email)] if email else []
    match template.channels:
        case Channels.SMS:
            return sms
        case Channels.EMAIL:
            return mail
        case Channels.BOTH:
            return sms + mail
        case Channels.EITHER:
            return mail or sms
