"""Complaints that the fuzzer aims at: new, in work, drafted, answered, asked of another office; there are always fresh ones."""

from __future__ import annotations

import random
from typing import Any

from playground.complaint import Complaint
from playground.stage import Stage

_ANSWER = "Quá trình đóng của Ông/Bà đã được bổ sung."
_FRESH = 0.02
_TRACKED = 0.7


class Complaints:
    """A few complaints in different states, and what their paths are called with."""

    def __init__(self, stage: Stage) -> None:
        self._place = stage
        self._made = 0
        self._complaints = [self._next() for _ in range(5)]
        self._requests = [self._request() for _ in range(2)]

    def aim(self, parameters: dict[str, Any], headers: dict[str, Any], chosen: random.Random) -> dict[str, Any]:
        """`parameters` with the names of what is there; the tracking code goes into `headers`, mostly."""
        if chosen.random() < _FRESH:
            self._complaints[chosen.randrange(len(self._complaints))] = self._next()
            self._requests[chosen.randrange(len(self._requests))] = self._request()
        complaint = chosen.choice(self._complaints)
        if chosen.random() < _TRACKED:
            headers["X-Tracking-Code"] = complaint.tracking
        known = {
            "no": complaint.no,
            "coordination_id": chosen.choice(self._requests),
            "slot": chosen.randint(1, 5),
            "kind": chosen.choice(("weekly", "monthly")),
            "code": chosen.choice(("luong-huu", "thu-them-tien", "khac")),
        }
        return {name: known.get(name, value) for name, value in parameters.items()}

    def _next(self) -> Complaint:
        """Each one further on its way than the one before."""
        complaint = self._place.complains(self._place.human())
        clerk = self._place.desk("officer", "79")
        stage, self._made = self._made % 5, self._made + 1
        if stage >= 1:
            clerk.takes_up(complaint.no)
        if stage == 2:
            clerk.asks(complaint.no, "Ông/Bà làm việc tại đơn vị nào năm 2019?")
        if stage >= 3:
            clerk.drafts(complaint.no, _ANSWER)
        if stage == 4:
            self._place.desk("director", "79").approves(complaint.no)
        return complaint

    def _request(self) -> str:
        """Asked of the office that the fuzzer's people belong to."""
        complaint = self._place.complains(self._place.human(), office="01")
        return str(self._place.desk("officer", "01").coordinates(complaint.no, "79", "Đề nghị đối chiếu quá trình đóng."))
