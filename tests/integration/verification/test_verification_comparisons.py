"""A guardian's approved data (V9), old and new of an adjustment (V12)."""

from datetime import datetime
from typing import Any

import pytest
import time_machine

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.verification.directory.port import Answer
from tests.integration.verification.desk import CHILD, CODE, GUARDIAN, NAME, Desk, attachment, dossier_no

OWN, OF_CHILD = dossier_no(1), dossier_no(2)


@pytest.mark.rule("V9")
def test_a_child_filed_by_its_guardian_is_approved_without_a_visit(bureau: Desk) -> None:
    bureau.hgd.people[str(CHILD["bhxh_code"])] = Answer(found=True, full_name=str(CHILD["full_name"]))
    bureau.submit_child(OF_CHILD)
    assert bureau.case(OF_CHILD)["missing"] == []
    assert bureau.decide(OF_CHILD).status_code == 202
    bureau.look_up()
    assert bureau.case(OF_CHILD)["status"] == "approved"
    (verified,) = bureau.told()
    assert (verified["_fact"], verified["guardian"]["account_id"]) == ("identity_verified", GUARDIAN["account_id"])
    assert verified["complete_at"][:19] == bureau.told()[0]["complete_at"][:19]
    assert bureau.hgd.asked == [CHILD["bhxh_code"]]


@pytest.mark.rule("V3", "V9")
def test_a_child_without_its_birth_certificate_is_not_approved(quick: Desk) -> None:
    quick.submit_child(OF_CHILD)
    quick.submit(
        other := dossier_no(3), route="guardian", guardian=GUARDIAN, subject=CHILD, attachments=[attachment("portrait")]
    )
    assert quick.decide(other).json["missing"] == ["birth_certificate"]


@pytest.mark.rule("V9")
def test_the_officer_sees_the_guardian_beside_the_guardian_s_own_approved_data(bureau: Desk) -> None:
    bureau.submit(OWN)
    bureau.approve(OWN)
    bureau.account(str(GUARDIAN["account_id"]), OWN)
    bureau.submit_child(OF_CHILD)
    check = bureau.case(OF_CHILD)["guardian_check"]
    assert check["form"] == check["approved"] == {"full_name": NAME, "phone": "+84983847986"}
    assert (check["dossier_no"], check["warnings"]) == (OWN, [])


@pytest.mark.rule("V9")
@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"phone": "+84912345678"}, ["guardian_phone_differs"]),
        ({"full_name": "Nguyen Thanh Bien"}, ["guardian_name_near"]),
        ({"full_name": "Ai Khác", "phone": "+84912345678"}, ["guardian_name_differs", "guardian_phone_differs"]),
        ({"account_id": "somebody-else"}, ["guardian_unknown"]),
    ],
)
def test_a_guardian_who_differs_or_is_unknown_is_a_warning(
    quick: Desk, changes: dict[str, str], warnings: list[str]
) -> None:
    quick.submit(OWN)
    quick.approve(OWN)
    quick.account(str(GUARDIAN["account_id"]), OWN)
    pictures = [attachment("portrait"), attachment("birth_certificate")]
    quick.submit(
        OF_CHILD, route="guardian", expires_at=None, guardian=GUARDIAN | changes, subject=CHILD, attachments=pictures
    )
    assert quick.case(OF_CHILD)["guardian_check"]["warnings"] == warnings
    assert quick.decide(OF_CHILD).status_code == 202, "it blocks nothing"


@pytest.mark.rule("V9")
def test_after_an_adjustment_the_guardian_is_compared_with_the_new_data(quick: Desk) -> None:
    quick.submit(OWN)
    quick.approve(OWN)
    quick.account(str(GUARDIAN["account_id"]), OWN)
    adjusted = dossier_no(4)
    quick.submit(adjusted, kind="adjust", contact={"phone": "+84912345678"})
    quick.approve(adjusted)
    data = {"account_id": GUARDIAN["account_id"], "dossier_no": adjusted, "adjusted_at": "2036-01-01T00:00:00Z"}
    contact = {"phone": "+84912345678", "email": None}
    quick.tell("account_adjusted", data | {"bhxh_code": CODE, "full_name": NAME, "contact": contact})
    quick.account(str(GUARDIAN["account_id"]), OWN, revision=1)  # late
    quick.submit_child(OF_CHILD)
    assert quick.case(OF_CHILD)["guardian_check"]["approved"]["phone"] == "+84912345678"


