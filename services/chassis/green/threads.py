"""CPU work past about 5 ms (argon2, Pillow, PDF) on a real thread, so that green threads go on meanwhile.

    picture = run_in_thread(shrink, upload)

Never inside a transaction: on SQLite the whole process waits for its turn to write, and on PostgreSQL a row stays locked.
"""

import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import eventlet.patcher
import eventlet.tpool

P = ParamSpec("P")
R = TypeVar("R")

# more threads than processors finish nothing sooner, and each takes memory of its own (argon2id: 19 MiB)
eventlet.tpool.set_num_threads(min(4, max(2, len(os.sched_getaffinity(0)))))


def run_in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What ``work`` returns or raises. Outside a service's process (a unit test, a command) it is simply called.

    ``work`` runs beside the green threads: it gets all it needs as arguments and touches no session, lock or socket of theirs.
    """
    if eventlet.patcher.is_monkey_patched("thread"):
        result: R = eventlet.tpool.execute(work, *args, **kwargs)
        return result
    return work(*args, **kwargs)
