"""What people retype from an SMS or a card: user names, one-time codes, first passwords (W2)."""

import pytest

from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD

pytestmark = pytest.mark.rule("W2")

_SPELLINGS = [
    str.upper,
    lambda made: made.replace("-", ""),
    lambda made: f"{made} ",
    lambda made: made.replace("-", "\u2013"),
    lambda made: made.replace("-", "\u00a0").upper(),
    lambda made: f"\u200b{made}.",
    lambda made: "".join(chr(ord(sign) + 0xFEE0) for sign in made),
]


@pytest.mark.rule("A2")
@pytest.mark.parametrize(
    "retype", _SPELLINGS, ids=["capitals", "no-hyphens", "space", "dashes", "spaces", "unseen", "full-width"]
)
def test_a_first_password_lets_in_however_it_is_retyped_and_is_changed_so(lite: Desk, retype):
    first = lite.citizen()
    token = lite.token(password=retype(first))
    change = {"current_password": retype(first), "new_password": NEW_PASSWORD}
    assert lite.ask("POST", "/password/change", change, token).status_code == 202


@pytest.mark.rule("A3")
def test_a_password_that_was_chosen_is_what_was_typed(lite: Desk):
    lite.settled(password="34pm-dfdx-6h6n")
    assert lite.sign_in(password="34PM-DFDX-6H6N").status_code == 401
    assert lite.sign_in(password="34pmdfdx6h6n").status_code == 401
    assert lite.sign_in(password="34pm-dfdx-6h6n").status_code == 201


@pytest.mark.rule("A8")
@pytest.mark.parametrize(
    "retype",
    [
        lambda code: f"{code[:3]} {code[3:]}",
        lambda code: f"{code[:3]}-{code[3:]}",
        lambda code: f"{code[:2]}\u200b{code[2:]}\u202c",
        lambda code: f" {code}.\r\n",
        lambda code: "".join(chr(ord(sign) + 0xFEE0) for sign in code),
        lambda code: f"\u00ab{code}\u00bb",
    ],
    ids=["space", "hyphen", "unseen", "line", "full-width", "quoted"],
)
def test_a_one_time_code_is_taken_however_it_is_retyped(lite: Desk, retype):
    lite.settled()
    challenge = lite.ask("POST", "/password/reset", {"username": CODE}).json["challenge"]
    body = {"challenge": challenge, "otp": retype(lite.code()), "new_password": "Trời mưa bong bóng phập phồng"}
    assert lite.ask("POST", "/password/reset/confirm", body).status_code == 204
    lite.token(password="Trời mưa bong bóng phập phồng")


@pytest.mark.rule("A8")
@pytest.mark.parametrize(
    "name", ["0113 099 841", "0113\u2011099\u2011841", "\u202d0113099841\u202c", "'0113099841", "111349 876090"]
)
def test_a_reset_with_a_user_name_however_it_is_typed_sends_its_code(lite: Desk, name):
    lite.settled()
    assert lite.ask("POST", "/password/reset", {"username": name}).status_code == 202
    assert lite.names().count("otp_issued") == 1


@pytest.mark.rule("A12")
@pytest.mark.parametrize(
    "name", [" lan.nt\u200b", "LAN.NT", "l\u0430n.nt", "\uff4can.nt", "lan.nt\r\n", "\u201clan.nt\u201d"]
)
def test_staff_sign_in_with_a_user_name_however_it_is_typed(lite: Desk, name):
    lite.staff("lan.nt", "officer")
    assert lite.sign_in(username=name).status_code == 201


def test_a_member_of_staff_is_kept_as_the_text_looks(lite: Desk):
    admin = lite.staff("quan.tri", "admin", office=None, province=None)
    given = {
        "username": "can\u2060.bo", "full_name": " H\u2019Hen\u00a0Niê ", "phone": "\u202d0983 847 986\u202c", "email": "a@b.vn\u200b", "role": "officer",
        "office": "\uff10\uff11", "province": "01\u00a0", "own_id": "001 087\u2013012 345", "reason": "\uf0b7 Phân công\x0bmới",
    }  # fmt: skip
    answer = lite.ask("POST", "/staff", given, admin)
    assert answer.status_code == 201, answer.json
    kept = lite.accounts()[-1]
    assert (kept.username, kept.full_name, kept.phone, kept.email) == ("can.bo", "H'Hen Niê", "+84983847986", "a@b.vn")
    assert (kept.office, kept.province, kept.own_id) == ("01", "01", "001087012345")


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    "name",
    [
        "0113 099 841",
        "0113.099.841",
        "0113\u2011099\u2011841",
        "\u202d0113099841\u202c",
        "0113\u200b099841",
        "111349\u00a0876090",
    ],
)
def test_a_citizen_signs_in_with_a_number_however_it_is_typed(lite: Desk, name):
    lite.settled()
    assert lite.sign_in(username=name).status_code == 201


@pytest.mark.rule("A8")
def test_other_spellings_of_a_name_are_no_other_names_to_guess_at(lite: Desk):
    lite.configure(lockout_tries=3)
    for nobody in ("0199 999 999", "0199\u200b999999", "0199-999-999"):
        assert lite.sign_in("wrong password", username=nobody).status_code == 401
    assert lite.sign_in("wrong password", username="0199999999").status_code == 429
