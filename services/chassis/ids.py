"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562 §5.7).

Time-ordered ids keep B-tree inserts at the right-hand edge of the index: the inbox stays as fast at a hundred million rows as
when empty. Those of one process sort as they were made, within a millisecond too: rows of one transaction, say of a history,
come back in order. They take the machine's own clock, not the movable one: an id must not repeat when a test moves time back.
"""

from uuid_utils.compat import uuid7

__all__ = ["uuid7"]
