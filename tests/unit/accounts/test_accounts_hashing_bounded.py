"""Hashes of a service under load: as many at a time as there are processors, however many people sign in at once."""

import subprocess
import sys

_SIXTY_AT_ONCE = """
import eventlet
eventlet.monkey_patch()
import resource
from services.accounts.passwords import hashing

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pool = eventlet.GreenPool(60)
assert not any(pool.imap(lambda number: hashing.matches(str(number), None), range(60)))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_sixty_hashes_at_once_take_the_memory_of_a_few():
    """An argon2 takes 19 MiB: sixty together would take 1.1 GiB, and the process with them."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _SIXTY_AT_ONCE], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(done.stdout) < 150, f"{done.stdout} MiB more"
