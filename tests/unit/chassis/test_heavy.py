"""CPU work beside the green threads."""

import subprocess
import sys

import pytest

from services.chassis.green.threads import run_in_thread

_GREEN = """
import eventlet; eventlet.monkey_patch()
import eventlet.patcher, time
from services.chassis.green.threads import run_in_thread
real = eventlet.patcher.original("time")
ticks = []
def tick():
    while True:
        ticks.append(1); time.sleep(0.01)
eventlet.spawn(tick)
assert run_in_thread(lambda seconds: real.sleep(seconds) or "done", 0.4) == "done"
assert len(ticks) > 10, f"the other green thread ran {len(ticks)} times only"
try:
    run_in_thread(lambda: 1 / 0)
except ZeroDivisionError:
    print("raised here")
"""


def test_outside_a_service_the_work_is_simply_called():
    assert run_in_thread(pow, 2, 10) == 1024
    with pytest.raises(ZeroDivisionError):
        run_in_thread(lambda: 1 / 0)


def test_green_threads_go_on_while_heavy_work_runs_and_its_errors_arrive_here():
    command = [sys.executable, "-W", "ignore", "-c", _GREEN]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "raised here"), done.stderr
