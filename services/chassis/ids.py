"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562 §5.7).

Time-ordered ids keep B-tree inserts at the right-hand edge of the index: the inbox stays as fast at a hundred million rows
as when empty.
"""

import os
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


_MOST_IN_A_MILLISECOND = 0xFFF
_last_millisecond = _counter = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 12 that count within the millisecond, 62 random bits.

    Those of one process sort as they were made (RFC 9562 §6.2, method 1): rows of one transaction, say of a history, too.
    Takes the machine's own clock, not the movable one: an id must not repeat when a test moves time back.
    """
    global _last_millisecond, _counter
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    if milliseconds == _last_millisecond:
        _counter = min(_counter + 1, _MOST_IN_A_MILLISECOND)
    else:
        # begins in the lower half, so that there is room to count
        _last_millisecond, _counter = milliseconds, (noise >> 68) & (_MOST_IN_A_MILLISECOND >> 1)
    rand_b = noise & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=(milliseconds & 0xFFFFFFFFFFFF) << 80 | _VERSION_7 | _counter << 64 | _VARIANT | rand_b)
