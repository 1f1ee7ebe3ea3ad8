"""How a service's process uses memory: few heaps, large blocks that go back, a garbage collector that looks seldom."""

import ctypes
import gc
from contextlib import suppress

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_HEAPS = 2
_LARGE_BYTES = 4 * 1024**2
_GC_ALLOCATIONS = 20_000


def limit_heaps() -> None:
    """Have glibc keep heaps for the process and not for each thread, as they are never given back; call it before all else.

    Large blocks (a decoded picture) are kept outside them, so that they are.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def settle() -> None:
    """Take what is loaded by now for lasting, and give back what importing left free; call it before work begins."""
    gc.collect()
    # the collector need not look at it with every batch
    gc.freeze()
    gc.set_threshold(_GC_ALLOCATIONS, 20, 50)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
