"""Work of a start whose libraries are wanted no more once it runs: migrations (`chassis.database`).

    run_in_fork("the migration", lambda: migrate(url))

`run_in_subprocess` keeps its process, and what that has imported, for the next piece of work; here the process ends with the work. It is a
copy of this one, so it begins at once.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable

from services.chassis.errors import StartUpError


def run_in_fork(what: str, work: Callable[[], None]) -> None:
    """Do ``work`` in a copy of this process and wait for it, or raise what it raised. Outside a service's process it is done here.

    Only while the service starts: nothing else runs yet that the copy would have to keep away from. ``work`` opens its own
    connections.

    :raises StartUpError: if the copy died.
    """
    # looked for and not imported: a command has no use for eventlet, which greets with a warning
    if "eventlet" not in sys.modules or not sys.modules["eventlet"].patcher.is_monkey_patched("socket"):
        work()
        return
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        _in_the_copy(what, work, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as line:
        said = line.read()
    os.waitpid(pid, 0)
    if not said:
        raise StartUpError(f"{what} died half-way")
    error = pickle.loads(said)  # noqa: S301  # our own copy
    if error is not None:
        raise error


def _in_the_copy(what: str, work: Callable[[], None], line: int) -> None:
    said: BaseException | None = None
    try:
        sys.modules["eventlet"].hubs.use_hub()  # the copied one waits for the parent's sockets
        work()
    except BaseException as error:
        said = error
    try:
        answer = pickle.dumps(said)
        pickle.loads(answer)  # noqa: S301  # some exceptions can be written and not read
    except Exception:
        answer = pickle.dumps(StartUpError(f"{what} failed ({type(said).__name__})"))
    with os.fdopen(line, "wb") as file:
        file.write(answer)
    os._exit(0)
