"""After a restored backup: complaint numbers are not given out again, and a code that never arrived can be made anew. Both databases."""

from __future__ import annotations

import pytest

from services.chassis.seal import Opener, generate_keypair
from services.feedback.complaints.renewal import renew_tracking_code
from tests.integration.feedback.desk import Desk
from tests.stand.backups import Backup


def test_no_complaint_number_is_given_out_again(desk: Desk) -> None:
    desk.filed()
    backup = Backup(desk.db)
    since = {desk.filed().no for _ in range(5)}
    desk.run_jobs()
    backup.restore()
    desk.repair()
    desk.configure()  # as a new process: what was leased before is forgotten
    assert since.isdisjoint({desk.filed().no for _ in range(5)})


def test_a_new_tracking_code_opens_the_complaint_and_the_old_one_no_longer_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = generate_keypair()
    monkeypatch.setenv("FEEDBACK_SEAL_PUBLIC_KEY", keys.public_key)
    complaint = desk.filed()
    renewed = renew_tracking_code(desk.db, {"complaint_no": complaint.no})
    assert renewed is not None
    context = f"tracking:{complaint.no}"
    code = Opener(keys.private_key).open(renewed["sealed_tracking"], context=context)["tracking_code"]
    assert desk.call("GET", f"/complaints/{complaint.no}", code=complaint.code).status_code == 404
    assert desk.show(complaint, code=code)["content"] is not None
