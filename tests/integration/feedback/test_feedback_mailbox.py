"""E-mails become complaints when a clerk confirms them (F1): the mailbox is read over IMAP, from a real server in the sandbox."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from imap_tools import MailBoxUnencrypted

from playground.program import Program
from services.chassis import clock, tls
from services.chassis.settings import Secret
from services.chassis.testing import free_port
from services.feedback.mailbox import reading as mailbox_reading
from services.feedback.mailbox.imap import ImapMailbox
from services.feedback.mailbox.port import MailboxRefused, MailboxUnavailable
from services.feedback.settings import Settings
from tests.integration.feedback.desk import COMPLAINT, DIRECTOR, ELSEWHERE, OFFICER, SUPPORT, THU, Desk, picture
from tests.stand.certificates import Authority

pytestmark = pytest.mark.rule("F1")

ADDRESS, PASSWORD = "phan-anh@bhxh.example", "sandbox"
WORDS = "Sổ BHXH của tôi thiếu các tháng 3 đến 8 năm 2019.\n\nTôi đã hỏi công ty nhưng chưa có trả lời. Kính mong cơ quan xem xét."


class Server:
    """The sandbox with its mailbox; `send` writes to it."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.imap_port, self.smtp_port, port = free_port(), free_port(), free_port()
        ports = ("--port", str(port), "--smtp-port", str(self.smtp_port), "--imap-port", str(self.imap_port))
        address = (f"http://127.0.0.1:{port}", "/healthz")
        self._program = Program("sandbox", ["-m", "deploy.sandbox", *ports, *more], folder=folder, extra={}, address=address)
        self._program.start().ready(30)

    def settings(self, **changes: Any) -> dict[str, Any]:
        named = {"mailbox_host": "127.0.0.1", "mailbox_port": self.imap_port, "mailbox_tls": "none", "mailbox_user": ADDRESS}
        return named | {"mailbox_password": Secret(PASSWORD), "mailbox_seconds": 0.1} | changes

    def send(self, mail: EmailMessage | bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=10) as server:
            content = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
            server.sendmail("ai.do@a.vn", [ADDRESS], content)

    def box(self) -> MailBoxUnencrypted:
        box = MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=10)
        box.login(ADDRESS, PASSWORD)
        return box

    def unread(self) -> int:
        with self.box() as box:
            return len(box.uids("UNSEEN"))

    def empty(self) -> None:
        with self.box() as box:
            box.delete(box.uids())

    def stop(self) -> None:
        self._program.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("mailbox"))
    yield made
    made.stop()


@pytest.fixture
def server(running: Server) -> Server:
    running.empty()
    return running


@pytest.fixture
def reading(make_lite: Callable[..., Desk], server: Server) -> Callable[..., Desk]:
    """Make a desk that reads the mailbox."""
    return lambda **settings: make_lite(**server.settings(**settings))


