"""After a restored backup: what was erased is erased again, and what was lost is given back. Both databases."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.errors import OtherPerson, Transient
from services.registration.declarations.giving_back import give_back
from services.registration.declarations.rules import Declaration
from tests.integration.registration.test_registration_ends import traces
from tests.stand.backups import Backup


def an_earlier_one(desk):
    """Somebody's, of which no trace is left: the backup is not of an empty database."""
    desk.ask("DELETE", desk.submitted(kind="adjust"))
    desk.run_jobs()


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
    later.to(desk.row(dossier).close_at)
    desk.sweep()
    desk.run_jobs()
    backup.restore()
    assert desk.repair().changed["erased again"] == 1
    assert desk.status(dossier)["status"] == "expired"
    [told] = desk.facts("declaration_expired")
    assert told.body["dossier_no"] == dossier.no


def test_a_draft_discarded_after_the_backup_is_gone_again(desk):
    an_earlier_one(desk)
    dossier = desk.create()
    backup = Backup(desk.db)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    backup.restore()
    desk.repair()
    assert desk.ask("GET", dossier).status_code == 404
    assert traces(desk) == []


def test_a_draft_of_the_backup_that_was_submitted_and_withdrawn_since_is_withdrawn(desk):
    an_earlier_one(desk)
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


def case_of(desk, dossier, **changes):
    """What verification gives back of a dossier that it has."""
    [told] = [fact.body for fact in desk.facts("declaration_submitted") if fact.body["dossier_no"] == dossier.no]
    same = (
        "draft_id",
        "kind",
        "route",
        "channel",
        "filing",
        "submitted_at",
        "expires_at",
        "subject",
        "contact",
        "guardian",
        "warnings",
    )
    body = {name: told[name] for name in same}
    body |= {"office": {"code": told["office"]["code"], "name": told["office"]["name"]}, "attachments": []}
    body |= {"status": "received", "received_at": told["submitted_at"], "decided_at": None}
    return body | {"reason_code": None, "reason": None} | changes


@pytest.mark.parametrize("known_as", ["nothing", "draft"])
def test_a_declaration_submitted_after_the_backup_is_rebuilt_from_its_case(desk, known_as):
    an_earlier_one(desk)
    dossier = desk.create() if known_as == "draft" else None
    backup = Backup(desk.db)
    dossier = dossier or desk.create(subject={"bhxh_code": "7912345678"})
    desk.submit(dossier)
    case = case_of(desk, dossier)
    backup.restore()
    desk.repair()
    desk.hear("case_given_back", dossier, revision=3, **case)
    row = desk.row(dossier)
    assert (row.status, row.case_revision, row.subject["full_name"]) == ("received", 3, "Nguyễn Thành Biên")
    assert row.office["province_code"] == "01"
    told = [fact.body["dossier_no"] for fact in desk.facts("declaration_submitted")]
    assert dossier.no not in told, "verification has it, and the person was told"
    desk.run_jobs()
    assert "form_pdf" in desk.row(dossier).attachments
    opened = desk.ask("GET", dossier)
    assert opened.status_code == (200 if known_as == "draft" else 404), "only a draft has its tracking code still"


@pytest.mark.rule("I13", "V3")
def test_what_else_the_form_says_is_given_back_too(desk, form):
    desk.create()
    backup = Backup(desk.db)
    dossier = desk.submitted(registered_at="ivan", ivan_name="TS24", filing="post")
    told = desk.facts("declaration_submitted")[0].body
    names = ("contact_person", "registered_with", "ivan_name", "start_date")
    case = case_of(desk, dossier) | {
        "parent": form.parent,
        "particulars": {name: told[name] for name in names},
        "letters_until": told["letters_until"],
    }
    before = desk.row(dossier)
    backup.restore()
    desk.repair()
    desk.hear("case_given_back", dossier, revision=3, **case)
    row = desk.row(dossier)
    assert (row.particulars, row.letters_until, row.parent) == (before.particulars, before.letters_until, form.parent)


