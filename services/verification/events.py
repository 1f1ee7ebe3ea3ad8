"""The facts that verification publishes. docs/facts/events.md is generated from them."""

from services.verification.cases.facts import CaseGivenBack, CaseReceived
from services.verification.decisions.facts import CodeNotFound, DeclarationRejected, IdentityQuestioned, IdentityVerified

FACTS = (CaseReceived, CaseGivenBack, IdentityVerified, DeclarationRejected, CodeNotFound, IdentityQuestioned)