def test_where_no_guardian_has_filed_there_is_nothing_to_compare(quick: Desk) -> None:
    quick.submit(OWN)
    assert quick.case(OWN)["guardian_check"] is None


@pytest.mark.rule("V12")
def test_an_adjustment_is_shown_old_beside_new_and_confirmed(bureau: Desk) -> None:
    bureau.submit(OWN)
    bureau.approve(OWN)
    bureau.account("019aa5b5-c0de-7000-a000-00000000000a", OWN)
    adjusted = dossier_no(4)
    bureau.submit(adjusted, kind="adjust", contact={"phone": "+84912345678", "email": None})
    changes = {each["field"]: each for each in bureau.case(adjusted)["changes"]}
    assert changes["phone"] == {"field": "phone", "old": "+84983847986", "new": "+84912345678", "changed": True}
    assert (changes["email"]["old"], changes["email"]["new"]) == ("biennt@vss.gov.vn", None)
    # what the form leaves out stays as it is
    assert [name for name, each in changes.items() if each["changed"]] == ["phone"]
    assert bureau.decide(adjusted).json["missing"] == ["signed_form", "id_shown"]
    bureau.approve(adjusted)
    assert bureau.told("identity_verified")[-1]["kind"] == "adjust"


@pytest.mark.rule("V12")
def test_an_address_to_be_removed_is_shown_as_a_change(quick: Desk) -> None:
    quick.submit(OWN)
    quick.approve(OWN)
    quick.account("019aa5b5-c0de-7000-a000-00000000000a", OWN)
    adjusted = dossier_no(4)
    quick.submit(adjusted, kind="adjust", contact={"email": None, "remove_email": True})
    changes = {each["field"]: each for each in quick.case(adjusted)["changes"]}
    assert changes["email"] == {"field": "email", "old": "biennt@vss.gov.vn", "new": None, "changed": True}


@pytest.mark.rule("V12")
def test_the_old_side_is_what_the_account_shows_and_not_what_one_dossier_said(quick: Desk) -> None:
    quick.submit(OWN)
    quick.approve(OWN)
    quick.account("019aa5b5-c0de-7000-a000-00000000000a", OWN)
    first, second = dossier_no(4), dossier_no(5)
    quick.submit(first, kind="adjust", contact={"phone": "+84912345678", "email": None})
    quick.approve(first)
    told = {"account_id": "019aa5b5-c0de-7000-a000-00000000000a", "dossier_no": first, "bhxh_code": CODE, "full_name": NAME}
    contact = {"phone": "+84912345678", "email": "biennt@vss.gov.vn"}
    quick.tell("account_adjusted", told | {"contact": contact, "adjusted_at": clock.now().isoformat()})
    quick.submit(second, kind="adjust")
    changes = {each["field"]: each for each in quick.case(second)["changes"]}
    assert changes["email"]["old"] == "biennt@vss.gov.vn"
    assert changes["phone"]["changed"]


@pytest.mark.rule("V9")
def test_a_guardian_whose_account_was_stopped_and_a_child_that_has_grown_up_bring_a_warning(bureau: Desk) -> None:
    bureau.submit(OWN)
    bureau.approve(OWN)
    bureau.account(str(GUARDIAN["account_id"]), OWN)
    bureau.submit_child(OF_CHILD)
    assert bureau.case(OF_CHILD)["guardian_check"]["warnings"] == []
    bureau.tell("account_stopped", {"account_id": GUARDIAN["account_id"], "dossier_no": dossier_no(5), "bhxh_code": CODE})
    assert bureau.case(OF_CHILD)["guardian_check"]["warnings"] == ["guardian_stopped"]
    for day, warnings in ((1, ["guardian_stopped"]), (2, ["guardian_stopped", "child_grown_up"])):
        with time_machine.travel(datetime(2037, 3, day, 12, tzinfo=VIETNAM)):
            assert bureau.case(OF_CHILD)["guardian_check"]["warnings"] == warnings


