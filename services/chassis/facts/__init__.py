"""Facts, the events that services publish. Each is declared once; schema, catalogue and public feed follow from it."""

from services.chassis.facts.declare import Fact, Reader, private, public, reads, secret

__all__ = ["Fact", "Reader", "private", "public", "reads", "secret"]
