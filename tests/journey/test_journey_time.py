"""What passes with time: ten days, codes, tokens, six months. In the order of the file: the clock only goes forward."""

from datetime import date, datetime, time, timedelta

import pytest

from playground.stage import Stage
from services.chassis.calendar import VIETNAM, Calendar, end_of


@pytest.mark.rule("A5")
def test_a_code_is_useless_after_five_minutes(moving_stage: Stage) -> None:
    stage = moving_stage
    account = stage.registered(password="Năm-phút-thôi-1")
    seen = account.inbox.sms()
    challenge = account.asks_to_change("Năm-phút-thôi-1", "Năm-phút-thôi-2")["challenge"]
    otp = account.inbox.otp(skip=seen)
    stage.passes(minutes=5, seconds=1)
    account.confirms(challenge, otp, expect=(401, 404, 409, 410, 422))
    account.changes_password("Năm-phút-thôi-1", "Năm-phút-thôi-2")


@pytest.mark.rule("A7")
def test_a_token_is_good_for_fifteen_minutes(moving_stage: Stage) -> None:
    stage = moving_stage
    account = stage.registered(password="Mười-lăm-phút-1")
    stage.passes(minutes=16)
    account.me(expect=401)
    account.sign_in("Mười-lăm-phút-1")
    assert account.me()


@pytest.mark.rule("A8")
def test_a_lock_ends_by_itself(moving_stage: Stage) -> None:
    stage = moving_stage
    account = stage.registered(password="Hết-khoá-rồi-1")
    account.signs_out()
    for number in range(12):
        answer = account.sign_in(f"Sai-mật-khẩu-{number}", expect=(401, 429))
    assert answer["status"] == 429
    stage.passes(days=1)
    account.sign_in("Hết-khoá-rồi-1")


@pytest.mark.rule("I6")
def test_whoever_does_not_come_is_warned_two_working_days_before_the_end_and_then_forgotten(moving_stage: Stage) -> None:
    stage = moving_stage
    citizen = stage.citizen()
    dossier = citizen.files()
    calendar, last_day = Calendar(), date.fromisoformat(dossier.look()["last_day"])
    assert last_day == calendar.last_day(stage.now, 10)
    assert datetime.fromisoformat(dossier.look()["expires_at"]) == end_of(last_day)
    officer = stage.staff("officer", "79")
    officer.until_here(dossier.no)
    told = citizen.inbox.until(dossier.no)

    # the end of an office's day: by then all of that day's warnings have gone out
    stage.passes_to(datetime.combine(calendar.before(last_day, 2), time(17), VIETNAM))
    warning = citizen.inbox.until(dossier.no, skip=1)
    assert dossier.status == "submitted"

    stage.passes_to(end_of(last_day) + timedelta(hours=8))
    last = citizen.inbox.until(dossier.no, skip=2)
    seen = dossier.until("expired")
    assert all(f"het ngay {last_day:%d/%m/%Y}" in each.text for each in (told, warning, last))
    assert not seen.get("attachments")
    assert citizen.human.full_name not in str(seen)
    assert warning.text not in [message.text for message in citizen.inbox.all()[2:]]
    officer = stage.staff("officer", "79")
    case = officer.until(dossier.no, "expired")
    for private in (citizen.human.full_name, citizen.human.bhxh_code, citizen.human.phone):
        assert private not in str(case)
    dossier.call("GET", "/form.pdf", expect=(404, 409, 410))
    # a new beginning
    again = citizen.files()
    stage.staff("approver", "79").approves_at_the_counter(again.no)
    again.until("activated")


@pytest.mark.rule("I6", "V5")
def test_whoever_has_come_in_time_is_neither_warned_nor_forgotten(moving_stage: Stage) -> None:
    stage = moving_stage
    citizen = stage.citizen()
    dossier = citizen.files()
    citizen.inbox.until(dossier.no)
    told = len(citizen.inbox.all())
    stage.staff("officer", "79").receives(dossier.no)
    dossier.until("received")
    neighbour = stage.citizen()
    forgotten = neighbour.files()
    stage.passes_to(datetime.fromisoformat(forgotten.look()["expires_at"]) + timedelta(hours=8))
    forgotten.until("expired")
    assert dossier.status == "received"
    assert len(citizen.inbox.all()) == told
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    dossier.until("activated")


@pytest.mark.rule("A4")
def test_a_password_of_six_months_is_warned_about_and_must_then_be_changed(moving_stage: Stage) -> None:
    stage = moving_stage
    account = stage.registered(password="Sáu-tháng-rồi-1")
    seen = account.inbox.sms()
    stage.passes(days=182)
    account.inbox.until("mat khau", skip=seen)
    stage.passes(days=2)
    answer = account.sign_in("Sáu-tháng-rồi-1")
    assert answer["must_change_password"] is True
    account.me(expect=403)
    account.changes_password("Sáu-tháng-rồi-1", "Sáu-tháng-rồi-2")
    assert account.me()