@pytest.mark.rule("V12")
def test_an_adjustment_of_what_was_never_approved_here_shows_no_old_side(quick: Desk) -> None:
    quick.submit(OWN, kind="adjust")
    assert {each["old"] for each in quick.case(OWN)["changes"]} == {None}


OLD_MAP = {
    "map": "before-2025-07", "province_code": "52", "province_name": "Tỉnh Bình Định", "district_code": "540",
    "district_name": "Thành phố Quy Nhơn", "ward_code": "21553", "ward_name": "Phường Nhơn Phú", "text": "Tổ 4",
}  # fmt: skip
NEW_MAP = {
    "map": "2025", "province_code": "52", "province_name": "Tỉnh Gia Lai", "district_code": None, "district_name": None,
    "ward_code": "21553", "ward_name": "Phường Quy Nhơn Bắc", "text": "Tổ 4",
}  # fmt: skip


def address_changes(desk: Desk, old: dict[str, Any], new: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    desk.submit(OWN, contact={"address": old})
    desk.approve(OWN)
    desk.account("019aa5b5-c0de-7000-a000-00000000000a", OWN)
    adjusted = dossier_no(4)
    desk.submit(adjusted, kind="adjust", contact={"address": new})
    return {each["field"].removeprefix("address."): each for each in desk.case(adjusted)["changes"]}


def changed(changes: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, each in changes.items() if each["changed"]}


@pytest.mark.rule("V12", "W3")
def test_the_same_codes_on_the_other_map_are_shown_as_other_units_by_name(quick: Desk) -> None:
    changes = address_changes(quick, OLD_MAP, NEW_MAP)
    assert changes["province_code"] == {"field": "address.province_code", "old": "52", "new": "52", "changed": True}
    names = {name: (changes[name]["old"], changes[name]["new"]) for name in ("province_name", "ward_name")}
    assert names == {
        "province_name": ("Tỉnh Bình Định", "Tỉnh Gia Lai"),
        "ward_name": ("Phường Nhơn Phú", "Phường Quy Nhơn Bắc"),
    }
    units = {f"{level}_{part}" for level in ("province", "district", "ward") for part in ("code", "name")}
    assert changed(changes) == {"map"} | units


@pytest.mark.rule("V12", "W3")
def test_a_province_that_has_become_a_city_is_the_same_one_and_shown_by_both_names(quick: Desk) -> None:
    old = NEW_MAP | {
        "province_code": "75",
        "province_name": "Tỉnh Đồng Nai",
        "ward_code": "26041",
        "ward_name": "Xã Long Thành",
    }
    new = old | {"province_name": "Thành phố Đồng Nai", "ward_name": "Phường Long Thành", "text": "Tổ 5"}
    changes = address_changes(quick, old, new)
    assert (changes["province_name"]["old"], changes["province_name"]["new"]) == ("Tỉnh Đồng Nai", "Thành phố Đồng Nai")
    assert changed(changes) == {"text"}


@pytest.mark.rule("V12", "W3")
def test_a_ward_whose_code_was_given_to_another_place_on_the_same_map_is_another_ward(quick: Desk) -> None:
    changes = address_changes(quick, NEW_MAP, NEW_MAP | {"ward_name": "Phường Quy Nhơn Tây"})
    assert changed(changes) == {"ward_code", "ward_name"}


@pytest.mark.rule("V12", "W3")
def test_units_are_compared_as_they_are_read_and_an_account_without_names_by_its_codes(quick: Desk) -> None:
    spelt = NEW_MAP | {"ward_name": "PHƯỜNG QUY NHƠN BẮC"}
    assert changed(address_changes(quick, NEW_MAP, spelt)) == set()


@pytest.mark.rule("V12", "W3")
def test_where_the_account_has_codes_alone_or_the_form_no_address_nothing_is_shown_as_moved(quick: Desk) -> None:
    bare = NEW_MAP | {"province_name": "", "ward_name": ""}
    assert changed(address_changes(quick, bare, NEW_MAP)) == set()
    without = dossier_no(5)
    quick.submit(without, kind="adjust", contact={"address": None})
    assert not any(each["changed"] for each in quick.case(without)["changes"] if each["field"].startswith("address"))
