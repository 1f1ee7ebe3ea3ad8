"""A complete dossier left lying: from the counter to the mailboxes of the office, and then of its director (N11)."""

import pytest

from playground.inbox import Inbox
from playground.stage import Post, Stage

APPROVER = Post("approver", "48", "48", login="truc.48", full_name="Trần Thị Trúc", email="truc.48@vss.example")
DIRECTOR = Post("director", "48", "48", login="giamdoc.48", full_name="Lê Văn Bình", email="giamdoc.48@vss.example")


def told(inbox: Inbox, no: str) -> int:
    return sum(no in f"{message.subject}\n{message.text}" for message in inbox.all())


@pytest.mark.rule("N11", "N3")
def test_a_complete_dossier_left_lying_is_told_to_the_office_and_then_to_the_director_until_it_is_decided(
    moving_stage: Stage,
) -> None:
    stage = moving_stage
    at_office, at_director = (Inbox(stage.web, post.email) for post in (APPROVER, DIRECTOR))
    stage.staff_account(DIRECTOR)
    officer = stage.officer(APPROVER)
    citizen = stage.citizen()
    dossier = citizen.files()
    officer.receives(dossier.no)
    officer.adds(dossier.no, "signed_form")
    case = officer.opens(dossier.no)
    assert (case["missing"], case["late"]) == ([], False)
    assert case["due_at"] is not None

    stage.passes(minutes=8)
    warning = at_office.until(dossier.no, "Thời gian còn lại", channel="email")
    stage.passes(minutes=8)
    late = at_office.until(dossier.no, "mức báo 1/2", channel="email")
    assert told(at_director, dossier.no) == 0
    stage.passes(minutes=15)
    at_director.until(dossier.no, "mức báo 2/2", channel="email")

    officer = stage.officer(APPROVER)
    assert dossier.no in [found["dossier_no"] for found in officer.finds(late="true")]
    for mail in (warning, late):
        for private in (citizen.human.full_name, citizen.human.bhxh_code, citizen.human.phone):
            assert private not in mail.text
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    case = officer.opens(dossier.no)
    assert (case["due_at"], case["late"]) == (None, False)
    assert (told(at_office, dossier.no), told(at_director, dossier.no)) == (2, 1)
