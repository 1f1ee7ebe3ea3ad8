"""What has arrived, kept within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.sandbox.inbox import Attachment, Inbox, Message, same_place
from deploy.sandbox.page import places, spaced

_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def _put(inbox: Inbox, to: str = "+84983847986", text: str = "Chao", **more: Any) -> Message:
    return inbox.put(more.pop("channel", "sms"), to=to, sender="VSS", text=text, at=_AT, **more)


def test_only_the_newest_messages_are_kept_and_ids_go_on() -> None:
    inbox = Inbox(3, 100)
    for number in range(5):
        _put(inbox, text=str(number))
    assert [(message.id, message.text) for message in inbox.find()] == [(3, "2"), (4, "3"), (5, "4")]
    inbox.clear()
    assert _put(inbox).id == 6


def test_a_phone_is_found_in_any_usual_spelling() -> None:
    inbox = Inbox(10, 100)
    _put(inbox)
    _put(inbox, to="+84353659544")
    for spelling in ("0983847986", "+84983847986", " 84983847986", "0983 847 986", "0983.847.986"):
        assert [message.to for message in inbox.find(to=spelling)] == ["+84983847986"]


def test_a_mailbox_is_found_whatever_the_case() -> None:
    assert same_place("BienNT@vss.gov.vn ") == same_place("biennt@VSS.gov.vn")


def test_channel_and_after_narrow_what_is_found() -> None:
    inbox = Inbox(10, 100)
    first, mail, last = _put(inbox), _put(inbox, to="a@x.vn", channel="email"), _put(inbox)
    assert list(inbox.find(channel="email")) == [mail]
    assert list(inbox.find(after=first.id)) == [mail, last]
    assert list(inbox.find(channel="sms", after=last.id)) == []


def test_files_of_older_mails_make_room_for_newer_ones_but_stay_known() -> None:
    inbox = Inbox(10, 100)
    for name in ("old.pdf", "new.pdf"):
        _put(inbox, to="a@x.vn", channel="email", attachments=(Attachment(name, "application/pdf", 80, b"x" * 80),))
    old, new = inbox.find()
    assert old.attachments[0].content is None
    assert new.attachments[0].content == b"x" * 80
    assert old.as_json()["attachments"] == [{"name": "old.pdf", "content_type": "application/pdf", "size": 80}]


def test_an_sms_has_no_subject_and_an_email_has() -> None:
    inbox = Inbox(10, 100)
    assert set(_put(inbox).as_json()) == {"id", "channel", "to", "from", "text", "attachments", "at"}
    mail = _put(inbox, to="a@x.vn", channel="email", subject="Tờ khai", html="<p>").as_json()
    assert (mail["subject"], mail["html"], mail["at"]) == ("Tờ khai", "<p>", "2026-11-22T03:00:00+00:00")


def test_the_phone_with_the_newest_message_comes_first_and_long_histories_are_cut() -> None:
    inbox = Inbox(100, 100)
    for minute in range(20):
        inbox.put("sms", to="+84353659544", sender="VSS", text="x", at=_AT + timedelta(minutes=minute))
    _put(inbox, to="0983847986")
    shown = places(inbox.find())
    assert [place.title for place in shown] == ["0983 847 986", "0353 659 544"]
    assert (len(shown[1].messages), shown[1].earlier) == (12, 8)


def test_a_number_from_abroad_is_shown_as_it_is() -> None:
    assert spaced("+15005550006") == "+15005550006"