def mail(words: str = WORDS, **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {"From": "Nguyễn Thành Biên <Bien@A.vn>", "To": ADDRESS, "Subject": "Thiếu quá trình đóng năm 2019"}
    for name, value in (
        given | {"Message-ID": "<1@a.vn>"} | {name.replace("_", "-"): each for name, each in headers.items()}
    ).items():
        made[name] = value
    made.set_content(words)
    return made


def read(desk: Desk) -> None:
    """One round: the sweep plans, the job takes and stores, another marks."""
    with desk.db.write() as session:
        session.execute(sa.text("UPDATE mailbox_rounds SET next_at = '2026-01-01 00:00:00'"))
    desk.sweep()
    desk.run_jobs()


def listed(desk: Desk, state: str = "waiting") -> list[dict[str, Any]]:
    answer = desk.call("GET", f"/mailbox?state={state}", token=SUPPORT)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def only(desk: Desk) -> Any:
    [line] = listed(desk)
    answer = desk.call("GET", f"/mailbox/{line['id']}", token=SUPPORT)
    assert answer.status_code == 200, answer.text
    return answer.json


def decide(desk: Desk, email: Any, what: str, data: Any, *, token: str = SUPPORT) -> Any:
    return desk.call("POST", f"/mailbox/{email['id']}/{what}", token=token, json=data)


def confirmation(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in COMPLAINT.items() if name != "channel"} | changes


def test_an_email_waits_for_a_clerk_with_its_words_and_becomes_a_complaint_with_its_files(
    reading: Callable[..., Desk], server: Server
) -> None:
    desk, written = reading(), mail()
    written.add_attachment(picture(), maintype="image", subtype="jpeg", filename="sổ.jpg")
    written.add_attachment(b"MZ\x90 no document", maintype="application", subtype="octet-stream", filename="virus.exe")
    server.send(written)
    read(desk)
    email = only(desk)
    assert (email["sender"], email["sender_name"]) == ("bien@a.vn", "Nguyễn Thành Biên")
    assert (email["subject_line"], email["words"]) == ("Thiếu quá trình đóng năm 2019", WORDS)
    assert [(each["name"], each["content_type"]) for each in email["files"]] == [("sổ.jpg", "image/jpeg")]
    assert [each["name"] for each in email["left_out"]] == ["virus.exe"]
    assert not desk.facts("complaint_received")
    shown = desk.call("GET", f"/mailbox/{email['id']}/files/1", token=SUPPORT)
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    filed = decide(desk, email, "confirm", confirmation())
    assert filed.status_code == 201, filed.text
    complaint = desk.call("GET", f"/complaints/{filed.json['complaint_no']}", code=filed.json["tracking_code"]).json
    assert len(complaint["content"]["attachments"]) == 1
    assert desk.facts("complaint_received")[0].body["channel"] == "email"
    assert listed(desk) == []
    again = decide(desk, email, "discard", {"reason": "gửi nhầm"})
    assert (again.status_code, again.json["type"]) == (409, "urn:vss:problem:e-mail-decided")


def test_an_email_is_marked_read_only_once_it_is_stored_and_is_never_taken_twice(
    reading: Callable[..., Desk], server: Server
) -> None:
    desk = reading()
    server.send(mail())
    read(desk)
    assert (server.unread(), len(listed(desk))) == (0, 1)
    with server.box() as box:  # as if the mark had been lost
        box.flag(box.uids(), "\\Seen", False)
    server.send(mail())  # the same Message-ID by another way
    read(desk)
    assert (server.unread(), len(listed(desk))) == (0, 1)


def test_what_cannot_be_stored_stays_unread(
    reading: Callable[..., Desk], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, real = reading(), mailbox_reading.plan_next
    unread: list[int] = []

    def fails_once(session: Any, wait: Any) -> None:
        if not unread:
            unread.append(server.unread())
            raise ConnectionError("the database has gone")
        real(session, wait)

    monkeypatch.setattr(mailbox_reading, "plan_next", fails_once)
    server.send(mail())
    read(desk)
    assert unread == [1]
    assert (server.unread(), len(listed(desk))) == (0, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<tin.a.vn>"},
        {"From": "MAILER-DAEMON@a.vn"},
        {"From": f"BHXH <{ADDRESS.upper()}>"},
        {"Return_Path": "<>"},
    ],
)
def test_what_a_machine_wrote_is_ignored_and_nothing_of_it_is_kept(
    reading: Callable[..., Desk], server: Server, headers: dict[str, str]
) -> None:
    desk = reading()
    server.send(mail(**headers))
    read(desk)
    assert (server.unread(), listed(desk)) == (0, [])
    [ignored] = listed(desk, "ignored")
    assert ignored["subject_line"] == ""
    assert desk.value(sa.text("SELECT sender || words FROM incoming_emails")) == ""


def test_html_is_read_as_the_words_that_a_reader_would_see(reading: Callable[..., Desk], server: Server) -> None:
    desk, written = reading(), mail()
    written.set_content(
        "<html><head><title>x</title><style>p{}</style></head><body><p>Sổ BHXH <b>thiếu</b> &amp; sai</p>"
        "<script>alert(1)</script><div>tháng 3</div></body></html>",
        subtype="html",
    )
    server.send(written)
    read(desk)
    assert only(desk)["words"] == "Sổ BHXH thiếu & sai\n\ntháng 3"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b"From: =?utf-8?b?////?= <a@b.vn>\r\nSubject: =?x-none?q?=FF?=\r\nDate: never\r\nContent-Type: text/plain; charset=x-none\r\n\r\nS\xff",
        b"From: a@b.vn\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 300,
        b"From: a@b.vn\r\nSubject: " + b"x" * 20_000 + b"\r\n\r\n" + b"<" * 50_000,
        b"From: a@b.vn\r\nContent-Type: text/html\r\n\r\n" + b"<!--" * 50_000,
    ],
)
def test_a_crooked_email_is_there_for_a_person_all_the_same(
    reading: Callable[..., Desk], server: Server, content: bytes
) -> None:
    desk = reading()
    with server.box() as box:
        box.append(content or b"\r\n", "INBOX")
    read(desk)
    assert (server.unread(), len(listed(desk))) == (0, 1)


def test_of_a_larger_email_the_clerk_sees_that_it_is_there(reading: Callable[..., Desk], server: Server) -> None:
    desk = reading(mailbox_max_bytes=20_000)
    server.send(mail("x" * 70 + "\n" + ("dài " * 20 + "\n") * 2000))
    read(desk)
    email = only(desk)
    assert {"name": "", "reason": "too-large"} in email["left_out"]
    assert email["subject_line"] == "Thiếu quá trình đóng năm 2019"


def test_many_emails_are_taken_in_bounded_rounds(reading: Callable[..., Desk], server: Server) -> None:
    desk = reading(mailbox_batch=2)
    for number in range(5):
        server.send(mail(Message_ID=f"<{number}@a.vn>"))
    for expected in (2, 4, 5):
        read(desk)
        assert len(listed(desk)) == expected


