"""Those who deal with complaints: the hotline, the accountable office and its director, the office that helps, the board."""

from __future__ import annotations

from typing import Any, Final

from deploy.demo.stage import ADMIN, OFFICE, OFFICER, Stage
from deploy.sandbox.population import Person

HOTLINE, DIRECTOR, HANOI, BOARD = "tong-dai.1900", "giam-doc.79", "can-bo.01", "ban.thu-so-the"
#: where they read e-mail: the examples that feedback comes with (services/feedback/data/responsible.csv)
MAIL: Final = {
    "79": "giam-doc.79@bhxh.example",
    "01": "giam-doc.01@bhxh.example",
    "thu-so-the": "thu-so-the@bhxh.example",
    "cntt": "cntt@bhxh.example",
}
#: somebody's missing months of contributions: watched by the board `thu-so-the`
CATEGORY = "thieu-thoi-gian-dong"
SUBJECT = "Thiếu quá trình đóng BHXH năm 2019"
BODY = "Từ tháng 3 đến tháng 8 năm 2019 tôi làm việc ở Hà Nội nhưng VssID không ghi nhận quá trình đóng BHXH."
_COMPLAINTS = "/feedback/complaints"


class Desks:
    """The staff of the chapters about complaints; whoever is needed signs in anew after the clock was moved."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def hire(self) -> None:
        """Everybody but the officer, who works here already."""
        hires = self._stage.hires
        self._stage.staff_signs_in(ADMIN)
        hires(HOTLINE, "Lê Thị Tổng Đài", "0901000190", role="support")
        hires(DIRECTOR, "Võ Văn Giám", "0901000179", role="director", office=OFFICE, province=OFFICE)
        hires(HANOI, "Phạm Thị Hà", "0901000101", role="officer", office="01", province="01")
        hires(BOARD, "Đỗ Minh Thu", "0901000134", role="board", board="thu-so-the")

    def sign_in(self, *usernames: str) -> None:
        """They sit down at their desks."""
        for username in usernames:
            self._stage.staff_signs_in(username)

    def call(self, who: str, method: str, path: str, **how: Any) -> Any:
        """A request of theirs to feedback."""
        return self._stage.web.call(method, f"/feedback{path}", token=self._stage.token_of(who), **how)

    def on(self, who: str, no: str, what: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
        """What they do with a complaint."""
        return self.call(who, "POST", f"/complaints/{no}/{what}", expect=expect, json=body)

    def files(self, person: Person, channel: str, *, clerk: str | None = None) -> dict[str, Any]:
        """Somebody complains, or a clerk writes down what they say on the telephone: number, tracking code, who answers by when."""
        body = {
            "channel": channel,
            "office_code": OFFICE,
            "category_code": CATEGORY,
            "subject_line": SUBJECT,
            "body": BODY,
            "contact": {"full_name": person.full_name, "phone": person.phone},
            "bhxh_code": person.bhxh_code,
        }
        token = self._stage.token_of(clerk) if clerk else None
        return dict(self._stage.web.call("POST", _COMPLAINTS, expect=201, token=token, json=body))

    def answer(self, no: str, text: str) -> None:
        """The officer writes it, the director approves it."""
        draft = self.on(OFFICER, no, "answer", {"text": text}, expect=202)
        self.on(DIRECTOR, no, "answer/approve", {"version": draft["version"]})

    def follow(self, no: str) -> dict[str, Any]:
        """What anybody sees who knows the number."""
        return dict(self._stage.web.call("GET", f"{_COMPLAINTS}/{no}"))
