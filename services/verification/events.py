"""The facts that verification publishes. docs/facts/events.md is generated from them."""

from services.verification.cases.facts import CaseGivenBack, CaseReceived, PhoneConfirmed
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityVerified

FACTS = (CaseReceived, PhoneConfirmed, CaseGivenBack, IdentityVerified, DeclarationRejected, CodeNotFound)