@pytest.mark.rule("I6", "I12")
@pytest.mark.parametrize("filing", ["counter", "post"])
def test_a_declaration_given_back_is_warned_of_and_closed_as_the_settings_say(make_desk, filing):
    desk = make_desk(expiry_warning_days=4, expiry_spread_hours=1, letter_days=3)
    an_earlier_one(desk)
    backup = Backup(desk.db)
    dossier = desk.submitted(filing=filing)
    before, told = desk.row(dossier), desk.facts("declaration_submitted")[0].body
    case = case_of(desk, dossier, status="new", received_at=None, letters_until=told["letters_until"])
    backup.restore()
    desk.repair()
    desk.hear("case_given_back", dossier, revision=3, **case)
    row = desk.row(dossier)
    assert (row.last_day, row.warn_at, row.close_at) == (before.last_day, before.warn_at, before.close_at)


def test_what_is_not_given_back_is_waited_for_as_long_as_it_can_be_told_again(make_desk, later):
    desk = make_desk(facts_keep_days=20)
    an_earlier_one(desk)
    backup = Backup(desk.db)
    dossier = desk.submitted()
    backup.restore()
    desk.repair()
    later(days=19)
    with pytest.raises(Transient):
        desk.hear("account_activated", dossier)
    later(days=21)
    desk.hear("account_activated", dossier)


@pytest.mark.parametrize("known_as", ["nothing", "draft"])
def test_what_overtakes_the_case_given_back_waits_for_it(desk, known_as):
    an_earlier_one(desk)
    dossier = desk.create(subject={"bhxh_code": "7912345678"}) if known_as == "draft" else None
    backup = Backup(desk.db)
    dossier = dossier or desk.create(subject={"bhxh_code": "7912345678"})
    desk.submit(dossier)
    case = case_of(desk, dossier, status="approved")
    backup.restore()
    desk.repair()
    with pytest.raises(Transient):
        desk.hear("account_activated", dossier, bhxh_code="7912345678")
    desk.hear("case_given_back", dossier, revision=3, **case)
    desk.hear("account_activated", dossier, bhxh_code="7912345678")
    assert desk.row(dossier).status == "activated"


@pytest.mark.rule("I11", "I6")
@pytest.mark.parametrize("proved", [True, False])
def test_a_phone_proved_after_the_backup_is_known_again_and_the_reminder_says_so(desk, later, proved):
    later.to(datetime.fromisoformat("2026-11-30T10:00:00+07:00"))
    dossier = desk.submitted()
    with desk.db.write() as session:
        session.execute(sa.update(Declaration).values(phone_proved=False))
    desk.hear("case_received", dossier, received_at="2026-11-30T11:00:00+07:00")
    backup = Backup(desk.db)
    contact = desk.row(dossier).contact
    case = case_of(desk, dossier, phone_proved=proved, contact=contact)
    backup.restore()
    desk.repair()
    desk.hear("case_given_back", dossier, revision=3, **case)
    assert desk.row(dossier).phone_proved is proved
    later.to(datetime.fromisoformat("2026-12-15T17:00:00+07:00"))
    desk.sweep()
    [told] = desk.facts("declaration_unfinished")
    assert told.body["phone_proved"] is proved


def test_a_case_of_somebody_elses_number_is_refused(desk):
    dossier = desk.submitted()
    case = case_of(desk, dossier, submitted_at="2026-11-01T09:30:00+07:00")
    case["subject"] = case["subject"] | {"bhxh_code": "7912345678", "personal_id": None, "id_number": "079001002003"}
    with pytest.raises(OtherPerson):
        desk.hear("case_given_back", dossier, **case)


def test_what_officers_have_acted_on_is_given_back(desk):
    dossier = desk.submitted()
    desk.submitted(subject={"bhxh_code": "7912345678"})
    desk.hear("case_received", dossier, revision=2)
    assert sum(give_back(desk.db, clock.now())) == 1
    [told] = desk.facts("declaration_given_back")
    assert (told.body["dossier_no"], told.body["status"], told.public) == (dossier.no, "received", "")
