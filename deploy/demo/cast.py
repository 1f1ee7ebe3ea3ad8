"""The cast of the demonstration: the stage with its people, the narrator, and the staff by name."""

from __future__ import annotations

from typing import Final

from deploy.demo.narrator import Narrator
from playground.complaint import Desk
from playground.inbox import Inbox
from playground.officer import Officer
from playground.stage import ADMIN, Post, Stage
from playground.system import System
from playground.web import Unexpected

OFFICE: Final = "79"
OFFICER: Final = Post("approver", OFFICE, OFFICE, login="lan.tt", full_name="Trần Thị Lan", phone="+84901000079")
HOTLINE: Final = Post("support", login="tong-dai.1900", full_name="Lê Thị Tổng Đài", phone="+84901000190")
DIRECTOR: Final = Post("director", OFFICE, OFFICE, login="giam-doc.79", full_name="Võ Văn Giám", phone="+84901000179")
HANOI: Final = Post("officer", "01", "01", login="can-bo.01", full_name="Phạm Thị Hà", phone="+84901000101")
BOARD: Final = Post("board", board="thu-so-the", login="ban.thu-so-the", full_name="Đỗ Minh Thu", phone="+84901000134")
#: documents that an officer scans when an adult has brought no pictures
ALL_PICTURES: Final = ("id_front", "id_back", "portrait", "signed_form")


class Scene:
    """The system, the narrator and the people, for use by every chapter."""

    def __init__(self, system: System, tell: Narrator) -> None:
        self.system = system
        self.tell = tell
        self.stage = Stage(system)

    def opens_the_office(self) -> None:
        """Import the local offices; add the administrator by `vss staff add`, then the officer, with a password set by OTP (A12)."""
        self.stage.imports_local_offices()
        self.stage.signed_in(ADMIN)
        self.stage.signed_in(OFFICER)

    @property
    def officer(self) -> Officer:
        """Return the officer in Ho Chi Minh City, at the console."""
        return self.stage.officer(OFFICER)

    def desk(self, post: Post) -> Desk:
        """Return a member of staff at the complaints desk."""
        return self.stage.desk_of(post)

    def mail(self, kind: str, code: str) -> Inbox:
        """Return the mailbox of a province's director or a board."""
        return self.stage.mailbox_of(kind, code)

    def nothing_is_parked(self) -> None:
        """Check that no service has parked a message.

        :raises Unexpected: if one has.
        """
        for service in self.system.services:
            if count := self.system.parked(service):
                raise Unexpected(f"{count} messages of {service} are parked: see `vss parked list -s {service}`")

    def arrivals(self) -> tuple[int, int]:
        """Return the numbers of SMS and e-mails that have arrived."""
        messages = self.stage.web.call("GET", "/inbox")["messages"]
        sms = sum(message["channel"] == "sms" for message in messages)
        return sms, len(messages) - sms
