"""I8: one account each, one open registration per BHXH code; also when two come at the same moment. Both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from services.chassis.errors import OtherPerson
from services.registration.declarations.rules import Declaration

pytestmark = pytest.mark.rule("I8")


def refused_as(answer):
    assert answer.status_code == 409
    return answer.json["type"].removeprefix("urn:vss:problem:")


def test_a_second_registration_is_refused_while_the_first_is_open(desk):
    desk.submitted()
    assert refused_as(desk.post()) == "registration-open"


def test_of_two_drafts_only_one_can_be_submitted(desk):
    one, other = desk.create(), desk.create()
    assert desk.submit(one).status_code == 202
    assert refused_as(desk.submit(other)) == "registration-open"
    assert desk.status(other)["status"] == "draft"
    assert len(desk.facts("declaration_submitted")) == 1


def test_many_at_the_same_moment_win_once(desk):
    drafts = [desk.create() for _ in range(8)]

    def submit(dossier):
        client = desk.app.test_client()
        return client.post(
            f"/registration/declarations/{dossier.no}/submit",
            json={"commitment": True},
            headers={"X-Tracking-Code": dossier.code},
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(submit, drafts))
    assert answers == [202] + [409] * 7
    assert len(desk.facts("declaration_submitted")) == 1


def test_the_database_itself_holds_the_rule(desk):
    one, other = desk.create(), desk.create()
    desk.submit(one)
    with pytest.raises(sa.exc.IntegrityError), desk.db.write() as session:
        session.execute(sa.update(Declaration).where(Declaration.dossier_no == other.no).values(status="received"))


def test_a_code_that_has_an_account_is_told_to_sign_in_or_adjust(desk):
    draft = desk.create()
    desk.hear("account_activated", bhxh_code="0113099841")
    answer = desk.post()
    assert refused_as(answer) == "account-exists"
    assert "adjust" in answer.json["detail_en"]
    assert "đăng nhập" in answer.json["detail"]
    assert refused_as(desk.submit(draft)) == "account-exists"


def test_once_the_account_is_closed_the_code_may_be_registered_again(desk):
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    desk.hear("account_stopped", bhxh_code="0113099841", revision=2)
    desk.submitted()


def test_an_account_that_comes_with_another_code_is_refused(desk):
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    with pytest.raises(OtherPerson):
        desk.hear("account_activated", bhxh_code="7912345678", revision=2)
    assert refused_as(desk.post()) == "account-exists"


def test_older_news_of_an_account_do_not_open_it_again(desk):
    desk.hear("account_stopped", bhxh_code="0113099841", revision=2)
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    desk.submitted()


@pytest.mark.parametrize("end", ["withdrawn", "expired", "rejected"])
def test_after_an_end_without_an_account_the_person_may_register_again(desk, later, end):
    first = desk.submitted()
    if end == "withdrawn":
        desk.ask("DELETE", first)
    elif end == "expired":
        later.to(desk.row(first).close_at)
        desk.sweep()
    else:
        desk.hear("declaration_rejected", first)
    assert desk.status(first)["status"] == end
    desk.submitted()


@pytest.mark.parametrize("news", ["case_received", "identity_verified", "code_not_found"])
def test_a_registration_in_an_officers_hands_is_still_open(desk, news):
    first = desk.submitted()
    desk.hear(news, first)
    assert refused_as(desk.post()) == "registration-open"


def test_other_codes_and_other_kinds_are_not_in_the_way(desk):
    desk.submitted()
    desk.submitted(subject={"bhxh_code": "0113099842"})
    desk.submitted(kind="adjust")


@pytest.mark.rule("I6", "I8")
def test_what_has_passed_its_last_day_is_in_nobodys_way_even_before_it_is_closed(desk, later):
    first = desk.submitted()
    later.to(desk.row(first).expires_at)
    again = desk.submitted()
    assert [desk.status(each)["status"] for each in (first, again)] == ["expired", "submitted"]
    assert [told.body["dossier_no"] for told in desk.facts("declaration_expired")] == [first.no]
    assert desk.row(first).subject is None
