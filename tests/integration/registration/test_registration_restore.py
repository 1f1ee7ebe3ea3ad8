"""After a restored backup: what was erased is erased again. Both databases."""

import pytest

from tests.integration.registration.test_registration_ends import traces
from tests.stand.backups import Backup


@pytest.mark.rule("I6")
def test_a_declaration_withdrawn_after_the_backup_is_erased_again(desk):
    dossier = desk.submitted()
    desk.run_jobs()
    backup = Backup(desk.db)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    backup.restore()
    assert desk.status(dossier)["status"] == "submitted", "the backup knows nothing of it"
    assert desk.repair().changed["erased again"] == 1
    desk.run_jobs()
    assert desk.status(dossier)["status"] == "withdrawn"
    assert traces(desk) == []


@pytest.mark.rule("I6")
def test_a_declaration_expired_after_the_backup_is_erased_and_told_again(desk, later):
    dossier = desk.submitted()
    desk.run_jobs()
    backup = Backup(desk.db)
    later(days=10, seconds=1)
    desk.sweep()
    desk.run_jobs()
    backup.restore()
    assert desk.repair().changed["erased again"] == 1
    assert desk.status(dossier)["status"] == "expired"
    [told] = desk.facts("declaration_expired")
    assert told.body["dossier_no"] == dossier.no


def test_a_draft_discarded_after_the_backup_is_gone_again(desk):
    dossier = desk.create()
    backup = Backup(desk.db)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    backup.restore()
    desk.repair()
    assert desk.ask("GET", dossier).status_code == 404
    assert traces(desk) == []


def test_a_draft_of_the_backup_that_was_submitted_and_withdrawn_since_is_withdrawn(desk):
    dossier = desk.create()
    backup = Backup(desk.db)
    desk.submit(dossier)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    backup.restore()
    desk.repair()
    assert desk.status(dossier)["status"] == "withdrawn"
    assert traces(desk) == []


def test_what_was_not_erased_stays(desk):
    dossier = desk.submitted()
    backup = Backup(desk.db)
    backup.restore()
    assert desk.repair().changed["erased again"] == 0
    assert desk.status(dossier)["status"] == "submitted"
