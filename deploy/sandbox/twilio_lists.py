"""Page lists of messages as Twilio does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from deploy.sandbox.inbox import same_place
from deploy.sandbox.twilio_message import Sms

_PAGE_SIZE, _MOST = 50, 1000


def page(request: web.Request, newest_first: Iterable[Sms], *, masked: bool = False) -> dict[str, Any]:
    """Return one page of the messages that match `To`, `From`, `DateSent`, `DateSent>` and `DateSent<`.

    :raises ValueError: for a malformed parameter.
    """
    query = request.query
    size = min(max(int(query.get("PageSize", _PAGE_SIZE)), 1), _MOST)
    number = max(int(query.get("Page", 0)), 0)
    fitting = (sms for sms in newest_first if _fits(sms, dict(query)))
    found = list(islice(fitting, number * size, (number + 1) * size + 1))
    shown, more = found[:size], len(found) > size

    def uri(of: int) -> str:
        others = {name: value for name, value in query.items() if name not in ("Page", "PageSize")}
        return f"{request.path}?{urlencode({**others, 'PageSize': size, 'Page': of})}"

    return {
        # an account may have Twilio hide what was sent
        "messages": [sms.as_json() | ({"body": "****"} if masked else {}) for sms in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(number - 1) if number else None,
        "next_page_uri": uri(number + 1) if more else None,
    }


def _fits(sms: Sms, query: dict[str, str]) -> bool:
    if "To" in query and same_place(query["To"]) != same_place(sms.to):
        return False
    if "From" in query and query["From"] != sms.sender:
        return False
    moment = sms.sent or sms.created
    if "DateSent" in query:
        day = _moment(query["DateSent"])
        if not day <= moment < day + timedelta(days=1):
            return False
    if "DateSent>" in query and moment < _moment(query["DateSent>"]):
        return False
    return not ("DateSent<" in query and moment > _moment(query["DateSent<"]))


def _moment(text: str) -> datetime:
    """Parse a date or time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
