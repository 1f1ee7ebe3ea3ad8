"""I8: one account each, one open registration per BHXH code; also when two come at the same moment. Both databases."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

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


def test_an_owner_whom_a_strangers_filing_shuts_out_is_told_the_way_out(desk):
    desk.submitted()
    problem = desk.post().json
    assert (
        "Nếu Ông/Bà không nộp hồ sơ này, hãy mang giấy tờ tùy thân đến cơ quan BHXH bất kỳ hoặc gọi 1900 9068."
        in problem["detail"]
    )
    assert (
        "If you have not filed it, come to any office with your identity papers or call 1900 9068." in problem["detail_en"]
    )


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


COUNTER = {"route": "counter", "channel": "office"}


@pytest.mark.parametrize(
    ("token", "changes"), [("officer:o", COUNTER), ("citizen:019aa5b5-c0de-7000-a000-00000000000a", {})]
)
def test_staff_and_the_holder_are_told_that_a_code_has_an_account_and_to_adjust_it(desk, token, changes):
    draft = desk.create(token=token, **changes)
    desk.hear("account_activated", bhxh_code="0113099841")
    answer = desk.post(token=token, **changes)
    assert refused_as(answer) == "account-exists"
    assert "adjust" in answer.json["detail_en"]
    assert "đăng nhập" in answer.json["detail"]
    headers = {"Authorization": f"Bearer {token}", "X-Tracking-Code": draft.code}
    assert (
        refused_as(desk.ask("POST", draft, "/submit", json={"commitment": True}, code=False, headers=headers))
        == "account-exists"
    )


@pytest.mark.parametrize("kind", ["register", "adjust", "stop"])
def test_nobody_else_can_tell_whether_a_code_has_an_account(desk, kind):
    """The same statuses and the same shapes, whatever the kind; and what differs is told to officers alone."""
    desk.hear("account_activated", bhxh_code="0113099841")
    seen = []
    for code in ("0113099841", "7912345678"):
        created = desk.post(kind=kind, subject={"bhxh_code": code})
        dossier = SimpleNamespace(no=created.json["draft_id"], code=created.json["tracking_code"])
        submitted = desk.submit(dossier)
        shown = desk.ask("GET", dossier)
        form = desk.ask("GET", dossier, "/form.pdf")
        statuses = [answer.status_code for answer in (created, submitted, shown, form)]
        seen.append((statuses, created.json.keys(), submitted.json.keys(), shown.json.keys(), shown.json["warnings"]))
    assert seen[0] == seen[1]
    warnings = [fact.body["warnings"] for fact in desk.facts("declaration_submitted")]
    assert (
        warnings == [["id_number", "has_account"], ["id_number"]]
        if kind == "register"
        else [["id_number"], ["id_number", "account"]]
    )


def test_who_stands_at_a_counter_supersedes_what_was_filed_from_afar(desk):
    stranger = desk.create(contact={"phone": "0909999999", "email": None}, subject={"full_name": "Kẻ Lạ"})
    desk.put(stranger, "portrait")
    desk.submit(stranger)
    desk.run_jobs()
    owner = desk.create(token="officer:o", **COUNTER)
    assert desk.status(stranger)["status"] == "submitted", "a draft supersedes nobody"
    assert desk.submit(owner).status_code == 202
    assert desk.status(stranger)["status"] == "withdrawn"
    assert "superseded" not in desk.ask("GET", stranger).text
    [told] = desk.facts("declaration_withdrawn")
    assert (told.body["dossier_no"], told.body["superseded_by"]) == (stranger.no, owner.no)
    assert told.body["contact"]["phone"] == "+84909999999"
    assert owner.no in told.public
    assert "909999999" not in told.public
    desk.run_jobs()
    row = desk.row(stranger)
    assert (row.subject, row.contact, row.bhxh_code, row.attachments) == (None, None, None, {})
    assert desk.status(owner)["status"] == "submitted"
    assert refused_as(desk.post()) == "registration-open", "and the counter's registration is the open one"


def test_a_child_filed_from_an_account_gives_way_to_the_counter_too(desk, form):
    stranger = desk.submitted(form.child, token="citizen:g")
    mother = desk.submitted(token="officer:o", **COUNTER, subject={"bhxh_code": form.child["subject"]["bhxh_code"]})
    assert [desk.status(each)["status"] for each in (stranger, mother)] == ["withdrawn", "submitted"]


@pytest.mark.parametrize("news", ["case_received", "identity_verified", "code_not_found"])
def test_what_somebody_has_come_for_is_not_superseded(desk, news):
    first = desk.submitted()
    late = desk.create(token="officer:o", **COUNTER)
    desk.hear(news, first)
    assert refused_as(desk.post(token="officer:o", **COUNTER)) == "registration-open"
    assert refused_as(desk.submit(late)) == "registration-open"
    assert desk.facts("declaration_withdrawn") == []


def test_two_counters_do_not_supersede_each_other(desk):
    desk.submitted(token="officer:o", **COUNTER)
    assert refused_as(desk.post(token="officer:p", **COUNTER)) == "registration-open"


def test_two_counters_at_the_same_moment_supersede_once(desk):
    stranger = desk.submitted()
    counters = [desk.create(token="officer:o", **COUNTER) for _ in range(4)]

    def submit(dossier):
        path = f"/registration/declarations/{dossier.no}/submit"
        headers = {"X-Tracking-Code": dossier.code}
        return desk.app.test_client().post(path, json={"commitment": True}, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(submit, counters)) == [202, 409, 409, 409]
    assert desk.status(stranger)["status"] == "withdrawn"
    assert len(desk.facts("declaration_withdrawn")) == 1


def test_once_the_account_is_closed_the_code_may_be_registered_again(desk):
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    desk.hear("account_stopped", bhxh_code="0113099841", revision=2)
    desk.submitted()


def test_an_account_that_comes_with_another_code_is_refused(desk):
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    with pytest.raises(OtherPerson):
        desk.hear("account_activated", bhxh_code="7912345678", revision=2)
    assert refused_as(desk.post(token="officer:o", **COUNTER)) == "account-exists"


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
