"""The facts that verification publishes. The catalogue docs/facts/events.md is made from them."""

from services.verification.cases.facts import CaseReceived
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityVerified

FACTS = (CaseReceived, IdentityVerified, DeclarationRejected, CodeNotFound)
