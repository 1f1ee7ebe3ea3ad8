"""Ready or not, which part, and what to do."""

import threading
import time

import pytest

from services.chassis.errors import Held, SettingsError, Transient
from services.chassis.observe.health import Health


def test_a_service_whose_parts_are_well_is_ready():
    health = Health()
    health.add("database", lambda: None)
    assert health.report().ready
    assert health.report().as_json()["parts"]["database"]["ok"] is True


def test_a_part_that_is_unwell_is_named_with_what_to_do():
    health = Health()
    health.add("database", lambda: None)
    health.add("broker", lambda: "broker:5672 does not answer. Start RabbitMQ.")
    report = health.report().as_json()
    assert report["status"] == "not_ready"
    assert report["parts"]["broker"]["problem"] == "broker:5672 does not answer. Start RabbitMQ."
    assert report["parts"]["database"]["ok"] is True


def test_a_part_that_requests_can_be_served_without_is_reported_and_leaves_the_process_ready():
    health = Health(timeout_seconds=0.1)
    health.add("database", lambda: None)
    health.add("broker", lambda: "not connected", critical=False)
    health.add("documents", lambda: time.sleep(0.5), "Is there space?", critical=False)
    report = health.report()
    assert report.ready
    body = report.as_json()
    assert (body["status"], body["degraded"]) == ("ready", ["broker", "documents"])
    assert {name: part["critical"] for name, part in body["parts"].items()} == {
        "database": True,
        "broker": False,
        "documents": False,
    }


def test_a_check_that_raises_shows_the_class_of_the_error_and_the_remedy_only():
    def check():
        raise ConnectionError("postgresql://vss:secret@db/vss")

    health = Health()
    health.add("database", check, "Is the database up?")
    assert health.report().as_json()["parts"]["database"]["problem"] == "ConnectionError. Is the database up?"


def test_a_check_that_hangs_is_reported_in_time_and_not_started_twice():
    started = []
    release = threading.Event()

    def check():
        started.append(1)
        release.wait(10)

    health = Health(timeout_seconds=0.1, reuse_seconds=0)
    health.add("broker", check, "Look at the broker.")
    health.add("database", lambda: None)
    begun = time.monotonic()
    reports = [health.report().as_json() for _ in range(3)]
    assert time.monotonic() - begun < 2
    assert all("no answer" in report["parts"]["broker"]["problem"] for report in reports)
    assert all(report["parts"]["database"]["ok"] for report in reports)
    assert len(started) == 1
    release.set()
    time.sleep(0.05)
    assert health.report().ready


def test_many_askers_cost_one_run():
    runs = []
    health = Health(reuse_seconds=60)
    health.add("database", lambda: runs.append(1))
    for _ in range(50):
        health.report()
    assert len(runs) == 1


def test_a_stopping_process_is_not_ready():
    health = Health()
    health.add("database", lambda: None)
    health.stopping()
    assert not health.report().ready


def test_two_checks_cannot_share_a_name():
    health = Health()
    health.add("database", lambda: None)
    with pytest.raises(ValueError, match="database"):
        health.add("database", lambda: None)


@pytest.mark.parametrize("error", [Held("documents", "S3 refuses"), SettingsError(["DOCUMENTS_URL: wrong"])])
def test_a_process_that_was_never_given_what_it_needs_is_not_ready_and_says_why(error):
    failing = [error]

    def check():
        if failing:
            raise failing[0]

    health = Health(reuse_seconds=0)
    health.add("documents", check, "Is DOCUMENTS_URL right?", critical=False)
    report = health.report()
    assert not report.ready
    assert report.as_json()["parts"]["documents"]["problem"] == f"{error}. Is DOCUMENTS_URL right?"
    failing.clear()
    assert health.report().ready
    failing.append(error)
    assert health.report().ready  # refused to everybody now: others would be no better


def test_an_outage_takes_no_process_out_though_it_was_never_well():
    def check():
        raise Transient("the store does not answer")

    health = Health()
    health.add("documents", check, critical=False)
    report = health.report()
    assert report.ready
    assert report.as_json()["degraded"] == ["documents"]
