"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562 §5.7).

Time-ordered ids keep B-tree inserts at the right-hand edge of the index: the inbox stays as fast at a hundred million rows
as when empty.
"""

import os
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits.

    Takes the machine's own clock, not the movable one: an id must not repeat when a test moves time back.
    """
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    rand_a = (noise >> 68) & 0xFFF
    rand_b = noise & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=(milliseconds & 0xFFFFFFFFFFFF) << 80 | _VERSION_7 | rand_a << 64 | _VARIANT | rand_b)
