"""How the demonstration tells its story, and what becomes of a step that does not happen."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from PIL import Image

from deploy.demo import __main__ as program
from deploy.demo.cast import Scene
from deploy.demo.narrator import Narrator, StepFailed
from playground.inbox import Inbox, message_of
from playground.pictures import photo
from playground.web import Unexpected, Web, until
from services.chassis.calendar import VIETNAM


class _Inbox(Web):
    """A web whose inbox holds these texts, ids from 1."""

    patience_seconds = 1.0

    def __init__(self, *texts: str) -> None:
        super().__init__({})
        self.texts = texts

    def call(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"messages": [_sms(number, text) for number, text in enumerate(self.texts, 1)]}


def _sms(number: int, text: str) -> dict[str, Any]:
    return {"id": number, "channel": "sms", "to": "+84983847986", "text": text, "at": "2026-11-21T09:30:00+07:00"}


class _System:
    """A system that needs no processes."""

    services = ("registration", "verification")

    def __init__(self, *_: Any, **__: Any) -> None:
        self.ended = False

    def begin(self) -> None: ...

    def move_clock(self, **_: float) -> None: ...

    def vss(self, *_: str, **__: str) -> None: ...

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:1/{name}"

    def tail(self, name: str) -> str:
        return f"the end of the log of {name}"

    def end(self) -> None:
        self.ended = True


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _System:
    made = _System()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # a story that fails leaves its logs
    monkeypatch.setattr(program, "System", lambda *_, **__: made)
    monkeypatch.setattr(Scene, "opens_the_office", lambda _self: None)
    monkeypatch.setattr(Scene, "nothing_is_parked", lambda _self: None)
    monkeypatch.setattr(Scene, "arrivals", lambda _self: (3, 1))
    return made


def test_a_step_that_does_not_happen_is_named_with_the_log_of_who_is_responsible(
    system: _System, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def chapter(scene: Scene) -> None:
        with scene.tell.step("Gửi tờ khai", "filed", "registration"):
            raise Unexpected("POST answered 503")

    monkeypatch.setattr(program, "CHAPTERS", (chapter,))
    assert program.main([]) == 1
    told = capsys.readouterr().out
    assert "Bước không xảy ra: Gửi tờ khai" in told
    assert "(registration): Unexpected: POST answered 503" in told
    assert "the end of the log of registration" in told
    assert "✗" in told
    assert system.ended


def test_a_story_in_which_everything_happened_ends_with_0_and_stops_everything(
    system: _System, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played: list[Scene] = []
    monkeypatch.setattr(program, "CHAPTERS", (played.append, played.append))
    assert program.main(["--exit"]) == 0
    assert len(played) == 2
    assert "3 SMS, 1 e-mail" in capsys.readouterr().out
    assert system.ended


def test_without_a_terminal_the_story_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tell = Narrator()
    assert tell.plain
    with tell.step("Gửi", "sent", "registration"):
        tell.arrived("SMS 0983847986", "Da nhan [ho so]")
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "SMS 0983847986: Da nhan [ho so]" in told


def test_a_failure_inside_a_step_keeps_its_first_name() -> None:
    tell = Narrator(plain=True)
    with pytest.raises(StepFailed) as failed, tell.step("ngoài", "outer", "accounts"):
        with tell.step("trong", "inner", "verification"):
            raise ValueError("x")
    assert (failed.value.step, failed.value.service) == ("trong", "verification")
    assert tell.steps == 0


def test_an_inbox_reads_each_message_once_and_waits_for_the_words() -> None:
    inbox = Inbox(_Inbox("Ma OTP: 111111 het han", "Ho so 1", "Ma OTP: 222222 het han"), "+84983847986")
    assert inbox.next("OTP").otp == "111111"
    assert inbox.next("OTP").otp == "222222"
    with pytest.raises(Unexpected, match="OTP"):
        inbox.next("OTP")


def test_the_first_password_is_read_up_to_the_blank() -> None:
    text = "Ten dang nhap: 0113099841. Mat khau: wtry-jtnf-mcxc (doi khi dang nhap)"
    assert message_of(_sms(1, text)).password == "wtry-jtnf-mcxc"
    assert message_of(_sms(1, "Da nhan ho so")).password is None


def test_waiting_is_bounded_and_says_what_was_seen() -> None:
    with pytest.raises(Unexpected, match=r"the dossier activated: not within 0\.1 s\. Seen last: submitted"):
        until(lambda: "submitted", lambda seen: seen == "activated", "the dossier activated", 0.1)


@pytest.mark.parametrize("kind", ["portrait", "id_front", "id_back", "signed_form", "birth_certificate"])
def test_pictures_are_small_real_jpegs_of_their_own_for_everybody(kind: str) -> None:
    one, other = photo(kind, "0113099841"), photo(kind, "0618571307")
    assert one == photo(kind, "0113099841") != other
    assert len(one) < 100_000
    with Image.open(io.BytesIO(one)) as picture:
        picture.load()
        assert (picture.format, min(picture.size) > 200) == ("JPEG", True)


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2026-11-22T10:00", 0.0), ("2026-11-22T19:59", 0.0), ("2026-11-22T21:00", 11.0), ("2026-11-23T03:00", 5.0)],
)
def test_at_night_the_story_is_played_next_morning(now: str, hours: float) -> None:
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=VIETNAM), tick=False):
        assert program.seconds_to_daytime() == hours * 3600
