"""The facts that verification publishes. docs/facts/events.md is generated from them."""

from services.verification.attachments.facts import DocumentSupplemented
from services.verification.cases.facts import CaseGivenBack, CaseReceived
from services.verification.corrections.facts import DeclarationCorrected
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityVerified
from services.verification.letters.facts import VisitRequested

FACTS = (
    CaseReceived,
    CaseGivenBack,
    DocumentSupplemented,
    DeclarationCorrected,
    IdentityVerified,
    DeclarationRejected,
    CodeNotFound,
    VisitRequested,
)
