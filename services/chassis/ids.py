"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562 §5.7).

Time-ordered ids keep B-tree inserts at the right-hand edge of the index: the inbox stays as fast at a hundred million rows as
when empty. Those of one process sort as they were made, within a millisecond too: rows of one transaction, say of a history,
come back in order. They take the machine's own clock, not the movable one: an id must not repeat when a test moves time back.
"""

import hashlib
import uuid
from datetime import datetime

from uuid_utils.compat import uuid7

__all__ = ["uuid7", "uuid7_of"]


def uuid7_of(moment: datetime, name: str) -> uuid.UUID:
    """Return the UUIDv7 of ``name`` at ``moment``: always the same, for what must get its id again after a restored backup.

    It can be guessed by whoever knows both, so it must not open anything.
    """
    tail = hashlib.sha256(name.encode()).digest()
    milliseconds = int(moment.timestamp() * 1000).to_bytes(6, "big")
    return uuid.UUID(bytes=milliseconds + bytes([0x70 | tail[0] & 0x0F, tail[1], 0x80 | tail[2] & 0x3F, *tail[3:10]]))
