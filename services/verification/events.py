"""The facts that verification publishes. docs/facts/events.md is generated from them."""

from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.subjects import DataSubjectAnswered
from services.verification.attachments.facts import DocumentSupplemented, PicturesRequested
from services.verification.cases.facts import CaseGivenBack, CaseReceived, PhoneConfirmed
from services.verification.corrections.facts import DeclarationCorrected
from services.verification.deadlines.facts import CaseDueSoon, CaseOverdue
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityQuestioned, IdentityVerified
from services.verification.letters.facts import VisitRequested
from services.verification.passwords.facts import PasswordRequested

FACTS = (
    CaseReceived,
    PhoneConfirmed,
    CaseGivenBack,
    PicturesRequested,
    DocumentSupplemented,
    DeclarationCorrected,
    IdentityVerified,
    DeclarationRejected,
    CodeNotFound,
    IdentityQuestioned,
    VisitRequested,
    PasswordRequested,
    CaseDueSoon,
    CaseOverdue,
    DataSubjectAnswered,
    HistoryHeadPublished,
)
