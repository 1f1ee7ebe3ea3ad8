"""PostgreSQL under green threads: whoever waits for an answer leaves the process to the others, and loses none."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def play(postgres_url: str) -> Any:
    """Run a scene in a process on green threads; what it saw."""

    def run(scene: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.integration.chassis.programs.green_database", scene, postgres_url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return dict(json.loads(done.stdout.splitlines()[-1]))  # before it may be lines of the log

    return run


def test_statements_of_several_green_threads_run_at_the_same_time_and_others_have_their_turn(play: Any) -> None:
    seen = play("together")
    assert 0.5 <= seen["seconds"] < 2
    assert seen["turns"] > 10


def test_a_statement_and_an_answer_larger_than_a_sockets_buffer_arrive_whole(play: Any) -> None:
    assert play("large") == {"length": 16 * 1024 * 1024, "ends": "ăộ"}


def test_a_connection_that_the_server_ends_while_one_waits_is_said_to_be_gone_at_once(play: Any) -> None:
    seen = play("killed")
    assert seen["gone"]
    assert seen["seconds"] < 5


def test_a_server_that_does_not_answer_is_gone_for_whoever_waits_and_for_nobody_else(play: Any) -> None:
    seen = play("silent")
    assert seen["gone"]
    assert 6 <= seen["seconds"] < 12
    assert seen["answers"] > 20


def test_a_statement_given_up_half_way_leaves_no_answer_for_the_next(play: Any) -> None:
    assert play("given_up") == {"stopped": True, "answer": 2}
