"""The look-up as a job: patient, and without personal data in its row (V7, law 3)."""

import json
from dataclasses import replace

import pytest

from services.chassis import jobs
from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import JobRunner, State
from services.chassis.testing.processes import wait_until
from services.verification.decisions.jobs import look_up
from services.verification.settings import Settings
from tests.integration.verification.desk import CODE, NAME, NO, Desk

pytestmark = pytest.mark.rule("V7")


def run(bureau: Desk) -> JobRunner:
    chosen = replace(bureau.resources, settings=Settings(hgd_recheck_seconds=0.3))
    runner = JobRunner(bureau.db, [look_up(chosen, bureau.hgd)], service="verification", poll_seconds=0.05)
    runner.start()
    return runner


def state(bureau: Desk) -> State:
    with bureau.db.read() as session:
        return jobs.list_jobs(session, kind="hgd_look_up")[0].state


def ready(bureau: Desk) -> None:
    bureau.submit()
    bureau.complete()
    assert bureau.decide().status_code == 202


def test_the_row_of_a_look_up_names_nobody(quick: Desk) -> None:
    ready(quick)
    (row,) = quick.waiting("hgd_look_up")
    assert set(json.loads(row.payload)) == {"case_id", "check_no"}
    assert row.correlation_id == NO
    assert CODE not in str(row)
    assert NAME not in str(row)


def test_failures_that_pass_are_outlasted_and_hgd_decides_in_the_end(bureau: Desk) -> None:
    bureau.hgd.fail_with = Transient("hgd: away")
    ready(bureau)
    runner = run(bureau)
    try:
        assert wait_until(lambda: len(bureau.hgd.asked) >= 8, 20, interval_seconds=0.05)
        assert bureau.case()["status"] == "checking"
        assert {fact["_fact"] for fact in bureau.told()} == {"case_received", "document_supplemented"}
        bureau.hgd.fail_with = None
        assert wait_until(lambda: bureau.case()["status"] == "approved", 10, interval_seconds=0.05)
    finally:
        runner.stop()
    (verified,) = bureau.told("identity_verified")
    assert verified["subject"]["bhxh_code"] == CODE


@pytest.mark.parametrize("failure", [Permanent("hgd: refused"), Transient("hgd: away")])
def test_a_look_up_that_is_given_up_leaves_valid_standing_for_a_person_to_act(quick: Desk, failure: Exception) -> None:
    quick.hgd.fail_with = failure
    ready(quick)
    kind = replace(look_up(quick.resources, quick.hgd), max_attempts=2, first_delay_seconds=0.05)
    runner = JobRunner(quick.db, [kind], service="verification", poll_seconds=0.05)
    runner.start()
    try:
        assert wait_until(lambda: state(quick) == State.GIVEN_UP, 15, interval_seconds=0.05)
    finally:
        runner.stop()
    case = quick.case()
    assert (case["status"], case["hgd"]["outcome"]) == ("checking", "unreachable")
    assert "hgd_not_reached" in quick.actions()


def test_a_withdrawn_dossier_s_look_up_ends_without_asking(quick: Desk) -> None:
    ready(quick)
    quick.withdraw()
    runner = run(quick)
    try:
        assert wait_until(lambda: state(quick) == State.FINISHED, 10, interval_seconds=0.05)
    finally:
        runner.stop()
    assert quick.hgd.asked == []