def test_an_email_from_the_citizens_address_answers_the_question_that_the_office_asked(
    reading: Callable[..., Desk], server: Server
) -> None:
    desk = reading()
    complaint = desk.routed(contact={"full_name": "Nguyễn Thành Biên", "email": "bien@a.vn"})
    assert desk.do(complaint, "ask", {"question": "Tên đơn vị cũ là gì?"}).status_code == 200
    server.send(mail("Công ty may Hòa Bình.", Subject=f"Re: phản ánh {complaint.no.lower()}"))
    read(desk)
    email = only(desk)
    assert email["named_complaint"] == complaint.no
    attached = decide(desk, email, "attach", {"complaint_no": complaint.no})
    assert (attached.status_code, attached.json["reply"]) == (200, True)
    assert desk.show(complaint)["content"]["reply"] == "Công ty may Hòa Bình."


def test_an_email_from_another_address_is_attached_and_is_no_reply(reading: Callable[..., Desk], server: Server) -> None:
    desk = reading()
    complaint = desk.routed()
    desk.do(complaint, "ask", {"question": "Tên đơn vị cũ là gì?"})
    server.send(mail("Tôi là người khác."))
    read(desk)
    attached = decide(desk, only(desk), "attach", {"complaint_no": complaint.no})
    assert attached.json["reply"] is False
    assert desk.show(complaint)["status"] == "waiting"
    assert [each["words"] for each in desk.show(complaint, token=OFFICER)["work"]["emails"]] == ["Tôi là người khác."]


def test_a_discarded_email_keeps_its_reason_and_loses_its_words_after_some_days(
    reading: Callable[..., Desk], server: Server, later: Any
) -> None:
    from datetime import timedelta

    desk = reading()
    server.send(mail())
    read(desk)
    email = only(desk)
    assert decide(desk, email, "discard", {"reason": "x"}).status_code == 422
    assert decide(desk, email, "discard", {"reason": "Thư quảng cáo."}).status_code == 200
    later.to(clock.now() + timedelta(days=31))
    desk.sweep()
    assert desk.value(sa.text("SELECT sender || words || subject_line FROM incoming_emails")) == ""
    assert desk.value(sa.text("SELECT state FROM incoming_emails")) == "discarded"


def test_only_customer_care_and_the_province_that_it_belongs_to_read_the_mailbox(make_lite: Callable[..., Desk]) -> None:
    national, provincial = make_lite(), make_lite(mailbox_province="79")
    asked = {token: national.call("GET", "/mailbox", token=token).status_code for token in (SUPPORT, OFFICER, THU)}
    assert asked == {SUPPORT: 200, OFFICER: 403, THU: 403}
    asked = {token: provincial.call("GET", "/mailbox", token=token).status_code for token in (SUPPORT, OFFICER, DIRECTOR)}
    assert set(asked.values()) == {200}
    assert provincial.call("GET", "/mailbox", token=ELSEWHERE).status_code == 403


def test_a_confirmation_names_what_is_wrong_and_loses_nothing(reading: Callable[..., Desk], server: Server) -> None:
    desk = reading()
    server.send(mail())
    read(desk)
    email = only(desk)
    refused = decide(desk, email, "confirm", confirmation(office_code="00", category_code="khong-co"))
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json["errors"]} == {"office_code", "category_code"}
    assert only(desk)["words"] == WORDS


# ------------------------------------------------------------ the way there


def test_a_wrong_password_holds_the_job_for_an_operator(server: Server) -> None:
    box = ImapMailbox(Settings(**server.settings(mailbox_password=Secret("sai"))))
    with pytest.raises(MailboxRefused) as refused, box.open():
        pass
    assert refused.value.code == "credentials"


def test_a_folder_that_is_not_there_is_ours_and_a_server_that_is_away_passes(server: Server) -> None:
    with pytest.raises(MailboxRefused) as refused, ImapMailbox(Settings(**server.settings(mailbox_folder="KHONG"))).open():
        pass
    assert refused.value.code == "folder"
    away = Settings(**server.settings(mailbox_port=free_port()))
    with pytest.raises(MailboxUnavailable), ImapMailbox(away).open():
        pass


def test_a_server_by_tls_is_believed_by_its_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    right, wrong = authority.issue("127.0.0.1", "localhost"), authority.issue("elsewhere.example")
    monkeypatch.setattr(tls, "_own", authority.file)
    for files, believed in ((right, True), (wrong, False)):
        given = ("--imap-certificate", str(files.certificate), "--imap-key", str(files.key))
        folder = tmp_path / str(believed)
        folder.mkdir()
        secured = Server(folder, *given)
        try:
            box = ImapMailbox(Settings(**secured.settings(mailbox_tls="tls", mailbox_host="localhost")))
            if believed:
                with box.open() as opened:
                    assert list(opened.unread(most=5, max_bytes=1000)) == []
            else:
                with pytest.raises(MailboxRefused) as refused, box.open():
                    pass
                assert refused.value.code == "certificate"
        finally:
            secured.stop()
