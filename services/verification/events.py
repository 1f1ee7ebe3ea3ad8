"""The facts that verification publishes. docs/facts/events.md is generated from them."""

from services.verification.attachments.facts import PicturesRequested
from services.verification.cases.facts import CaseGivenBack, CaseReceived, PhoneConfirmed
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityQuestioned, IdentityVerified

FACTS = (
    CaseReceived,
    PhoneConfirmed,
    CaseGivenBack,
    PicturesRequested,
    IdentityVerified,
    DeclarationRejected,
    CodeNotFound,
    IdentityQuestioned,
)
