"""E-mail through smtplib, and what people see of it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest
import requests


def _mail(to: str = "biennt@vss.gov.vn") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "Tờ khai Mẫu số 01"
    mail["From"] = "BHXH Việt Nam <khong-tra-loi@vss.gov.vn>"
    mail["To"] = to
    mail.set_content("Kính gửi ông Nguyễn Thành Biên")
    mail.add_alternative(
        "<p>Kính gửi ông <b>Nguyễn Thành Biên</b></p><script>parent.document.title = 'x'</script>", subtype="html"
    )
    mail.add_attachment(b"%PDF-1.7 to khai", maintype="application", subtype="pdf", filename="Tờ khai.pdf")
    return mail


def _send(sandbox: Any, mail: EmailMessage, **login: str) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        if login:
            server.login(login["user"], login["password"])
        server.send_message(mail)


def test_an_email_arrives_with_both_bodies_and_its_file(sandbox: Any) -> None:
    _send(sandbox, _mail())
    (mail,) = sandbox.inbox(channel="email", to="BienNT@vss.gov.vn")
    assert mail["subject"] == "Tờ khai Mẫu số 01"
    assert mail["from"] == "BHXH Việt Nam <khong-tra-loi@vss.gov.vn>"
    assert mail["text"].strip() == "Kính gửi ông Nguyễn Thành Biên"
    assert "<b>Nguyễn Thành Biên</b>" in mail["html"]
    assert mail["attachments"] == [{"name": "Tờ khai.pdf", "content_type": "application/pdf", "size": 16}]
    file = requests.get(f"{sandbox.url}/inbox/{mail['id']}/attachments/0", timeout=5)
    assert (file.content, file.headers["Content-Type"]) == (b"%PDF-1.7 to khai", "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment;")


def test_each_recipient_has_a_copy(sandbox: Any) -> None:
    _send(sandbox, _mail("a@x.vn, b@x.vn"))
    assert [mail["to"] for mail in sandbox.inbox()] == ["a@x.vn", "b@x.vn"]


def test_any_login_will_do(sandbox: Any) -> None:
    _send(sandbox, _mail(), user="vss", password="anything")
    assert len(sandbox.inbox()) == 1


def test_mail_in_a_character_set_that_there_is_not_arrives_all_the_same(sandbox: Any) -> None:
    raw = b"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nKinh gui\r\n"
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.sendmail("vss@vss.gov.vn", ["a@x.vn"], raw)
    assert sandbox.inbox()[0]["text"].strip() == "Kinh gui"


@pytest.mark.parametrize(("mailbox", "status"), [("no-such-mailbox", 550), ("full", 552), ("busy", 451)])
def test_three_mailboxes_misbehave(sandbox: Any, mailbox: str, status: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        _send(sandbox, _mail(f"{mailbox}@vss.gov.vn"))
    assert refused.value.recipients[f"{mailbox}@vss.gov.vn"][0] == status
    assert sandbox.inbox() == []


def test_an_emails_html_is_shown_in_a_frame_that_may_do_nothing(sandbox: Any) -> None:
    _send(sandbox, _mail())
    number = sandbox.inbox()[0]["id"]
    page = requests.get(sandbox.url, timeout=5)
    assert f'<iframe sandbox loading="lazy" title="Tờ khai Mẫu số 01" src="/inbox/{number}/html">' in page.text
    assert "parent.document" not in page.text
    html = requests.get(f"{sandbox.url}/inbox/{number}/html", timeout=5)
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_the_page_quotes_what_strangers_write(sandbox: Any) -> None:
    mail = _mail()
    mail.replace_header("Subject", "<script>alert(1)</script>")
    _send(sandbox, mail)
    page = requests.get(sandbox.url, timeout=5)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_what_there_is_not_is_said(sandbox: Any) -> None:
    assert requests.get(f"{sandbox.url}/inbox/999999/html", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.url}/inbox/999999/attachments/0", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.url}/inbox", params={"channel": "fax"}, timeout=5).status_code == 400
    assert requests.get(f"{sandbox.url}/inbox", params={"after": "x"}, timeout=5).status_code == 400


def test_the_page_knows_when_it_is_out_of_date(sandbox: Any) -> None:
    before = requests.get(f"{sandbox.url}/state", timeout=5).json()["state"]
    assert f'data-state="{before}"' in requests.get(sandbox.url, timeout=5).text
    assert requests.get(f"{sandbox.url}/state", timeout=5).json()["state"] == before
    _send(sandbox, _mail())
    assert requests.get(f"{sandbox.url}/state", timeout=5).json()["state"] != before
