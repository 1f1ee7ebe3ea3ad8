"""What every mail provider keeps, fake or real."""

from __future__ import annotations

from abc import ABC, abstractmethod
from email.message import EmailMessage

import pytest

from services.notifications.mail.port import Attachment, Mail, MailAccountRefused, MailProvider, MailUnavailable

SECONDS = 3.0
MAIL = Mail(
    message_id="019aa5b5-c0de-7000-a000-00000000000d",
    to="biennt@vss.gov.vn",
    subject="Tài khoản giao dịch điện tử đã được kích hoạt (hồ sơ 261121-000001-6)",
    text="Kính gửi Ông/Bà Nguyễn Thành Biên,\n\nMật khẩu: a=b.c\n.\n--\nBảo hiểm xã hội Việt Nam\n",
    html="<p>Kính gửi Ông/Bà <strong>Nguyễn Thành Biên</strong></p>",
    attachments=(Attachment("Mau-so-01-261121-000001-6.pdf", "application/pdf", bytes(range(256)) * 40),),
)


class World(ABC):
    """A provider, and what its other end sees."""

    provider: MailProvider

    @abstractmethod
    def taken(self) -> list[EmailMessage]: ...

    @abstractmethod
    def nobody_is_there(self) -> None: ...

    @abstractmethod
    def we_are_refused(self) -> None: ...


class MailSuite:
    """A subclass has a fixture `world`."""

    def test_a_letter_arrives_as_it_is(self, world: World) -> None:
        assert world.provider.send(MAIL, timeout=SECONDS)
        (taken,) = world.taken()
        assert taken["To"] == MAIL.to
        assert taken["Subject"] == MAIL.subject
        assert taken["From"] == "BHXH Việt Nam <khong-tra-loi@vss.example>"
        text, html = taken.get_body(("plain",)), taken.get_body(("html",))
        assert text is not None
        assert html is not None
        assert text.get_content().replace("\r\n", "\n") == MAIL.text
        assert html.get_content().strip() == MAIL.html
        (attached,) = taken.iter_attachments()
        assert attached.get_content() == MAIL.attachments[0].content
        assert attached.get_content_type() == "application/pdf"
        assert attached.get_filename() == "Mau-so-01-261121-000001-6.pdf"

    def test_no_machine_answers_it(self, world: World) -> None:
        world.provider.send(MAIL, timeout=SECONDS)
        assert world.taken()[0]["Auto-Submitted"] == "auto-generated"

    def test_an_absent_provider_has_certainly_taken_nothing(self, world: World) -> None:
        world.nobody_is_there()
        with pytest.raises(MailUnavailable):
            world.provider.send(MAIL, timeout=SECONDS)

    def test_a_sender_that_is_refused_is_our_fault_and_not_the_messages(self, world: World) -> None:
        world.we_are_refused()
        with pytest.raises(MailAccountRefused) as refused:
            world.provider.send(MAIL, timeout=SECONDS)
        assert MAIL.to not in str(refused.value)
        assert world.taken() == []
