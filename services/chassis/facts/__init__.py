"""Facts: what services tell each other. Declared once, from which schema, catalogue and public feed follow."""

from services.chassis.facts.declare import Fact, Reader, private, public, reads

__all__ = ["Fact", "Reader", "private", "public", "reads"]
