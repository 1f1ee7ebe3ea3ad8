"""Machines are held off the form of signing in: work where there is script, a pause where there is none (A6)."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import altcha
import pytest

from services.chassis.web.pages import human
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.stand.pages import Browser

SIGN_IN = "/accounts/dang-nhap"


def work_in(page: str) -> dict[str, Any]:
    """The work of the form that is shown."""
    found = re.search(r'data-human="([^"]+)"', page)
    assert found, page
    return dict(json.loads(html.unescape(found[1])))


def solved(work: dict[str, Any]) -> str:
    """What the browser's script sends for it."""
    challenge = altcha.Challenge.from_dict(work)
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def send(at: Browser, password: str, **more: str) -> Any:
    return at.send(SIGN_IN, {"username": CODE, "password": password, **more})


def three_wrong(at: Browser) -> None:
    at.look(SIGN_IN)
    for number in range(3):
        assert send(at, f"Sai lần {number}").status_code == 401


@pytest.mark.rule("A6")
def test_without_script_three_tries_pass_and_then_there_is_a_pause_for_each(house: Desk, later):
    house.settled()
    at = Browser(house.app)
    three_wrong(at)
    paused = send(at, NEW_PASSWORD)
    assert paused.status_code == 429
    assert "Chờ 30 giây rồi bấm “Thử lại”" in html.unescape(at.page)
    assert "http-equiv" not in at.page
    later(seconds=20)
    assert send(at, NEW_PASSWORD).status_code == 429
    assert re.search(r"Chờ (9|10) giây", html.unescape(at.page))
    later(seconds=11)
    assert send(at, "Sai nữa").status_code == 401, "the ticket is good for a try"
    assert send(at, NEW_PASSWORD).status_code == 429, "... and for one only"
    later(seconds=31)
    assert send(at, NEW_PASSWORD).status_code == 303


def test_a_ticket_ends_after_ten_minutes(lite: Desk, later):
    lite.settled()
    at = Browser(lite.app)
    three_wrong(at)
    assert send(at, NEW_PASSWORD).status_code == 429
    later(seconds=601)
    for number in range(3):  # the failures of before are forgotten by then
        send(at, f"Lại sai {number}")
    assert send(at, NEW_PASSWORD).status_code == 429


@pytest.mark.rule("A6")
def test_with_script_the_work_is_harder_after_three_failures_and_nobody_waits(lite: Desk):
    lite.settled()
    at = Browser(lite.app)
    three_wrong(at)
    work = work_in(at.page)
    assert work["parameters"]["data"] == {"hard": True}
    assert send(at, NEW_PASSWORD, human=solved(work)).status_code == 303


def test_easy_work_is_not_enough_after_three_failures(lite: Desk):
    lite.settled()
    at = Browser(lite.app)
    at.look(SIGN_IN)
    easy = solved(work_in(at.page))
    three_wrong(at)
    assert send(at, NEW_PASSWORD, human=easy).status_code == 429
    assert "Hãy bấm gửi thêm một lần nữa" in html.unescape(at.page)


def test_an_answer_is_good_once(lite: Desk):
    lite.settled()
    at = Browser(lite.app)
    three_wrong(at)
    answer = solved(work_in(at.page))
    assert send(at, "Sai nữa", human=answer).status_code == 401
    assert send(at, NEW_PASSWORD, human=answer).status_code == 429


@pytest.mark.parametrize(
    "answer", ["x", "e30=", "W10=", "bnVsbA==", "a" * 5000, "eyJjaGFsbGVuZ2UiOiB7fSwgInNvbHV0aW9uIjoge319"]
)
def test_no_made_up_answer_passes_or_breaks_the_page(lite: Desk, answer: str):
    lite.settled()
    at = Browser(lite.app)
    three_wrong(at)
    assert send(at, NEW_PASSWORD, human=answer).status_code == 429


def test_an_answer_with_a_challenge_of_ones_own_does_not_pass(lite: Desk):
    lite.settled()
    at = Browser(lite.app)
    three_wrong(at)
    own = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1, data={"hard": True}, hmac_secret=b"mine")
    assert send(at, NEW_PASSWORD, human=solved(own.to_dict())).status_code == 429


@pytest.mark.rule("A13")
def test_a_strangers_guesses_make_no_browser_wait_that_the_account_knows(lite: Desk):
    lite.settled()
    own = Browser(lite.app)
    own.look(SIGN_IN)
    assert send(own, NEW_PASSWORD).status_code == 303
    own.look("/accounts/mat-khau/doi")
    own.send("/accounts/dang-xuat")
    own.client.delete_cookie("__Host-vss")
    stranger = Browser(lite.app)
    three_wrong(stranger)
    assert send(stranger, "Vẫn sai").status_code == 429
    own.look(SIGN_IN)
    assert send(own, NEW_PASSWORD).status_code == 303


def test_the_work_is_bounded(lite: Desk):
    with lite.app.app_context():
        easy, hard = (json.loads(human.challenge(failed)) for failed in (0, 3))
    assert easy["parameters"]["cost"] == hard["parameters"]["cost"] == 1000
    tries = [altcha.Payload.from_base64(solved(work)).solution.counter for work in (easy, hard)]
    assert 100 <= tries[0] < 300
    assert 800 <= tries[1] < 2400


def test_asking_for_resets_over_and_over_is_held_off_too(lite: Desk):
    lite.settled()
    statuses = []
    for _ in range(4):
        at = Browser(lite.app)
        at.look("/accounts/mat-khau/quen")
        statuses.append(at.send("/accounts/mat-khau/quen", {"username": CODE}).status_code)
    assert statuses == [303, 303, 303, 429]
