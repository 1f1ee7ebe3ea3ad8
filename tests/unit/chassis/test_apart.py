"""Python work in a process beside the service's."""

import subprocess
import sys

import pytest

from services.chassis.green.subprocesses import run_in_subprocess

_GREEN = """
import eventlet; eventlet.monkey_patch()
import os, threading, time
from services.chassis.green import subprocesses as module
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.errors import Transient

assert run_in_subprocess("os:getpid") != os.getpid()
assert run_in_subprocess("os:getpid") == run_in_subprocess("os:getpid")
assert len(run_in_subprocess("operator:mul", b"x" * 1000, 5000)) == 5_000_000
ticks = []
def tick():
    while True:
        ticks.append(1); time.sleep(0.01)
eventlet.spawn(tick)
run_in_subprocess("builtins:sum", range(30_000_000))
assert len(ticks) > 10, f"the other green thread ran {len(ticks)} times only"
try:
    run_in_subprocess("operator:truediv", 1, 0)
except ZeroDivisionError:
    print("raised here")
results = []
for n in range(20):
    eventlet.spawn(lambda n=n: results.append(run_in_subprocess("operator:add", n, n)))
while len(results) < 20:
    time.sleep(0.01)
assert sorted(results) == [2 * n for n in range(20)]
try:
    run_in_subprocess("os:_exit", 3)
except Transient:
    print("died")
assert run_in_subprocess("operator:add", 1, 1) == 2
print(module._child._process.pid, flush=True)
os._exit(0)
"""


def test_outside_a_service_the_work_is_simply_called():
    assert run_in_subprocess("operator:add", 1, 2) == 3
    with pytest.raises(ZeroDivisionError):
        run_in_subprocess("operator:truediv", 1, 0)


def test_the_child_works_for_all_green_threads_is_replaced_when_it_dies_and_ends_with_its_parent():
    command = [sys.executable, "-W", "ignore", "-c", _GREEN]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    *said, _pid = done.stdout.split("\n")[:-1]
    # run() has read the pipes to their end, which the child holds too: so it is gone
    assert said == ["raised here", "died"]
